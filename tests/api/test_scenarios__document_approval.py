"""The acceptance scenarios of document approval, through the API and the demo clock alone."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from engine import registers, timers
from engine.storage import tables
from tests.api.caller import engine_of
from tests.api.paper import ONE_ITEM, Paper
from tests.rows import responses_of

pytestmark = pytest.mark.slow

TWO_ITEMS = [
    {"item": "项目立项", "basis": None, "tendency": "建议立项。"},
    {"item": "机构编制", "basis": None, "tendency": "建议增编。"},
]


def sweep(paper: Paper) -> None:
    timers.fire_due(engine_of(paper.app))


def book(paper: Paper, register: str) -> list[dict[str, Any]]:
    """The rows of a register."""
    return [dict(row.values) for row in registers.find(engine_of(paper.app), register).items]


def ask_back(paper: Paper, reason: str = "材料有误，收回重报。") -> Paper:
    """The sender asks for the document back."""
    body = {"values": {"reason": reason}, "about": paper.id}
    made = paper.by(paper.clerk).post("/process-definitions/document_withdraw/start", body)
    assert made.status_code == 201, made.text
    request = Paper(paper.app, paper.org)
    request.id = made.json["instance_id"] if made.json else ""
    return request


def test_scenario_1_two_matters_in_one_request_come_back(any_app: Flask) -> None:
    paper = Paper(any_app, "xinfu_qu")
    paper.clock("2026-03-10T09:00:00+08:00")
    paper.send(paper.request(request_items=TWO_ITEMS))
    assert paper.open_steps() == [("UT_fix", "舒一帆")]
    [told] = paper.view("xinfu_clerk", "UT_fix")["notices"]
    assert told["message"] == (
        "请示应当一文一事，本件包含多个请示事项：项目立项、机构编制（工作规则第二十九条）"
    )
    assert (told["severity"], told["source"]) == ("block", "工作规则第二十九条")
    assert book(paper, "received_document") == []
    paper.mend(request_items=ONE_ITEM)
    assert paper.open_steps() == [("UT_register", "文书科")]
    paper.register()
    assert [row["number"] for row in book(paper, "received_document")] == ["收文〔2026〕1号"]


def test_scenario_2_silence_at_countersigning_is_deemed_no_objection(any_app: Flask) -> None:
    paper = Paper(any_app, "education_bureau")
    depts = ["finance_bureau", "hr_bureau"]
    paper.send(
        paper.request(
            field="education",
            authority_depts=depts,
            authority_checked=False,
            countersign_mode="countersign",
        )
    )
    paper.countersign(*depts)
    due = paper.task("hr_head", "UT_reply")["due"]
    assert due["at"] == "2026-02-27T18:00:00+08:00"
    paper.clock("2026-02-11T15:00:00+08:00")
    paper.do("finance_head", "UT_reply", "agree", "同意。")
    paper.clock("2026-02-27T18:00:00+08:00")
    assert [step for step, _ in paper.open_steps()] == ["UT_reply"]
    paper.clock("2026-02-27T18:00:01+08:00")
    [silent] = [
        each for each in responses_of(engine_of(any_app), paper.id) if each.recorded_by == "system"
    ]
    assert (silent.party, silent.type) == ("hr_bureau", "DEEMED_NO_OBJECTION")
    assert (silent.person_id, silent.signature) == (None, None)
    assert silent.basis == "工作规则第三十三条第二款"
    paper.do("education_clerk", "UT_summary", adoption=[], comment="已汇总。")
    assert paper.open_steps() == [("UT_register", "文书科")]


def test_scenario_4_the_acting_mayor_instructs_and_without_mandate_it_waits(any_app: Flask) -> None:
    paper = Paper(any_app, "xinfu_qu")
    paper.clock("2026-05-10T09:00:00+08:00")
    office = paper.by("sg")
    trip = {
        "starts_at": "2026-05-11T00:00:00+08:00",
        "ends_at": "2026-05-15T23:59:00+08:00",
        "kind": "business_trip",
    }
    assert office.post("/absences", {**trip, "person_id": "mayor"}).status_code == 201
    mandate = {
        "principal_id": "mayor",
        "substitute_id": "evm",
        "starts_at": trip["starts_at"],
        "ends_at": trip["ends_at"],
        "scope": ["instruct"],
        "reason": "出差",
        "evidence": "市长办公会记录〔2026〕7号",
    }
    granted = office.post("/acting-mandates", mandate)
    assert granted.status_code == 201, granted.text
    paper.clock("2026-05-11T09:00:00+08:00")
    paper.to_initial(paper.request(field="agriculture"))
    paper.accept(is_major=True, is_major_basis="涉及全市重大项目。")
    paper.check("UT_eval5")
    paper.propose(field="agriculture")
    paper.clock("2026-05-12T08:30:00+08:00")
    for who, step in (("office_director", "UT_office_head"), ("dsg2", "UT_dsg"), ("sg", "UT_sg")):
        paper.do(who, step, "pass", "同意呈送。")
    paper.do("vm1", "UT_vm", "approve", "同意。")
    row = paper.task("evm", "UT_mayor")
    office.post(
        "/absences",
        {
            **trip,
            "starts_at": "2026-05-13T00:00:00+08:00",
            "ends_at": "2026-05-13T23:00:00+08:00",
            "person_id": "evm",
        },
    )
    paper.clock("2026-05-13T09:00:00+08:00")
    waiting = paper.task("mayor", "UT_mayor")
    assert waiting["id"] == row["id"]
    assert "市长外出期间无代行委托记录" in waiting["alert"]
    paper.clock("2026-05-14T09:00:00+08:00")
    paper.do("evm", "UT_mayor", "approve", "同意。")
    said = next(each for each in paper.shown()["opinions"] if each["step"] == "市长批示")
    assert "代行市长职务" in said["signed_as"]
    assert paper.variables()["mayor_consented"] is True


def test_scenario_6_a_text_over_the_limit_may_pass_with_reasons(any_app: Flask) -> None:
    paper = Paper(any_app, "dai_xian")
    paper.clock("2026-03-10T09:00:00+08:00")
    report = paper.request(
        title="代县人民政府关于防汛工作的专项报告",
        doc_type="报告",
        nature="report",
        report_kind="special",
        request_items=[],
        body_file=None,
    )
    paper.start("dai_clerk", submitter_org="dai_xian", submitter_type="county")
    values = {**report, "body_file": paper.text("字", 3218)}
    paper.do("dai_clerk", "UT_prepare", **values)
    paper.do("dai_head", "UT_prepare", **values)
    assert paper.open_steps() == [("UT_override_note", "后行简")]
    [told] = paper.view("dai_clerk", "UT_override_note")["notices"]
    assert told["message"].startswith("字数3218超过上限3000")
    [line] = paper.view("dai_clerk", "UT_override_note")["values"]["override_notes"]
    assert (line["no"], line["value"]) == (8, 3218)
    short = paper.refused(
        "dai_clerk", "UT_override_note", override_notes=[{**line, "reason": "内容多"}]
    )
    assert "提示项放行须说明理由，每项不少于10个字（约定）" in short
    noted = [{**line, "reason": "涉及三条河流，经反复压缩仍须保留。"}]
    paper.do("dai_clerk", "UT_override_note", override_notes=noted)
    paper.register()
    assert "篇幅超限，须由初审人确认放行" in paper.refused(
        "sec1", "UT_initial", "accept", **{**CHECKS, "handle_class": "read"}
    )
    paper.accept(handle_class="read", length_override=True)
    paper.propose(field="emergency", suggested_decision="circulate")
    kept = paper.variables()
    assert (kept["length_override"], kept["override_notes"]) == (True, noted)
    paper.do("vm3", "UT_vm", "circulate", "阅。")
    paper.do("docs", "UT_archive", retention="permanent", archive_complete=True)
    assert paper.ended() == "EE_done"


def test_scenario_8_taking_a_document_back_needs_the_office_and_who_signed(any_app: Flask) -> None:
    paper = Paper(any_app, "dai_xian")
    paper.clock("2026-06-01T09:00:00+08:00")
    paper.to_initial(paper.request(field="agriculture"))
    number = book(paper, "received_document")[0]["number"]
    paper.accept(is_major=True, is_major_basis="涉及全县重大项目。")
    paper.check("UT_eval5")
    paper.propose(field="agriculture")
    paper.clock("2026-06-02T09:00:00+08:00")
    for who, step in (("office_director", "UT_office_head"), ("dsg2", "UT_dsg"), ("sg", "UT_sg")):
        paper.do(who, step, "pass", "同意呈送。")
    before = paper.task("vm1", "UT_vm")["id"]

    first = ask_back(paper)
    assert first.open_steps() == [("UT_confirm_withdraw", "文书科")]
    again = {"values": {"reason": "再申请一次。"}, "about": paper.id}
    path = "/process-definitions/document_withdraw/start"
    assert paper.by("dai_clerk").post(path, again).status_code == 409
    first.do("docs", "UT_confirm_withdraw", "refuse", "领导急用，不宜撤回。")
    assert first.ended() == "EE_refused"
    sweep(paper)
    assert paper.task("vm1", "UT_vm")["id"] == before  # nothing of it has moved

    paper.do("vm1", "UT_vm", "approve", "同意，报市长审批。")
    second = ask_back(paper)
    second.do("docs", "UT_confirm_withdraw", "agree", "同意。")
    assert second.open_steps() == [("UT_leader_agree", "闻人岚")]
    second.do("vm1", "UT_leader_agree", "refuse", "请照办。")
    assert second.ended() == "EE_refused"
    sweep(paper)
    assert paper.open_steps() == [("UT_mayor", "卫承远")]

    third = ask_back(paper)
    third.do("docs", "UT_confirm_withdraw", "agree", "同意。")
    third.do("vm1", "UT_leader_agree", "agree", "同意撤回。")
    assert third.ended() == "EE_granted"
    sweep(paper)
    assert (paper.ended(), paper.open_steps()) == ("EE_withdrawn", [])
    assert book(paper, "received_document")[0]["number"] == number
    told = [each["text"] for each in paper.shown()["opinions"]]
    assert "同意，报市长审批。" in told  # instructions stay on record


def test_a_document_that_is_decided_can_no_longer_be_taken_back(any_app: Flask) -> None:
    paper = Paper(any_app, "dai_xian")
    paper.to_initial(paper.request(field="agriculture"))
    paper.accept()
    paper.propose(field="agriculture")
    paper.do("office_director", "UT_office_head", "pass", "同意呈送。")
    paper.do("dsg2", "UT_dsg", "pass", "同意呈送。")
    asked = ask_back(paper)
    paper.do("vm1", "UT_vm", "approve", "同意。")
    sweep(paper)
    assert asked.shown()["instance"]["state"] == "cancelled"
    assert paper.open_steps() == [("UT_notify", "文书科")]
    assert paper.shown("dai_clerk")["requests"] == []


def test_before_the_initial_check_a_document_is_taken_back_without_asking(any_app: Flask) -> None:
    paper = Paper(any_app, "dai_xian")
    paper.send(paper.request(field="agriculture"))
    assert paper.shown("dai_clerk")["requests"] == [["document_withdraw", "申请撤回"]]
    assert ask_back(paper).ended() == "EE_granted"
    sweep(paper)
    assert paper.ended() == "EE_withdrawn"


CHECKS: dict[str, Any] = {
    "q_own": True,
    "q_rule": True,
    "q_type": True,
    "q_consulted": True,
    "q_length": True,
    "q_annex": True,
}


def test_scenario_9_the_b_role_acts_and_both_away_it_waits(any_app: Flask) -> None:
    paper = Paper(any_app, "education_bureau")
    paper.clock("2026-05-10T09:00:00+08:00")
    office = paper.by("sg")
    trip = {
        "starts_at": "2026-05-11T00:00:00+08:00",
        "ends_at": "2026-05-13T23:00:00+08:00",
        "kind": "business_trip",
    }
    assert office.post("/absences", {**trip, "person_id": "vm2"}).status_code == 201
    paper.clock("2026-05-11T09:00:00+08:00")
    paper.to_initial(paper.request(field="education"))
    paper.accept()
    paper.propose(field="education")
    paper.clock("2026-05-12T09:00:00+08:00")
    paper.do("office_director", "UT_office_head", "pass", "同意呈送。")
    paper.do("dsg3", "UT_dsg", "pass", "同意呈送。")
    row = paper.task("vm1", "UT_vm")
    both = {
        **trip,
        "starts_at": "2026-05-12T12:00:00+08:00",
        "ends_at": "2026-05-12T14:00:00+08:00",
        "person_id": "vm1",
    }
    assert office.post("/absences", both).status_code == 201
    paper.clock("2026-05-12T12:00:00+08:00")
    waiting = paper.task("vm2", "UT_vm")
    assert waiting["id"] == row["id"]
    assert "由人工改派" in waiting["alert"]
    paper.clock("2026-05-12T15:00:00+08:00")
    paper.do("vm1", "UT_vm", "approve", "同意。")
    said = next(each for each in paper.shown()["opinions"] if each["step"] == "分管副市长批示")
    assert "B角代办" in said["signed_as"]


@pytest.mark.parametrize("door", ["title", "body_file", "attachments"])
def test_scenario_10_nothing_of_a_classified_document_gets_in(any_app: Flask, door: str) -> None:
    paper = Paper(any_app, "dev_reform_commission")
    paper.clock("2026-03-10T09:00:00+08:00")
    start = {
        "classification": "secret",
        "start_kind": "self",
        "submitter_org": "dev_reform_commission",
        "submitter_type": "dept",
        "secret_no": "机密件001",
        "secret_storage": "机要室3柜",
    }
    clerk = paper.by("reform_clerk")
    tried = clerk.post(
        "/process-definitions/document_approval/start",
        {"values": {**start, door: paper.text() if door != "title" else "关于某项目的请示"}},
    )
    assert tried.status_code == 422
    told = clerk.post(
        "/process-definitions/document_approval/start",
        {"values": {**start, "secret_no": "关于某项目的请示"}},
    )
    assert "涉密公文不得在本系统流转" in told.text
    paper.start("reform_clerk", **start)
    paper.do(
        "docs",
        "UT_register_offline",
        secret_no="机密件001",
        secret_storage="机要室3柜",
        offline_channel="机要室当面交接",
        offline_level="secret",
    )
    assert paper.ended() == "EE_offline"
    [kept] = book(paper, "classified_placeholder")
    assert set(kept) == {"number", "secret_no", "level", "storage", "channel", "sender"}
    assert book(paper, "received_document") == []
    assert "（未填标题" in paper.shown()["instance"]["title"]


def test_scenario_3_departments_that_disagree_must_negotiate_first(any_app: Flask) -> None:
    paper = Paper(any_app, "agriculture_bureau")
    paper.clock("2026-03-02T09:00:00+08:00")
    paper.send(
        paper.request(
            field="agriculture",
            authority_depts=["finance_bureau"],
            authority_checked=False,
            countersign_mode="countersign",
        )
    )
    paper.countersign("finance_bureau")
    paper.clock("2026-03-03T10:00:00+08:00")
    paper.do("finance_head", "UT_reply", "object", "资金来源不明。", basis="预算法第十三条")
    refused_row = {"dept": "finance_bureau", "adopted": False, "reason": "资金已列入预算。"}
    paper.do("agriculture_clerk", "UT_summary", adoption=[refused_row], comment="已汇总。")

    met = {"negotiated_at": "2026-03-03T09:00:00+08:00", "still_open": ["finance_bureau"]}
    said = "部门主要负责人尚未协商，不得报请市政府领导协调"
    assert said in paper.refused("agriculture_head", "UT_negotiate", None, "未谈。", **met)
    paper.do("agriculture_head", "UT_negotiate", None, "未能一致。", heads_met=True, **met)
    row = {"party": "finance_bureau", "opinion": "资金来源不明"}
    told = paper.refused("agriculture_clerk", "UT_state_dispute", dispute_table=[row])
    assert "协商不一致的，须列明各方意见、理据并提出办理建议" in told
    row |= {"basis": "预算法第十三条", "suggestion": "请市政府明确资金来源"}
    paper.do("agriculture_clerk", "UT_state_dispute", dispute_table=[row])
    assert paper.open_steps() == [("UT_register", "文书科")]
    paper.register()
    paper.accept()
    # the leader in charge of the host department coordinates, and nothing is negotiated twice
    assert paper.open_steps() == [("UT_coordinate", "闻人岚")]
    paper.do("vm1", "UT_coordinate", "plan", "由财政局核定资金后实施。")
    known = paper.variables()
    assert (known["dispute_status"], known["unresolved"]) == ("closed", [])
    assert paper.open_steps() == [("UT_draft_opinion", "秘书科")]


def to_the_reviewer(paper: Paper, name: str) -> None:
    """A normative document whose materials are complete at the judicial bureau."""
    paper.to_initial(
        paper.request(
            title=f"{paper.name}关于供热管理的通知",
            doc_type="通知",
            nature="other",
            deploy_scope="special",
            request_items=[],
            subject_kind="normative",
            normative_name=name,
            legal_opinion_dept=paper.text(name="法制审核意见.txt"),
            field="construction",
        )
    )
    depts = ["finance_bureau"] if name == "gov" else []
    paper.accept(normative_confirmed=True, countersign_extra_depts=depts)
    paper.check("UT_eval5")
    if depts:
        paper.countersign(*depts)
        paper.do("finance_head", "UT_reply", "agree", "同意。")
        paper.do(paper.clerk, "UT_summary", adoption=[], comment="已汇总。")
    wanted = ("m_draft", "m_note", "m_basis", "m_dept_legal", "m_dept_meeting")
    files = {each: paper.text(each, name=f"{each}.txt") for each in wanted}
    paper.do(paper.clerk, "UT_submit_materials", **files)
    paper.do("legal", "UT_material_check", material_ok=True)
    paper.do("legal_reviewer", "UT_accept", accept_ok=True, legal_received_at=paper.now())


def test_scenario_5_what_is_not_reviewed_waits_and_the_secretary_general_is_called(
    any_app: Flask,
) -> None:
    paper = Paper(any_app, "energy_bureau")
    paper.clock("2026-02-13T11:00:00+08:00")
    to_the_reviewer(paper, "gov_office")
    row = paper.task("legal_reviewer", "UT_review")
    assert row["due"]["at"] == "2026-03-12T18:00:00+08:00"
    paper.clock("2026-02-14T10:00:00+08:00")
    early = paper.refused("legal_reviewer", "UT_review", "conclude", "合法。", review_result="pass")
    assert "审核时限不得少于规定的工作日" in early
    paper.clock("2026-03-12T18:00:00+08:00")
    assert notices(paper) == []
    paper.clock("2026-03-12T18:00:01+08:00")
    [called] = notices(paper)
    assert called["name"] == "secretary_general"
    assert "15个工作日" in called["payload"]["text"]
    paper.clock("2026-04-30T18:00:00+08:00")
    assert [step for step, _ in paper.open_steps()] == ["UT_review"]
    assert responses_of(engine_of(any_app), paper.id) == []  # silence answers nothing here
    assert paper.variables()["legal_result"] is None


def notices(paper: Paper) -> list[dict[str, Any]]:
    """What was left for people, this document's."""
    query = sa.select(tables.outbox).where(
        tables.outbox.c.instance_id == paper.id, tables.outbox.c.kind == "notice"
    )
    with engine_of(paper.app).database.read() as connection:
        return [dict(row._mapping) for row in connection.execute(query)]


def test_scenario_11_a_text_lawful_after_changes_is_only_rechecked(any_app: Flask) -> None:
    paper = Paper(any_app, "energy_bureau")
    paper.clock("2026-03-02T09:00:00+08:00")
    to_the_reviewer(paper, "gov")
    paper.clock("2026-03-11T10:00:00+08:00")
    said = "第三条与上位法不一致，请修改。"
    paper.do("legal_reviewer", "UT_review", "conclude", said, review_result="pass_with_changes")
    issued = {"issue_ok": True, "legal_opinion_no": "忻司审〔2026〕8号"}
    paper.do("judicial_head", "UT_legal_issue", **issued)
    assert paper.open_steps() == [("UT_fix", "炎小晖")]
    paper.clock("2026-03-12T10:00:00+08:00")
    paper.mend(
        body_file=paper.text("按审核意见修改后的正文。"),
        legal_reply="第三条已照改。",
        carry_over=True,
        carry_reason="只改第三条文字，不动财政局职权的实质内容。",
    )
    assert [step for step, _ in paper.open_steps()] == ["UT_recheck"]  # no second initial check
    paper.do(
        "legal_reviewer",
        "UT_recheck",
        "pass",
        legal_opinion_no="忻司审〔2026〕8号",
        carry_confirmed=True,
    )
    known = paper.variables()
    assert known["body_hash"] == known["legal_hash"] == known["countersign_hash"]
    assert known["must_meet"] is True
    draft = {
        "summary": "供热管理。",
        "suggestion": "拟同意。",
        "field": "construction",
        "disclosure_class": "active",
    }
    told = paper.refused("sec1", "UT_draft_opinion", suggested_decision="approve", **draft)
    assert "只能建议提请会议研究" in told
    paper.propose(field="construction", suggested_decision="to_meeting")
    paper.do("office_director", "UT_office_head", "pass", "同意呈送。")
    paper.do("dsg4", "UT_dsg", "pass", "同意呈送。")
    assert "应当提请会议研究" in paper.refused("vm3", "UT_vm", "approve", "同意。")
    paper.do("vm3", "UT_vm", "to_meeting", "提请常务会议研究。")
    assert [row["procedure"] for row in book(paper, "pending_start")] == ["会议议题"]
    assert paper.open_steps() == [("UT_notify", "文书科")]
