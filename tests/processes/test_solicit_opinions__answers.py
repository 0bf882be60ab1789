"""征求意见: departments and counties answer or stay silent; the public is only counted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.errors import Invalid
from engine.startup import Engine
from tests.processes.calling import Called
from tests.rows import responses_of

pytestmark = pytest.mark.slow

NOW = "2026-02-11T10:00:00+08:00"
SEVENTH_DAY = "2026-02-27T18:00:00+08:00"
AFTER = "2026-02-27T18:00:01+08:00"
TOO_LATE = "回复时限已届满，依据工作规则第三十三条视为无不同意见；如有意见请以书面形式另行提出"


@pytest.fixture
def asked(engine: Engine, tmp_path: Path) -> Any:
    """The education bureau asks others about its draft."""

    def begin(**changes: Any) -> Called:
        inputs: dict[str, Any] = {
            "host_dept": "education_bureau",
            "opinion_targets": ["finance_bureau", "xinfu_qu"],
            "is_public": False,
            "public_kind": None,
            "body_hash": "h1",
        }
        return Called(engine, tmp_path, "solicit_opinions", {**inputs, **changes})

    return begin


def send(story: Called, **changes: Any) -> None:
    values = {"targets": ["finance_bureau", "xinfu_qu"], "sent_at": NOW, **changes}
    story.do("education_clerk", "UT_draft_solicit", **values)


def summarise(story: Called, *rows: tuple[str, bool, str | None], **more: Any) -> None:
    table = [{"dept": dept, "adopted": taken, "reason": why} for dept, taken, why in rows]
    story.do("education_clerk", "UT_opinion_summary", adoption=table, comment="已汇总。", **more)


def refusal(act: Any) -> str:
    with pytest.raises(Invalid) as refused:
        act()
    return " ".join(each.message for each in refused.value.findings)


def test_a_county_answers_through_its_head_and_a_silent_department_is_deemed(asked: Any) -> None:
    story = asked()
    shown = story.view("education_clerk", "UT_draft_solicit").values["targets"]
    assert shown == ["finance_bureau", "xinfu_qu"]
    send(story)
    story.do("xinfu_head", "UT_reply", "agree")
    assert story.at(SEVENTH_DAY) == 0
    assert story.at(AFTER) == 1
    summarise(story)
    by_dept = {row["dept"]: row for row in story.outputs["opinion_results"]}
    assert (by_dept["xinfu_qu"]["type"], by_dept["xinfu_qu"]["signature"]) == ("agree", "郁春和")
    silent = by_dept["finance_bureau"]
    assert (silent["type"], silent["recorded_by"]) == ("DEEMED_NO_OBJECTION", "system")
    assert (silent["responder"], silent["signature"], silent["opinion"]) == (None, None, None)
    assert silent["basis"] == "工作规则第三十三条第二款"
    assert story.outputs["opinion_complete"] is True
    assert (story.outputs["op_unresolved"], story.outputs["op_revise"]) == ([], False)


def test_an_opinion_not_adopted_is_answered_with_its_reason(asked: Any) -> None:
    story = asked()
    send(story)
    story.do("finance_head", "UT_reply", "object", comment="第五条应删。", basis="预算法")
    story.do("xinfu_head", "UT_reply", "object", comment="第八条应改。", basis="实际困难")
    assert "每条意见都须写明采纳或不采纳" in refusal(lambda: summarise(story))
    rows = (("finance_bureau", False, None), ("xinfu_qu", True, None))
    assert "不采纳的须写理由" in refusal(lambda: summarise(story, *rows))
    stray = (("hr_bureau", True, None), ("finance_bureau", True, None), ("xinfu_qu", True, None))
    assert "采纳情况只写被征求、会签的单位" in refusal(lambda: summarise(story, *stray))
    summarise(story, ("finance_bureau", False, "上位法有明确规定。"), ("xinfu_qu", True, None))
    assert story.open_steps() == [("UT_feedback_reasons", "凌初晓")]
    act = lambda: story.do("education_clerk", "UT_feedback_reasons")  # noqa: E731
    assert "请反馈后再办结本步" in refusal(act)
    story.do("education_clerk", "UT_feedback_reasons", feedback_sent=True)
    assert story.outputs["op_unresolved"] == ["finance_bureau"]
    assert story.outputs["op_revise"] is True


def test_more_time_is_agreed_before_the_deadline(asked: Any) -> None:
    story = asked()
    send(story, targets=["finance_bureau"])
    more = {"ext_reason": "需会商。", "ext_way": "书面"}
    later = "2026-03-06T18:00:00+08:00"
    ask = lambda until: story.do(  # noqa: E731
        "finance_head", "UT_reply", "extend", ext_until=until, **more
    )
    assert "拟回复时间须晚于原时限" in refusal(lambda: ask("2026-02-20T18:00:00+08:00"))
    ask(later)
    grant = lambda **values: story.do("education_clerk", "UT_ext_decide", **values)  # noqa: E731
    words = refusal(lambda: grant(granted=True, new_due="2026-02-26T18:00:00+08:00"))
    assert "新时限须晚于原时限" in words
    assert "“说明”没有填写" in refusal(lambda: grant(granted=False))
    grant(granted=False, comment="请按原时限。")
    assert story.open_steps() == [("UT_reply", "尚怀瑾")]
    ask(later)
    grant(granted=True, new_due=later)
    due = story.item("finance_head", "UT_reply").due
    assert due.at.isoformat() == later
    assert "原时限2026年2月27日18:00" in dict(due.steps)["另定"]
    assert story.at(AFTER) == 0
    assert story.at("2026-03-06T18:00:01+08:00") == 1
    summarise(story)
    [row] = story.outputs["opinion_results"]
    assert (row["type"], row["due_at"]) == ("DEEMED_NO_OBJECTION", later)


def test_after_the_deadline_nobody_asks_for_more_time(asked: Any) -> None:
    story = asked()
    send(story, targets=["finance_bureau"], must_reply_depts=["finance_bureau"])
    story.at("2026-03-02T09:00:00+08:00")
    more = {"ext_reason": "需会商。", "ext_way": "书面", "ext_until": "2026-03-06T18:00:00+08:00"}
    words = refusal(lambda: story.do("finance_head", "UT_reply", "extend", **more))
    assert TOO_LATE in words


def test_an_opinion_needs_its_words_and_its_reasons(asked: Any) -> None:
    story = asked()
    send(story)
    words = refusal(lambda: story.do("finance_head", "UT_reply", "object"))
    assert "“意见”没有填写" in words
    assert "“理据”没有填写" in words


def test_whoever_must_consent_and_the_law_office_are_only_urged(engine: Engine, asked: Any) -> None:
    targets = ["finance_bureau", "law_governance_office"]
    story = asked(opinion_targets=targets)
    send(story, targets=targets, must_reply_depts=["finance_bureau"])
    story.at(AFTER)
    assert len(story.open_steps()) == 2
    assert responses_of(engine, story.instance_id) == []


def test_only_departments_that_are_asked_and_never_the_host(asked: Any) -> None:
    story = asked()
    words = refusal(lambda: send(story, targets=["education_bureau"]))
    assert "征求对象不能包含主办部门自身" in words
    words = refusal(lambda: send(story, must_reply_depts=["hr_bureau"]))
    assert "须实体同意的单位应在被征求单位之中" in words
    assert "“被征求单位”没有选择" in refusal(lambda: send(story, targets=[]))


@pytest.mark.parametrize(
    ("sent_at", "words"),
    [
        ("2026-02-11T10:00:01+08:00", "送达时间不能晚于现在"),
        ("2026-01-05T10:00:00+08:00", "按这个送达时间回复时限已经届满"),
        ("2026-02-10T10:00:00+08:00", "送达时间不是今天：补录的请说明原因"),
    ],
)
def test_a_delivery_is_a_fact_that_was_and_cannot_make_silence_at_once(
    asked: Any, sent_at: str, words: str
) -> None:
    story = asked()
    assert words in refusal(lambda: send(story, sent_at=sent_at))


def test_a_delivery_entered_later_counts_from_the_day_it_was(asked: Any) -> None:
    story = asked()
    reasons = {"host_sign-4": "", "draft_solicit-8": "前一日下班前已送达，当日补录。"}
    send(story, sent_at="2026-02-10T10:00:00+08:00", override_reasons=reasons)
    due = story.item("finance_head", "UT_reply").due
    assert due.at.isoformat() == "2026-02-26T18:00:00+08:00"


def test_the_host_may_set_another_deadline_and_it_says_so(asked: Any) -> None:
    story = asked()
    early = "2026-02-13T18:00:00+08:00"
    assert "另定的时限须晚于发出时间" in refusal(lambda: send(story, custom_due=NOW))
    send(story, custom_due=early)
    due = story.item("finance_head", "UT_reply").due
    assert due.at.isoformat() == early
    assert dict(due.steps)["另定"] == "主办部门另定时限（工作规则第三十三条第二款）"
    story.at("2026-02-13T18:00:01+08:00")
    assert story.open_steps() == [("UT_opinion_summary", "凌初晓")]


def public(story: Called, **changes: Any) -> None:
    story.do(
        "education_clerk", "UT_draft_solicit", sent_at=NOW, public_notice_no="公告1号", **changes
    )


@pytest.mark.parametrize(
    ("kind", "ends"),
    [("regulation", "2026-03-13T18:00:00+08:00"), ("normative", SEVENTH_DAY)],
)
def test_the_public_is_asked_for_a_time_and_counted_but_never_deemed(
    engine: Engine, asked: Any, kind: str, ends: str
) -> None:
    story = asked(is_public=True, public_kind=kind, opinion_targets=[])
    public(story)
    assert story.open_steps() == []
    assert story.at(ends) == 0
    assert story.at(ends.replace("18:00:00", "18:00:01")) == 1
    record = lambda **values: story.do("education_clerk", "UT_public_record", **values)  # noqa: E731
    assert "“主要意见”没有填写" in refusal(lambda: record(public_count=12))
    record(public_count=12, comment="多数支持，两条建议放宽期限。")
    summarise(story, public_adoption="采纳一条。")
    [row] = story.outputs["opinion_results"]
    assert (row["type"], row["count"], row["responder"]) == ("PUBLIC", 12, None)
    assert responses_of(engine, story.instance_id) == []


def test_a_shorter_time_for_the_public_needs_its_reason(asked: Any) -> None:
    story = asked(is_public=True, public_kind="regulation", opinion_targets=[])
    short = {"custom_due": "2026-02-25T18:00:00+08:00"}
    words = refusal(lambda: public(story, **short))
    assert "缩短公开征求意见期限须说明理由（规章制定程序条例第十五条）" in words
    public(story, **short, public_short_reason="应急抢险急需。")
    assert story.at("2026-02-25T18:00:01+08:00") == 1
    assert story.open_steps() == [("UT_public_record", "凌初晓")]


def test_on_a_provisional_year_the_public_period_does_not_end_by_itself(asked: Any) -> None:
    story = asked(is_public=True, public_kind="regulation", opinion_targets=[])
    story.at("2026-12-20T10:00:00+08:00")
    sent = {"sent_at": "2026-12-20T09:00:00+08:00", "public_notice_no": "公告1号"}
    story.do("education_clerk", "UT_draft_solicit", **sent)
    assert story.at("2027-03-01T09:00:00+08:00") == 0
    assert story.open_steps() == []
