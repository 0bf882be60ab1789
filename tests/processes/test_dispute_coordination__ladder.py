"""分歧协调: three steps in order, none skipped (工作规则第三十三、三十四条; 易错清单 26)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine import registers
from engine.errors import Invalid
from engine.startup import Engine
from processes.dispute_coordination import RESULTS
from tests.processes.calling import Called

pytestmark = pytest.mark.slow

NEGOTIATED = {"heads_met": True, "comment": "双方主要负责人当面协商，对资金来源仍有不同意见。"}
STATED = {
    "party": "finance_bureau",
    "opinion": "资金来源不明。",
    "basis": "预算法第十三条",
    "suggestion": "列入明年预算。",
}


@pytest.fixture
def disputed(engine: Engine, tmp_path: Path) -> Any:
    """A dispute of the agriculture bureau with the finance bureau."""

    def begin(**changes: Any) -> Called:
        inputs: dict[str, Any] = {
            "host_dept": "agriculture_bureau",
            "field": "agriculture",
            "open_parties": ["finance_bureau"],
            "listed": [],
            "max_level": "leader",
        }
        return Called(engine, tmp_path, "dispute_coordination", {**inputs, **changes})

    return begin


def negotiate(story: Called, *open_parties: str, **changes: Any) -> None:
    at = story.engine.clock.now().isoformat()
    values = {**NEGOTIATED, "negotiated_at": at, "still_open": list(open_parties), **changes}
    story.do("agriculture_head", "UT_negotiate", **values)


def refused(act: Any) -> str:
    with pytest.raises(Invalid) as caught:
        act()
    return " ".join(each.message for each in caught.value.findings)


def test_the_heads_negotiate_first_and_nobody_in_their_place(disputed: Any) -> None:
    story = disputed()
    assert story.open_steps() == [("UT_negotiate", "农有秋")]
    words = refused(lambda: negotiate(story, "finance_bureau", heads_met=False))
    assert "部门主要负责人尚未协商，不得报请市政府领导协调（工作规则第三十三条）" in words
    later = "2026-02-12T10:00:00+08:00"
    words = refused(lambda: negotiate(story, "finance_bureau", negotiated_at=later))
    assert "协商时间不能晚于现在" in words
    assert "只能是原来有分歧的部门" in refused(lambda: negotiate(story, "hr_bureau"))


def test_when_they_agree_it_is_over(disputed: Any) -> None:
    story = disputed()
    negotiate(story)
    assert story.outputs == {
        "unresolved": [],
        "dispute_table": [],
        "dispute_status": "closed",
        "dispute_revise": False,
        "dispute_result": "agreed",
    }


def test_what_is_left_is_stated_with_all_three_things(disputed: Any) -> None:
    story = disputed()
    negotiate(story, "finance_bureau")
    assert story.open_steps() == [("UT_state_dispute", "稽青禾")]
    shown = story.view("agriculture_clerk", "UT_state_dispute").values["dispute_table"]
    assert [row["party"] for row in shown] == ["finance_bureau"]

    def state(*rows: dict[str, Any]) -> None:
        story.do("agriculture_clerk", "UT_state_dispute", dispute_table=list(rows))

    assert "每个未一致的部门都须列入分歧表（工作规则第三十三条）" in refused(lambda: state())
    for missing in ("opinion", "basis", "suggestion"):
        words = refused(lambda missing=missing: state({**STATED, missing: None}))
        assert "协商不一致的，须列明各方意见、理据并提出办理建议（工作规则第三十三条）" in words
    state(STATED)
    assert story.open_steps() == [("UT_coordinate", "闻人岚")]


def test_before_submission_it_goes_up_with_the_document(disputed: Any) -> None:
    story = disputed(max_level="dept")
    negotiate(story, "finance_bureau")
    story.do("agriculture_clerk", "UT_state_dispute", dispute_table=[STATED])
    assert story.outputs["dispute_status"] == "open"
    assert story.outputs["unresolved"] == ["finance_bureau"]
    assert story.outputs["dispute_table"] == [STATED]
    assert story.outputs["dispute_result"] is None


def test_the_leader_of_the_host_coordinates_and_not_the_other_side_s(disputed: Any) -> None:
    story = disputed(listed=[STATED])
    assert story.open_steps() == [("UT_coordinate", "闻人岚")]
    assert "“协调情况”没有填写" in refused(lambda: story.do("vm1", "UT_coordinate", "plan"))


@pytest.mark.parametrize(
    ("result", "status", "left"),
    [
        ("agreed", "closed", []),
        ("plan", "closed", []),
        ("to_meeting", "referred_meeting", ["finance_bureau"]),
        ("to_mayor", "referred_mayor", ["finance_bureau"]),
    ],
)
def test_coordination_has_one_of_four_results(
    disputed: Any, result: str, status: str, left: list[str]
) -> None:
    story = disputed(listed=[STATED])
    if status != "closed":
        revise = {"comment": "先改稿。", "coord_revise": True}
        words = refused(lambda: story.do("vm1", "UT_coordinate", result, **revise))
        assert "不能先按结果改稿" in words
    story.do("vm1", "UT_coordinate", result, comment="由财政局核定资金后印发。")
    [row] = registers.find(story.engine, "dispute").items
    assert row.values["result"] == RESULTS[result]
    assert (row.values["host"], row.values["parties"]) == ("市农业农村局", "市财政局")
    assert story.outputs["dispute_status"] == status
    assert story.outputs["dispute_result"] == result
    assert story.outputs["unresolved"] == left


def test_a_plan_may_change_the_text(disputed: Any) -> None:
    story = disputed(listed=[STATED])
    story.do("vm1", "UT_coordinate", "plan", comment="第三条按财政意见改。", coord_revise=True)
    assert story.outputs["dispute_revise"] is True


@pytest.mark.parametrize("listed", [[], [{**STATED, "basis": None}], [{**STATED, "party": "hr"}]])
def test_the_ladder_is_not_skipped_by_half_a_statement(
    disputed: Any, listed: list[dict[str, Any]]
) -> None:
    story = disputed(listed=listed)
    assert [step for step, _ in story.open_steps()] == ["UT_negotiate"]


def test_what_was_stated_goes_up_again_without_a_second_round(disputed: Any) -> None:
    story = disputed(listed=[STATED], max_level="dept")
    assert story.outputs["unresolved"] == ["finance_bureau"]
    assert story.outputs["dispute_table"] == [STATED]


def test_time_only_urges_and_never_moves_it_up(disputed: Any) -> None:
    story = disputed()
    due = story.item("agriculture_head", "UT_negotiate").due
    assert due.at is not None
    assert due.at.isoformat() == "2026-02-25T18:00:00+08:00"
    assert due.kind == "house"
    story.at("2026-06-01T09:00:00+08:00")
    assert story.open_steps() == [("UT_negotiate", "农有秋")]
