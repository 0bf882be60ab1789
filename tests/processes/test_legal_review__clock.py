"""合法性审核: the clock of the judicial bureau, and that it never lets anything through."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import attachments, registers
from engine.calendar import Calendar
from engine.clock import CHINA
from engine.errors import Invalid
from engine.startup import Engine
from processes import legal_review
from tests.processes.calling import Called
from tests.rows import jobs_of, responses_of

pytestmark = pytest.mark.slow

FILES = ("m_draft", "m_note", "m_basis", "m_dept_legal", "m_dept_meeting")
TOO_SOON = "审核时限不得少于规定的工作日（一般5个、重大行政决策7个；紧急情形须勾选并说明）"


class Review(Called):
    """The review of a normative document of the energy bureau."""

    def file(self, username: str, name: str) -> str:
        content = io.BytesIO(f"{name}。".encode())
        return attachments.store(self.engine, self.who(username), f"{name}.txt", content).id

    def submit(self, step: str = "UT_submit_materials") -> None:
        self.do("energy_clerk", step, **{key: self.file("energy_clerk", key) for key in FILES})

    def accept(self, **changes: Any) -> None:
        now = self.engine.clock.now().isoformat()
        values = {"accept_ok": True, "legal_received_at": now, **changes}
        self.do("legal_reviewer", "UT_accept", **values)

    def to_review(self) -> None:
        self.submit()
        self.do("legal", "UT_material_check", material_ok=True)
        self.accept()

    def conclude(self, result: str = "pass", **changes: Any) -> None:
        values = {"review_result": result, "comment": "逐条意见。", **changes}
        self.do("legal_reviewer", "UT_review", "conclude", **values)

    def issue(self) -> None:
        number = "忻司法审〔2026〕1号"
        self.do("judicial_head", "UT_legal_issue", issue_ok=True, legal_opinion_no=number)


@pytest.fixture
def review(engine: Engine, tmp_path: Path) -> Any:
    def begin(at: str = "2026-02-13T11:00:00+08:00", **changes: Any) -> Review:
        engine.clock.move_to(datetime.fromisoformat(at))  # type: ignore[attr-defined]
        inputs = {"host_dept": "energy_bureau", "body_hash": "h1", "legal_mode": "full"}
        inputs |= {"legal_min_days": 5, **changes}
        return Review(engine, tmp_path, "legal_review", inputs)

    return begin


def refusal(act: Any) -> str:
    with pytest.raises(Invalid) as refused:
        act()
    return " ".join(each.message for each in refused.value.findings)


def test_a_lawful_text_passes_and_the_result_is_tied_to_it(review: Any) -> None:
    story = review()
    story.to_review()
    story.at("2026-02-27T09:00:00+08:00")
    story.conclude()
    story.issue()
    assert story.outputs["legal_result"] == "pass"
    assert story.outputs["legal_hash"] == "h1"
    assert story.outputs["legal_opinion_no"] == "忻司法审〔2026〕1号"
    assert story.outputs["legal_received_at"] == "2026-02-13T11:00:00+08:00"
    assert story.outputs["legal_due_at"] == "2026-03-12T18:00:00+08:00"
    [row] = registers.find(story.engine, "legal_review").items
    assert row.values == {
        "number": "审核〔2026〕1号",
        "opinion_no": "忻司法审〔2026〕1号",
        "title": "试件",
        "host": "市能源局",
        "received_at": "2026-02-13T11:00:00+08:00",
        "result": "合法",
        "issued_at": "2026-02-27T09:00:00+08:00",
        "text": "h1",
    }


def test_what_is_missing_is_told_once_and_the_clock_has_not_begun(review: Any) -> None:
    story = review()
    story.submit()
    words = refusal(lambda: story.do("legal", "UT_material_check", material_ok=False))
    assert "“缺件清单（一次性告知）”没有填写" in words
    story.do("legal", "UT_material_check", material_ok=False, comment="缺部门集体讨论纪要。")
    assert story.open_steps() == [("UT_submit_materials", "炎小晖")]
    story.submit()
    story.do("legal", "UT_material_check", material_ok=True)
    story.accept(accept_ok=False, legal_received_at=None, comment="缺公平竞争审查意见。")
    assert story.open_steps() == [("UT_supplement", "炎小晖")]
    story.at("2026-02-25T09:00:00+08:00")
    story.submit("UT_supplement")
    story.accept()
    due = story.item("legal_reviewer", "UT_review").due
    assert due.at.isoformat() == "2026-03-17T18:00:00+08:00"
    assert dict(due.steps)["收齐材料"].startswith("2026年2月25日")


def test_complete_means_a_moment_that_has_been(review: Any) -> None:
    story = review()
    story.submit()
    story.do("legal", "UT_material_check", material_ok=True)
    words = refusal(lambda: story.accept(legal_received_at="2026-02-14T09:00:00+08:00"))
    assert "收齐材料时间不能晚于现在" in words
    assert "没有填写" in refusal(lambda: story.accept(legal_received_at=None))


def test_too_soon_is_refused_without_a_reason_and_recorded_with_one(review: Any) -> None:
    story = review()
    story.to_review()
    story.at("2026-02-14T10:00:00+08:00")
    assert TOO_SOON in refusal(story.conclude)
    story.at("2026-02-26T23:59:59+08:00")
    assert TOO_SOON in refusal(story.conclude)
    reasons = {"override_reasons": {"review-1": "省里要求月底前印发，已会同法律顾问审完。"}}
    story.conclude(**reasons)
    assert story.open_steps() == [("UT_legal_issue", "卫书宁")]


def test_from_the_fifth_working_day_it_may_conclude(review: Any) -> None:
    story = review()
    story.to_review()
    story.at("2026-02-27T00:00:00+08:00")
    story.conclude()
    assert story.open_steps() == [("UT_legal_issue", "卫书宁")]


def test_a_major_decision_has_seven_days(review: Any) -> None:
    story = review(legal_min_days=7)
    story.to_review()
    story.at("2026-02-27T09:00:00+08:00")
    assert TOO_SOON in refusal(story.conclude)
    story.at("2026-03-02T00:00:00+08:00")
    story.conclude()


def test_an_emergency_needs_no_five_days_but_its_basis(review: Any) -> None:
    story = review()
    story.submit()
    story.do("legal", "UT_material_check", material_ok=True)
    assert "“依据”没有填写" in refusal(lambda: story.accept(urgent_exception=True))
    story.accept(urgent_exception=True, urgent_basis="市防指Ⅱ级应急响应命令。")
    story.conclude()
    assert story.open_steps() == [("UT_legal_issue", "卫书宁")]


def test_after_the_fifteenth_day_somebody_is_called_and_nothing_passes(
    any_engine: Engine, tmp_path: Path
) -> None:
    any_engine.clock.move_to(datetime.fromisoformat("2026-02-13T11:00:00+08:00"))  # type: ignore[attr-defined]
    inputs = {"host_dept": "energy_bureau", "body_hash": "h1", "legal_mode": "full"}
    story = Review(any_engine, tmp_path, "legal_review", {**inputs, "legal_min_days": 5})
    story.to_review()
    assert story.at("2026-03-12T18:00:00+08:00") == 0
    assert story.at("2026-03-12T18:00:01+08:00") == 1
    assert story.open_steps() == [("UT_review", "合法性审核组")]
    story.at("2026-04-30T18:00:00+08:00")
    assert story.open_steps() == [("UT_review", "合法性审核组")]
    assert responses_of(any_engine, story.instance_id) == []
    assert {row.effect for row in jobs_of(any_engine, story.instance_id)} == {"remind"}
    assert story.outputs == {}


def test_supplementing_stops_the_clock_and_the_rest_runs_on(review: Any) -> None:
    story = review("2026-04-20T10:00:00+08:00")
    story.to_review()
    assert story.item("legal_reviewer", "UT_review").due.at.isoformat() == (
        "2026-05-13T18:00:00+08:00"
    )
    story.at("2026-04-24T10:00:00+08:00")
    words = refusal(lambda: story.do("legal_reviewer", "UT_review", "supplement"))
    assert "“逐条意见或补正清单”没有填写" in words
    story.do("legal_reviewer", "UT_review", "supplement", comment="请补听证记录。")
    assert story.open_steps() == [("UT_supplement", "炎小晖")]
    assert story.at("2026-05-06T09:00:00+08:00") == 0
    story.submit("UT_supplement")
    words = refusal(lambda: story.accept(legal_received_at="2026-04-23T10:00:00+08:00"))
    assert "补正后收齐的时间不能早于要求补正的时间" in words
    story.accept()
    due = story.item("legal_reviewer", "UT_review").due
    assert due.at.isoformat() == "2026-05-20T18:00:00+08:00"
    told = dict(due.steps)
    assert told["收齐材料"].startswith("2026年4月20日")
    assert told["另定"] == "4月24日要求补正，5月6日收齐，期间不计，余11个工作日"
    assert story.at("2026-05-20T18:00:00+08:00") == 0
    assert story.at("2026-05-20T18:00:01+08:00") == 1


def test_the_head_may_send_the_opinion_back_to_the_reviewer(review: Any) -> None:
    story = review()
    story.to_review()
    story.at("2026-02-27T09:00:00+08:00")
    story.conclude("fail", fail_kind="ultra_vires")
    refused = refusal(lambda: story.do("judicial_head", "UT_legal_issue", issue_ok=False))
    assert "“说明”没有填写" in refused
    story.do("judicial_head", "UT_legal_issue", issue_ok=False, comment="依据请写全。")
    assert story.open_steps() == [("UT_review", "合法性审核组")]
    story.conclude("fail", fail_kind="ultra_vires")
    story.issue()
    assert story.outputs["legal_result"] == "fail"
    assert story.outputs["fail_kind"] == "ultra_vires"
    assert story.outputs["review_comments"] == "逐条意见。"


def test_what_does_not_pass_says_why(review: Any) -> None:
    story = review()
    story.to_review()
    story.at("2026-02-27T09:00:00+08:00")
    act = lambda: story.do("legal_reviewer", "UT_review", "conclude", review_result="fail")  # noqa: E731
    words = refusal(act)
    assert "“不通过的种类”没有选择" in words
    assert "“逐条意见或补正清单”没有填写" in words


@pytest.mark.parametrize("result", ["pass", "pass_with_changes", "fail"])
def test_a_changed_text_is_only_looked_at_again(review: Any, result: str) -> None:
    story = review(legal_mode="recheck", body_hash="h2")
    assert story.open_steps() == [("UT_recheck", "合法性审核组")]
    more = {"comment": "第三条仍须改。", "fail_kind": "illegal"} if result != "pass" else {}
    number = "忻司法审〔2026〕1号"
    story.do(
        "legal_reviewer",
        "UT_recheck",
        result,
        legal_opinion_no=number,
        carry_confirmed=True,
        **more,
    )
    assert story.outputs["legal_result"] == result
    assert story.outputs["legal_hash"] == "h2"
    [row] = registers.find(story.engine, "legal_review").items
    assert (row.values["received_at"], row.values["text"]) == (None, "h2")
    assert story.outputs["carry_confirmed"] is True


# ---- the arithmetic of the pause --------------------------------------------------------------


class Office:
    """As much of a command's context as the clock needs."""

    calendar = Calendar()


MOMENTS = st.builds(
    lambda day, minute: (
        datetime(2025, 1, 2, 8, 0, tzinfo=CHINA) + timedelta(days=day, minutes=minute)
    ),
    st.integers(0, 500),
    st.integers(0, 600),
)


@given(MOMENTS, st.integers(0, 40), st.integers(0, 60))
def test_a_pause_moves_the_due_day_by_its_working_days_and_never_forward(
    received: datetime, worked: int, waited: int
) -> None:
    calendar = Office.calendar
    due = legal_review.due_after(Office(), None, received.isoformat(), 15, None)  # type: ignore[arg-type]
    paused = received + timedelta(days=worked)
    resumed = paused + timedelta(days=waited)
    moved = legal_review.due_after(
        Office(),  # type: ignore[arg-type]
        due,
        resumed.isoformat(),
        15,
        paused.isoformat(),
    )
    left = calendar.workdays_between(paused.date(), date.fromisoformat(due[:10]))
    assert moved >= due
    if left <= 0:
        assert moved == due
    else:
        begun = calendar.start_day(resumed)
        assert calendar.workdays_between(begun, date.fromisoformat(moved[:10])) == left
        assert moved[11:16] == "18:00"


@given(MOMENTS, st.sampled_from([5, 7]))
def test_the_least_time_ends_before_the_most(received: datetime, least: int) -> None:
    office: Any = Office()
    earliest = legal_review.earliest_after(office, None, received.isoformat(), least, None)
    due = legal_review.due_after(office, None, received.isoformat(), 15, None)
    assert received.isoformat() < earliest < due
    assert earliest[11:19] == "00:00:00"
