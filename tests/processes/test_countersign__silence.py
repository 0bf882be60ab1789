"""工作规则第三十三条第二款: seven working days, then silence is recorded as exactly that."""

from __future__ import annotations

import pytest

from engine import history, instances
from engine.errors import Invalid
from engine.startup import Engine
from tests.rows import responses_of
from tests.story import Story

LAST_SECOND = "2026-02-27T18:00:00+08:00"
AFTER = "2026-02-27T18:00:01+08:00"


def ask_for_more_time(story: Story, until: str) -> None:
    story.do(
        "judicial_head",
        "UT_reply",
        "extend",
        ext_reason="需会商。",
        ext_until=until,
        ext_way="书面",
    )


def test_silence_counts_one_second_after_the_seventh_working_day(any_engine: Engine) -> None:
    story = Story(any_engine)
    story.start()
    story.to_countersign("finance_bureau", "judicial_bureau")
    story.at("2026-02-24T16:30:00+08:00")
    story.do("finance_head", "UT_reply", "agree", comment="同意。")

    assert story.at(LAST_SECOND) == 0
    assert story.open_steps() == [("UT_reply", "卫书宁")]
    assert story.at(AFTER) == 1
    assert story.open_steps() == [("UT_summary", "阮一苇")]

    by_party = {row.party: row for row in responses_of(any_engine, story.instance_id)}
    answered, silent = by_party["finance_bureau"], by_party["judicial_bureau"]
    assert (answered.type, answered.person_id, answered.signature) == (
        "agree",
        "finance_head",
        "尚怀瑾",
    )
    assert (silent.type, silent.recorded_by) == ("DEEMED_NO_OBJECTION", "system")
    assert (silent.person_id, silent.signature, silent.opinion) == (None, None, None)
    assert silent.basis == "工作规则第三十三条第二款"
    assert silent.sent_at.isoformat() == "2026-02-11T10:00:00+08:00"
    assert silent.due_at.isoformat() == LAST_SECOND
    assert silent.recorded_at.isoformat() == AFTER
    assert history.verify(any_engine).ok


def test_the_record_of_silence_names_nobody_and_never_says_agreed(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_countersign("judicial_bureau")
    story.at(AFTER)
    silence = next(each for each in story.see().opinions if each.outcome == "DEEMED_NO_OBJECTION")
    assert silence.person is None
    assert silence.signed_as is None
    assert silence.org == "市司法局"
    assert silence.css == "deemed"
    assert "视为" in (silence.outcome_label or "")
    assert "同意" not in (silence.outcome_label or "").replace("无不同意见", "")
    told = [
        each.text for each in instances.history(engine, story.who("manager"), story.instance_id)
    ]
    assert any("市司法局逾期未反馈" in text and "无人签署" in text for text in told)


def test_an_answer_at_the_very_last_second_still_counts(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_countersign("judicial_bureau")
    story.at(LAST_SECOND)
    story.do("judicial_head", "UT_reply", "object", comment="第三条与上位法不符。", basis="立法法")
    story.at("2026-03-20T09:00:00+08:00")
    [row] = responses_of(engine, story.instance_id)
    assert (row.type, row.person_id) == ("object", "judicial_head")


def test_who_must_consent_is_never_deemed_to_but_urged(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_initial()
    story.initial(countersign_extra_depts=["finance_bureau"])
    story.do(
        "gov_clerk", "UT_select", depts=["finance_bureau"], must_reply_depts=["finance_bureau"]
    )
    story.sign_out()
    assert story.at(AFTER) == 1
    assert story.open_steps() == [("UT_reply", "尚怀瑾")]
    assert responses_of(engine, story.instance_id) == []
    told = [
        each.kind for each in instances.history(engine, story.who("manager"), story.instance_id)
    ]
    assert "timer.fired" in told


def test_an_extension_agreed_in_time_moves_the_moment_of_silence(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_countersign("judicial_bureau")
    story.at("2026-02-25T09:00:00+08:00")
    later = "2026-03-06T18:00:00+08:00"
    ask_for_more_time(story, later)
    story.do("gov_clerk", "UT_ext_decide", granted=True, new_due=later)
    assert story.at(AFTER) == 0
    assert story.open_steps() == [("UT_reply", "卫书宁")]
    assert story.at("2026-03-06T18:00:01+08:00") == 1
    [row] = responses_of(engine, story.instance_id)
    assert row.due_at.isoformat() == later


def test_a_refused_extension_leaves_the_old_deadline(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_countersign("judicial_bureau")
    later = "2026-03-06T18:00:00+08:00"
    ask_for_more_time(story, later)
    story.do("gov_clerk", "UT_ext_decide", granted=False, comment="请按原时限回复。")
    assert story.open_steps() == [("UT_reply", "卫书宁")]
    assert story.at(AFTER) == 1


def test_an_undecided_extension_does_not_hold_the_deadline(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_countersign("judicial_bureau")
    later = "2026-03-06T18:00:00+08:00"
    ask_for_more_time(story, later)
    assert story.at(AFTER) == 1
    assert story.open_steps() == [("UT_summary", "阮一苇")]


def test_asking_for_more_time_after_the_deadline_is_refused_with_its_clause(
    engine: Engine,
) -> None:
    story = Story(engine)
    story.start()
    story.to_initial()
    story.initial(countersign_extra_depts=["finance_bureau"])
    story.do(
        "gov_clerk", "UT_select", depts=["finance_bureau"], must_reply_depts=["finance_bureau"]
    )
    story.sign_out()
    story.at("2026-03-02T09:00:00+08:00")
    with pytest.raises(Invalid) as refused:
        story.do(
            "finance_head",
            "UT_reply",
            "extend",
            ext_reason="需会商。",
            ext_until="2026-03-06T18:00:00+08:00",
            ext_way="书面",
        )
    assert any("第三十三条" in (each.source or "") for each in refused.value.findings)


def test_nothing_takes_effect_by_silence_on_a_provisional_deadline(engine: Engine) -> None:
    story = Story(engine)
    story.at("2026-12-28T10:00:00+08:00")
    story.start()
    story.to_countersign("judicial_bureau")
    assert story.at("2027-02-26T18:00:01+08:00") == 0
    assert story.open_steps() == [("UT_reply", "卫书宁")]
    assert responses_of(engine, story.instance_id) == []


def test_departments_answer_in_any_order_and_every_answer_is_kept(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_countersign("finance_bureau", "judicial_bureau", "education_bureau")
    story.do("judicial_head", "UT_reply", "not_ours", comment="不属本部门职权。")
    story.at(AFTER)
    by_party = {row.party: row.type for row in responses_of(engine, story.instance_id)}
    assert by_party == {
        "judicial_bureau": "not_ours",
        "finance_bureau": "DEEMED_NO_OBJECTION",
        "education_bureau": "DEEMED_NO_OBJECTION",
    }
