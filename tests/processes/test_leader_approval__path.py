"""呈批 (工作规则第三十四条): the order of the leaders, and every way off it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.errors import Invalid
from engine.startup import Engine
from tests.processes.calling import Called

pytestmark = pytest.mark.slow

INPUTS: dict[str, Any] = {
    "field": "education",
    "co_leaders": [],
    "is_major_in": False,
    "nature": "other",
    "handle_class": "handle",
    "subject_kind": "general",
    "dispute_status": "none",
    "must_meet": False,
    "is_urgent": "none",
    "param_office_head": True,
    "param_sg_single": False,
}
PASS = "同意呈送。"


@pytest.fixture
def put(engine: Engine, tmp_path: Path) -> Any:
    """Put a matter before the leaders."""

    def begin(**changes: Any) -> Called:
        return Called(engine, tmp_path, "leader_approval", {**INPUTS, **changes})

    return begin


def to_the_leader(story: Called, *, sg: bool = False) -> None:
    story.do("office_director", "UT_office_head", "pass", comment=PASS)
    story.do("dsg3", "UT_dsg", "pass", comment=PASS)
    if sg:
        story.do("sg", "UT_sg", "pass", comment=PASS)


def refusal(story: Called, *args: Any, **values: Any) -> str:
    with pytest.raises(Invalid) as refused:
        story.do(*args, **values)
    return " ".join(each.message for each in refused.value.findings)


def test_one_field_goes_to_the_leader_in_charge_and_ends_there(put: Any) -> None:
    story = put()
    to_the_leader(story)
    story.do("vm2", "UT_vm", "approve", comment="同意。")
    assert story.outputs["approval_outcome"] == "decided"
    assert story.outputs["final_decision"] == "approve"
    assert story.outputs["mayor_consented"] is False
    [said] = story.outputs["instructions"]
    assert (said["post"], said["opinion"], said["person"]) == ("vice_mayor", "approve", "靳知秋")


def test_the_office_and_the_secretary_general_are_conventions(put: Any) -> None:
    story = put(param_office_head=False, param_sg_single=True)
    story.do("dsg3", "UT_dsg", "pass", comment=PASS)
    story.do("sg", "UT_sg", "pass", comment=PASS)
    assert story.open_steps() == [("UT_vm", "靳知秋")]


def test_a_matter_to_read_goes_to_the_leader_alone(put: Any) -> None:
    story = put(handle_class="read", nature="report")
    story.do("vm2", "UT_vm", "circulate")
    assert story.outputs["final_decision"] == "circulate"
    assert story.outputs["instructions"][0]["opinion"] == "circulate"


def test_a_mark_where_approving_is_asked_is_recorded_as_a_mark_and_read_as_consent(
    put: Any,
) -> None:
    story = put()
    to_the_leader(story)
    story.do("vm2", "UT_vm", "circulate")
    assert story.outputs["final_decision"] == "approve"
    assert story.outputs["instructions"][0]["opinion"] == "MARK_READ_AS_CONSENT"


def test_a_major_matter_goes_on_to_the_mayor(put: Any) -> None:
    story = put(is_major_in=True)
    to_the_leader(story, sg=True)
    story.do("vm2", "UT_vm", "approve", comment="同意，报市长。")
    story.do("mayor", "UT_mayor", "approve_rev", comment="原则同意。")
    assert story.outputs["final_decision"] == "approve_rev"
    assert story.outputs["mayor_consented"] is True
    assert [each["post"] for each in story.outputs["instructions"]] == ["vice_mayor", "mayor"]


def test_the_mayors_mark_counts_as_consent(put: Any) -> None:
    story = put(is_major_in=True)
    to_the_leader(story, sg=True)
    story.do("vm2", "UT_vm", "approve", comment="同意。")
    story.do("mayor", "UT_mayor", "circulate")
    assert story.outputs["final_decision"] == "approve"
    assert story.outputs["instructions"][-1]["opinion"] == "MARK_READ_AS_CONSENT"


@pytest.mark.parametrize(
    ("username", "step"),
    [("office_director", "UT_office_head"), ("dsg3", "UT_dsg"), ("sg", "UT_sg")],
)
def test_every_station_may_send_it_back_to_be_redrafted(put: Any, username: str, step: str) -> None:
    story = put(is_major_in=True)
    for who, where in (("office_director", "UT_office_head"), ("dsg3", "UT_dsg"), ("sg", "UT_sg")):
        if where == step:
            break
        story.do(who, where, "pass", comment=PASS)
    assert "退回须说明理由（公文处理工作条例第二十四条）" in refusal(
        story, username, step, "redraft"
    )
    story.do(username, step, "redraft", comment="拟办意见不明确。")
    assert story.outputs["approval_outcome"] == "redraft"
    assert story.outputs["comment"] == "拟办意见不明确。"


def test_the_deputy_secretary_general_has_the_departments_come_to_terms(put: Any) -> None:
    story = put()
    story.do("office_director", "UT_office_head", "pass", comment=PASS)
    words = refusal(story, "dsg3", "UT_dsg", "coordinate", comment="两家意见不一。")
    assert "组织协调须写明有分歧的部门（工作规则第三十四条）" in words
    parties = ["finance_bureau"]
    story.do("dsg3", "UT_dsg", "coordinate", comment="两家意见不一。", dispute_parties=parties)
    assert story.outputs["approval_outcome"] == "coordinate"
    assert story.outputs["dispute_parties"] == parties


def test_only_the_deputy_coordinates_and_only_the_secretary_general_reclassifies(
    put: Any,
) -> None:
    story = put()
    words = refusal(story, "office_director", "UT_office_head", "coordinate", comment="请协调。")
    assert "组织协调由协助分管领导的副秘书长提出（工作规则第三十四条）" in words
    words = refusal(story, "office_director", "UT_office_head", "reclassify", comment="应属重大。")
    assert "改定重大事项由秘书长提出" in words
    offered = [each.outcome for each in story.view("office_director", "UT_office_head").actions]
    assert offered[:2] == ["pass", "redraft"]
    assert "coordinate" not in offered


def test_the_secretary_general_calls_it_major_and_the_path_starts_again(put: Any) -> None:
    story = put(param_sg_single=True)
    to_the_leader(story)
    words = refusal(story, "sg", "UT_sg", "reclassify", comment="请核。")
    assert "改定的结果与原来相同" in words
    story.do("sg", "UT_sg", "reclassify", comment="涉及重大资金。", major_now=True)
    assert story.outputs["approval_outcome"] == "reclassify"
    assert story.outputs["is_major"] is True


def test_a_station_that_passes_it_on_changes_nothing_else(put: Any) -> None:
    story = put(is_major_in=True)
    to_the_leader(story, sg=True)
    story.do("vm2", "UT_vm", "approve", comment="同意。")
    story.do("mayor", "UT_mayor", "approve", comment="同意。")
    assert story.outputs["is_major"] is True
    assert story.outputs["dispute_parties"] == []


def test_the_leader_asks_somebody_first_and_it_comes_back_to_him(put: Any) -> None:
    story = put()
    to_the_leader(story)
    assert "“请谁先提意见”没有选择" in refusal(story, "vm2", "UT_vm", "ask", comment="请先研究。")
    story.do("vm2", "UT_vm", "ask", comment="请财政局先提意见。", ask_person="finance_head")
    assert story.open_steps() == [("UT_ask", "尚怀瑾")]
    story.do("finance_head", "UT_ask", comment="资金可以安排。")
    assert story.open_steps() == [("UT_vm", "靳知秋")]
    story.do("vm2", "UT_vm", "approve", comment="同意。")
    asked, decided = story.outputs["instructions"]
    assert (asked["opinion"], decided["opinion"]) == ("ask", "approve")
    assert story.outputs["final_decision"] == "approve"


def test_what_the_mayor_asks_comes_back_to_the_mayor(put: Any) -> None:
    story = put(is_major_in=True)
    to_the_leader(story, sg=True)
    story.do("vm2", "UT_vm", "approve", comment="同意。")
    story.do("mayor", "UT_mayor", "ask", comment="请常务先看。", ask_person="evm")
    story.do("evm", "UT_ask", comment="可行。")
    assert story.open_steps() == [("UT_mayor", "卫承远")]


def test_other_leaders_are_asked_at_once_and_all_must_answer(put: Any) -> None:
    story = put(co_leaders=["vm1", "evm"])
    to_the_leader(story, sg=True)
    story.do("vm2", "UT_vm", "approve", comment="同意。")
    assert sorted(who or "" for _, who in story.open_steps()) == ["贺景舟", "闻人岚"]
    story.do("evm", "UT_others", "approve")
    words = refusal(story, "vm1", "UT_others", "read")
    assert "送请核批的须有明确意见" in words
    story.do("vm1", "UT_others", "approve_rev", comment="第三条再斟酌。")
    assert story.outputs["final_decision"] == "approve"
    others = [each for each in story.outputs["instructions"] if each["post"] == "other"]
    assert [(each["person"], each["opinion"]) for each in others] == [
        ("贺景舟", "approve"),
        ("闻人岚", "approve_rev"),
    ]


def test_the_leader_may_send_it_to_others_and_nobody_is_asked_twice(put: Any) -> None:
    story = put()
    to_the_leader(story)
    more = ["vm1", "vm2", "mayor", "vm1"]
    story.do("vm2", "UT_vm", "approve", comment="同意。", next_leaders=more)
    assert story.open_steps() == [("UT_others", "闻人岚")]


def test_when_the_leaders_disagree_the_secretary_general_sums_up_and_the_mayor_decides(
    put: Any,
) -> None:
    story = put(co_leaders=["vm1"])
    to_the_leader(story, sg=True)
    story.do("vm2", "UT_vm", "approve", comment="同意。")
    assert "“意见内容”没有填写" in refusal(story, "vm1", "UT_others", "reject")
    story.do("vm1", "UT_others", "reject", comment="时机不成熟。")
    assert story.open_steps() == [("UT_sg_sum", "褚维岳")]
    story.do("sg", "UT_sg_sum", "pass", comment="一同意、一不同意，呈市长决定。")
    story.do("mayor", "UT_mayor", "reject", comment="暂缓。")
    assert story.outputs["final_decision"] == "reject"
    assert story.outputs["mayor_consented"] is False


def test_the_summary_may_send_it_back_instead(put: Any) -> None:
    story = put(co_leaders=["vm1"])
    to_the_leader(story, sg=True)
    story.do("vm2", "UT_vm", "approve", comment="同意。")
    story.do("vm1", "UT_others", "reject", comment="时机不成熟。")
    story.do("sg", "UT_sg_sum", "redraft", comment="请重新拟办。")
    assert story.outputs["approval_outcome"] == "redraft"


def test_a_refusal_is_not_sent_round_but_a_major_one_reaches_the_mayor(put: Any) -> None:
    story = put(co_leaders=["vm1"])
    to_the_leader(story, sg=True)
    story.do("vm2", "UT_vm", "reject", comment="不同意。")
    assert story.outputs["final_decision"] == "reject"
    major = put(co_leaders=["vm1"], is_major_in=True)
    to_the_leader(major, sg=True)
    major.do("vm2", "UT_vm", "reject", comment="不同意。")
    assert major.open_steps() == [("UT_mayor", "卫承远")]


@pytest.mark.parametrize("action", ["return", "redraft"])
def test_leaders_send_it_back_with_a_reason(put: Any, action: str) -> None:
    story = put(is_major_in=True)
    to_the_leader(story, sg=True)
    assert "退回须说明理由" in refusal(story, "vm2", "UT_vm", action)
    story.do("vm2", "UT_vm", "approve", comment="同意。")
    story.do("mayor", "UT_mayor", action, comment="请补充依据。")
    wanted = {"return": ("decided", "return"), "redraft": ("redraft", "redraft")}[action]
    assert (story.outputs["approval_outcome"], story.outputs["final_decision"]) == wanted
    assert story.outputs["comment"] == "请补充依据。"


def test_the_leader_in_charge_sends_it_back(put: Any) -> None:
    story = put()
    to_the_leader(story)
    story.do("vm2", "UT_vm", "return", comment="请补充依据。")
    assert story.outputs["final_decision"] == "return"


def test_a_request_needs_a_clear_word(put: Any) -> None:
    story = put(nature="request")
    to_the_leader(story)
    words = refusal(story, "vm2", "UT_vm", "circulate")
    assert "请示件须有明确批示意见（同意/不同意/其他），不能只圈阅" in words
    assert "“批示意见”没有填写" in refusal(story, "vm2", "UT_vm", "approve")


def test_what_a_meeting_must_decide_is_sent_to_it(put: Any) -> None:
    story = put(must_meet=True)
    to_the_leader(story)
    for action in ("approve", "approve_rev", "circulate"):
        words = refusal(story, "vm2", "UT_vm", action, comment="同意。")
        assert "属于常务会议讨论决定的事项，应当提请会议研究（工作规则第二十一条）" in words
    story.do("vm2", "UT_vm", "to_meeting", comment="提请常务会议研究。")
    assert story.outputs["final_decision"] == "to_meeting"


def test_a_dispute_that_goes_to_a_meeting_is_not_approved_over(put: Any) -> None:
    story = put(dispute_status="referred_meeting")
    to_the_leader(story)
    words = refusal(story, "vm2", "UT_vm", "approve", comment="同意。")
    assert "部门分歧已定上会研究，不能直接批示同意（工作规则第三十四条）" in words


def test_a_dispute_nobody_has_settled_is_not_approved_over(put: Any) -> None:
    story = put(dispute_status="open")
    to_the_leader(story)
    assert "部门分歧还没有协调" in refusal(story, "vm2", "UT_vm", "approve", comment="同意。")


def test_a_dispute_referred_to_the_mayor_is_his(put: Any) -> None:
    story = put(dispute_status="referred_mayor")
    to_the_leader(story, sg=True)
    story.do("vm2", "UT_vm", "approve", comment="报市长审批。")
    assert story.open_steps() == [("UT_mayor", "卫承远")]


@pytest.mark.parametrize(
    ("urgency", "due"),
    [
        ("none", "2026-02-13T18:00:00+08:00"),
        ("urgent", "2026-02-12T18:00:00+08:00"),
        ("extra", "2026-02-11T12:00:00+08:00"),
    ],
)
def test_every_station_has_its_time_and_nobody_is_passed_over(
    put: Any, urgency: str, due: str
) -> None:
    story = put(is_urgent=urgency)
    row = story.item("office_director", "UT_office_head")
    assert row.due.at is not None
    assert row.due.at.isoformat() == due
    assert row.due.kind == "house"
    story.at("2026-06-30T09:00:00+08:00")
    assert story.open_steps() == [("UT_office_head", "郗明哲")]
    assert story.item("office_director", "UT_office_head").due.css == "overdue"


def test_the_others_may_be_asked_in_order(put: Any, engine: Engine) -> None:
    story = put(co_leaders=["vm1", "evm"])
    from engine import conventions

    conventions.change(
        engine, story.who("sysadmin"), "co_leaders_in_order", "yes", reason="按次序", key="c1"
    )
    to_the_leader(story, sg=True)
    story.do("vm2", "UT_vm", "approve", comment="同意。")
    assert story.open_steps() == [("UT_others", "闻人岚")]
