"""Every way through document approval that the path and the scenarios do not take."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

import pytest

from engine import attachments, definitions, instances, registers
from engine.errors import Invalid, NotAllowed
from engine.startup import Engine
from tests.conftest import MODELS
from tests.rows import variables_of
from tests.story import PREPARED, Story

pytestmark = pytest.mark.slow

REQUEST: dict[str, Any] = {
    "title": "忻州市人民政府办公室关于项目立项的请示",
    "doc_type": "请示",
    "nature": "request",
    "deploy_scope": None,
    "contact": "阮一苇 3020000",
    "request_items": [{"item": "项目立项", "basis": None, "tendency": "建议立项。"}],
}
NORMATIVE: dict[str, Any] = {
    "title": "忻州市人民政府办公室关于供热管理的通知",
    "subject_kind": "normative",
    "normative_name": "dept_approved",
}
TWO_DEPTS = {"authority_checked": False, "countersign_mode": "countersign"}


class Way(Story):
    """A document that keeps what was filled in, to be changed and sent again."""

    def send(self, **changes: Any) -> None:
        self.start()
        self.sent = {**PREPARED, "body_file": self.letter("gov_clerk"), **changes}
        self.prepare(**{key: self.sent[key] for key in self.sent})

    def mend(self, text: str | None = None, **changes: Any) -> None:
        """The drafter changes it and sends it again; with another text when one is given."""
        if text is not None:
            changes["body_file"] = self.letter("gov_clerk", text)
        said = {key: changes.pop(key) for key in tuple(changes) if key.startswith(ONLY_NOW)}
        self.sent = {**self.sent, **changes}
        self.do("gov_clerk", "UT_fix", **{**self.sent, "fix_action": "resubmit", **said})

    def to_accepted(self, **changes: Any) -> None:
        """Sent, registered and accepted."""
        checked = {key: changes.pop(key) for key in tuple(changes) if key in JUDGED}
        self.send(**changes)
        self.register()
        self.initial(**checked)

    def known(self) -> dict[str, Any]:
        return variables_of(self.engine, self.instance_id)

    def steps(self) -> list[str]:
        return sorted(step for step, _ in self.open_steps())

    def materials(self, **changes: Any) -> None:
        """Materials for the legality review, complete and accepted."""
        wanted = ("m_draft", "m_note", "m_basis", "m_dept_legal", "m_dept_meeting")
        files = {each: self.letter("gov_clerk", f"{each} 的内容。") for each in wanted}
        self.do("gov_clerk", "UT_submit_materials", **files)
        self.do("legal", "UT_material_check", material_ok=True)
        received = self.engine.clock.now().isoformat()
        urgent = {"urgent_exception": True, "urgent_basis": "突发事件。"}
        self.do(
            "legal_reviewer",
            "UT_accept",
            **{"accept_ok": True, "legal_received_at": received, **urgent, **changes},
        )

    def reviewed(self, result: str, number: str = "忻司审〔2026〕1号", **changes: Any) -> None:
        """The judicial bureau concludes and issues."""
        said = "" if result == "pass" else "第三条与上位法不一致。"
        self.do(
            "legal_reviewer",
            "UT_review",
            "conclude",
            said or "合法。",
            review_result=result,
            **changes,
        )
        self.do("judicial_head", "UT_legal_issue", issue_ok=True, legal_opinion_no=number)

    def up(self, *usernames: str, **changes: Any) -> None:
        """Proposed, and passed on by the stations."""
        self.draft(**changes)
        self.stations(*usernames)

    def countersigned(self, *depts: str) -> None:
        """Sent out to these departments."""
        self.do("gov_clerk", "UT_select", depts=list(depts), must_reply_depts=[])
        self.sign_out()


ONLY_NOW = ("carry_", "legal_reply")
JUDGED = (
    "is_major",
    "is_major_basis",
    "meeting_item",
    "countersign_extra_depts",
    "handle_class",
    "normative_confirmed",
    "q_consulted",
)


# ---- before registration ---------------------------------------------------------------------


def test_a_paper_document_is_entered_by_the_document_section(engine: Engine) -> None:
    story = Way(engine)
    story.start("docs", start_kind="paper")
    assert story.open_steps() == [("UT_enter_paper", "文书科")]
    story.do("docs", "UT_enter_paper", **{**PREPARED, "body_file": story.letter("docs")})
    assert story.steps() == ["UT_register"]


def test_an_opinion_adopted_before_registration_changes_the_text_first(engine: Engine) -> None:
    story = Way(engine)
    story.send(**REQUEST, **TWO_DEPTS, authority_depts=["finance_bureau"])
    story.countersigned("finance_bureau")
    story.do("finance_head", "UT_reply", "object", comment="请核减资金。", basis="预算法")
    story.summarise(("finance_bureau", True, None))
    assert story.steps() == ["UT_fix"]
    story.mend("核减后的正文。")
    assert story.steps() == ["UT_select"]  # the changed text has to be signed again
    story.countersigned("finance_bureau")
    story.do("finance_head", "UT_reply", "agree")
    story.summarise()
    assert story.steps() == ["UT_register"]


def test_an_adopted_opinion_may_carry_the_signatures_over_with_reasons(engine: Engine) -> None:
    story = Way(engine)
    depts = ["finance_bureau", "judicial_bureau"]
    story.send(**REQUEST, **TWO_DEPTS, authority_depts=depts)
    story.countersigned(*depts)
    story.do("finance_head", "UT_reply", "object", comment="表述应规范。", basis="公文规范")
    story.do("judicial_head", "UT_reply", "agree")
    story.summarise(("finance_bureau", True, None))
    with pytest.raises(Invalid, match="说明不少于10个字（约定）"):
        story.mend("改了表述的正文。", carry_over=True, carry_reason="照改")
    reason = "只按财政局意见改了表述，不动实质内容。"
    story.mend("改了表述的正文。", carry_over=True, carry_reason=reason)
    assert story.steps() == ["UT_register"]
    known = story.known()
    assert known["countersign_hash"] == known["body_hash"]


def test_departments_that_disagree_negotiate_before_registration(engine: Engine) -> None:
    story = Way(engine)
    story.send(**REQUEST, **TWO_DEPTS, authority_depts=["finance_bureau"])
    story.countersigned("finance_bureau")
    story.do("finance_head", "UT_reply", "object", comment="资金来源不明。", basis="预算法")
    story.summarise(("finance_bureau", False, "已列入预算。"))
    at = story.engine.clock.now().isoformat()
    story.do(
        "office_director",
        "UT_negotiate",
        negotiated_at=at,
        heads_met=True,
        still_open=[],
        comment="已协商一致。",
    )
    assert story.steps() == ["UT_register"]
    assert story.known()["dispute_status"] == "closed"


def test_what_is_found_classified_is_sealed_for_everybody(engine: Engine) -> None:
    story = Way(engine)
    story.send()
    file_id = story.sent["body_file"]
    story.register(class_checked="secret")
    assert story.open_steps() == [("UT_register_offline", "文书科")]
    for username in ("gov_clerk", "docs", "manager"):
        with pytest.raises(NotAllowed, match="已封存"):
            attachments.open(engine, story.who(username), file_id)
    assert "未填标题" in story.see().row.title
    story.do(
        "docs",
        "UT_register_offline",
        secret_no="机密件002",
        secret_storage="机要室",
        offline_channel="当面交接",
        offline_level="secret",
        offline_found=True,
    )
    assert story.see().row.outcome == "EE_offline"
    [row] = registers.find(engine, "classified_placeholder").items
    assert row.values["secret_no"] == "机密件002"


def test_a_word_of_classification_warns_at_upload_and_a_mark_is_refused(engine: Engine) -> None:
    clerk = Way(engine).who("gov_clerk")
    for text, name in (("本件涉及国家秘密。", "正文.txt"), ("内容。", "绝密材料.txt")):
        stored = attachments.store(engine, clerk, name, _stream(text))
        assert stored.warning is not None
        assert "仅登记件号" in stored.warning
    assert attachments.store(engine, clerk, "正文.txt", _stream("通知。")).warning is None
    with pytest.raises(Invalid, match="涉密公文不得在本系统流转"):
        attachments.store(engine, clerk, "正文.txt", _stream("机密★三年\n内容。"))


def test_a_late_draft_is_counted_in_calendar_days_and_never_rolls(engine: Engine) -> None:
    story = Way(engine)
    story.at("2026-02-25T09:00:00+08:00")
    draft = {"nature": "draft", "upper_from": "party_gov", "upper_to": "prov_gov"}
    story.send(**draft, deadline_upper="2026-03-02")
    known = story.known()
    assert (known["latest_submit"], known["late_days"]) == ("2026-02-15", 10)  # in the feast
    assert known["recommended_latest"] == "2026-02-14"  # a Saturday, made up for
    [told] = story.view("gov_clerk", "UT_override_note").notices
    assert (
        told.message
        == "代拟稿应于2026-02-15前报送市政府，现已迟10日，请说明原因（工作规则第三十条）"
    )
    other = Way(engine)
    other.send(**draft, deadline_upper="2026-03-02", upper_notice_at="2026-02-20")
    assert other.steps() == ["UT_register"]  # told too late to be in time: no fault 【约】


def test_the_hours_after_midnight_belong_to_their_own_day(engine: Engine) -> None:
    story = Way(engine)
    story.at("2026-03-10T00:30:00+08:00")  # still the day before in UTC
    story.send()
    due = story.item("docs", "UT_register").due.at
    assert due is not None
    assert due.isoformat() == "2026-03-10T18:00:00+08:00"
    story.register()
    [row] = registers.find(engine, "received_document").items
    assert row.values["received_at"].startswith("2026-03-10T00:30")


def test_what_is_normative_is_confirmed_at_the_initial_check(engine: Engine) -> None:
    story = Way(engine)
    story.send(**NORMATIVE, legal_opinion_dept=story_file(engine))
    story.register()
    with pytest.raises(Invalid, match="认定须经初审复核一致"):
        story.initial(normative_confirmed=False)
    plain = Way(engine)
    plain.to_accepted()  # a notice like any other asks for nothing of the kind
    assert plain.steps() == ["UT_draft_opinion"]


def test_what_is_urgent_is_checked_within_hours(engine: Engine) -> None:
    story = Way(engine)
    story.send(is_urgent="urgent", urgent_reason="汛情紧急，今日办结。")
    story.register()
    due = story.item("sec1", "UT_initial").due
    assert due.at is not None
    assert (due.at - engine.clock.now()).total_seconds() == 2 * 3600
    assert "约定" in (due.source or "")


# ---- required procedures ---------------------------------------------------------------------


def test_every_required_procedure_has_its_own_step_and_only_the_failed_is_done_again(
    engine: Engine,
) -> None:
    story = Way(engine)
    story.to_accepted(
        **NORMATIVE | {"normative_name": "dept_own"},
        legal_opinion_dept=story_file(engine),
        public_interest=True,
        affects_business=True,
        sensitive_livelihood=True,
        authority_depts=["finance_bureau"],
        **TWO_DEPTS,
        normative_confirmed=True,
    )
    assert story.steps() == [
        "UT_consult",
        "UT_dept_legal",
        "UT_eval5",
        "UT_fair",
        "UT_prior",
        "UT_risk",
    ]
    with pytest.raises(Invalid, match="高风险"):
        story.check("UT_risk", risk_level="high")
    with pytest.raises(Invalid, match="五项评估论证缺一不可"):
        story.check("UT_eval5", e_macro=False)
    story.check("UT_risk", "fail", evidence_no=None, risk_level=None)
    for step in ("UT_eval5", "UT_consult", "UT_fair", "UT_dept_legal", "UT_prior"):
        story.check(step)
    assert story.steps() == ["UT_fix"]
    assert story.known()["fix_reason"] == "procedure"
    story.mend()
    assert story.steps() == ["UT_risk"]
    story.check("UT_risk")
    assert story.steps() == ["UT_draft_opinion"]


def test_opinions_are_solicited_and_an_adopted_one_changes_the_text(engine: Engine) -> None:
    story = Way(engine)
    story.to_accepted(subject_kind="major_item", opinion_targets=["finance_bureau"])
    assert story.steps() == ["UT_draft_solicit", "UT_eval5"]
    story.check("UT_eval5")
    solicit(story, ["finance_bureau"])
    story.do("finance_head", "UT_reply", "object", comment="请改第二条。", basis="预算法")
    rows = [{"dept": "finance_bureau", "adopted": True, "reason": None}]
    story.do("gov_clerk", "UT_opinion_summary", adoption=rows)
    assert story.steps() == ["UT_fix"]
    story.mend("改了第二条的正文。")
    assert story.steps() == ["UT_draft_solicit"]  # the opinion on the old text is void
    solicit(story, ["finance_bureau"])
    story.do("finance_head", "UT_reply", "agree")
    story.do("gov_clerk", "UT_opinion_summary", adoption=[])
    assert story.steps() == ["UT_draft_opinion"]


def test_an_opinion_not_adopted_is_coordinated_by_the_leader_and_mended(engine: Engine) -> None:
    story = Way(engine)
    story.to_accepted(countersign_extra_depts=["finance_bureau"])
    story.countersigned("finance_bureau")
    story.do("finance_head", "UT_reply", "object", comment="资金来源不明。", basis="预算法")
    story.summarise(("finance_bureau", False, "已列入预算。"))
    negotiate(story)
    story.do("evm", "UT_coordinate", "plan", comment="由财政局核定。", coord_revise=True)
    assert story.steps() == ["UT_fix"]
    assert story.known()["fix_reason"] == "dispute"
    reason = "只按协调结果改了资金一条，不动其他部门职权。"
    story.mend("按协调结果修改的正文。", carry_over=True, carry_reason=reason)
    assert story.steps() == ["UT_draft_opinion"]


# ---- legality --------------------------------------------------------------------------------


def to_review(engine: Engine, **changes: Any) -> Way:
    """A normative document whose materials the judicial bureau has accepted."""
    story = Way(engine)
    story.to_accepted(
        **{**NORMATIVE, **changes}, legal_opinion_dept=story_file(engine), normative_confirmed=True
    )
    story.check("UT_eval5")
    story.materials()
    return story


def test_a_review_that_fails_sends_it_back_through_the_initial_check(engine: Engine) -> None:
    story = to_review(engine)
    story.reviewed("fail", fail_kind="ultra_vires")
    assert story.steps() == ["UT_fix"]
    assert story.known()["fix_reason"] == "legal_fail"
    story.mend("去掉越权内容的正文。")
    assert story.steps() == ["UT_initial"]
    story.initial(normative_confirmed=True)
    story.materials()
    story.reviewed("pass")
    assert story.steps() == ["UT_draft_opinion"]


def test_a_leader_who_returns_a_reviewed_text_has_the_changed_one_reviewed_again(
    engine: Engine,
) -> None:
    story = to_review(engine)
    story.reviewed("pass")
    story.up()
    story.do("evm", "UT_vm", "return", comment="第五条请再斟酌。")
    story.mend("改了第五条的正文。")
    assert story.known()["legal_result"] is None
    story.initial(normative_confirmed=True)
    assert story.steps() == ["UT_submit_materials"]


def test_a_text_that_comes_back_unchanged_keeps_its_review(engine: Engine) -> None:
    story = to_review(engine)
    story.reviewed("pass")
    story.up()
    story.do("evm", "UT_vm", "return", comment="请补一份附件。")
    story.mend()
    story.initial(normative_confirmed=True)
    assert story.steps() == ["UT_draft_opinion"]


def test_signatures_the_reviewer_does_not_confirm_are_not_carried_over(engine: Engine) -> None:
    story = Way(engine)
    story.to_accepted(
        **NORMATIVE,
        legal_opinion_dept=story_file(engine),
        normative_confirmed=True,
        countersign_extra_depts=["finance_bureau"],
    )
    story.check("UT_eval5")
    story.countersigned("finance_bureau")
    story.do("finance_head", "UT_reply", "agree")
    story.summarise()
    story.materials()
    story.reviewed("pass_with_changes")
    reason = "只按审核意见改了第三条，不动财政职权。"
    story.mend(
        "按审核意见修改的正文。", carry_over=True, carry_reason=reason, legal_reply="已照改。"
    )
    assert story.steps() == ["UT_recheck"]
    story.do(
        "legal_reviewer",
        "UT_recheck",
        "pass",
        legal_opinion_no="忻司审〔2026〕1号",
        carry_confirmed=False,
    )
    assert story.steps() == ["UT_select"]


# ---- before the leaders ----------------------------------------------------------------------


def test_a_deputy_may_have_a_dispute_coordinated_first(engine: Engine) -> None:
    story = Way(engine)
    story.to_accepted()
    story.draft()
    story.do("office_director", "UT_office_head", "pass", comment="同意呈送。")
    story.do(
        "dsg1",
        "UT_dsg",
        "coordinate",
        comment="财政有不同意见。",
        dispute_parties=["finance_bureau"],
    )
    negotiate(story)
    story.do("evm", "UT_coordinate", "agreed", comment="已一致。")
    assert story.steps() == ["UT_draft_opinion"]


def test_a_matter_found_major_goes_through_what_a_major_one_needs(engine: Engine) -> None:
    story = Way(engine)
    story.to_accepted()
    story.draft(co_leaders=["vm1"])
    story.do("office_director", "UT_office_head", "pass", comment="同意呈送。")
    story.do("dsg1", "UT_dsg", "pass", comment="同意呈送。")
    story.do("sg", "UT_sg", "reclassify", comment="属重大事项。", major_now=True)
    assert story.steps() == ["UT_eval5"]


# ---- after the instruction -------------------------------------------------------------------


def test_a_matter_for_a_meeting_is_entered_for_the_meeting_section(engine: Engine) -> None:
    story = Way(engine)
    story.to_accepted(meeting_item=True)
    story.up(suggested_decision="to_meeting")
    story.do("evm", "UT_vm", "to_meeting", comment="提请常务会议研究。")
    [row] = registers.find(engine, "pending_start").items
    assert (row.values["procedure"], row.values["section"]) == ("会议议题", "会务科")
    assert story.steps() == ["UT_notify"]


def test_a_task_in_the_instruction_is_entered_for_supervision(engine: Engine) -> None:
    story = Way(engine)
    story.to_accepted()
    story.up()
    story.do("evm", "UT_vm", "approve", comment="同意，一周内落实。", has_task=True)
    story.close()
    [row] = registers.find(engine, "pending_start").items
    assert row.values["procedure"] == "督办立项"
    assert story.see().row.outcome == "EE_done"


def test_departments_handle_it_and_lateness_is_entered_once(engine: Engine) -> None:
    story = Way(engine)
    story.to_accepted()
    story.up(suggested_decision="transfer")
    story.do("evm", "UT_vm", "transfer", comment="请水利局牵头办理。")
    due = "2026-02-13T18:00:00+08:00"
    several = {"handlers": ["water_bureau", "finance_bureau"], "handle_due": due}
    with pytest.raises(Invalid):
        story.do("sec1", "UT_transfer", comment="请办理。", **several)
    story.do("sec1", "UT_transfer", comment="请办理。", **several, lead_handler="water_bureau")
    assert story.open_steps()[0][0] == "UT_handle"
    with pytest.raises(Invalid, match="每个协办部门都要有一行意见"):
        story.do("water_head", "UT_handle", comment="已办理。", assist_opinions=[])
    rows = [{"dept": "finance_bureau", "opinion": "未收到"}]
    story.do("water_head", "UT_handle", comment="已办理。", assist_opinions=rows)
    story.do("sec1", "UT_handle_check", comment="佐证不全。", handle_ok=False)
    assert story.at("2026-02-13T18:00:01+08:00") == 1
    assert [row.values["procedure"] for row in registers.find(engine, "pending_start").items] == [
        "督办立项"
    ]
    story.do("water_head", "UT_handle", comment="补齐佐证。", assist_opinions=rows)
    story.do("sec1", "UT_handle_check", handle_ok=True)
    story.close()
    assert story.see().row.outcome == "EE_done"
    assert len(registers.find(engine, "pending_start").items) == 1


def test_a_decision_that_slipped_past_its_form_is_clarified_not_carried_out(
    engine: Engine, tmp_path: Path
) -> None:
    models = tmp_path / "models"
    shutil.copytree(MODELS, models)
    rules = models / "shared" / "leader_approval" / "forms" / "instruct.rules.json"
    rules.write_text('{"rules": []}', "utf-8")  # a designer took the rules off the form
    definitions.deploy(engine, [models])
    story = Way(engine)
    story.to_accepted(meeting_item=True)
    story.up(suggested_decision="to_meeting")
    story.do("evm", "UT_vm", "approve", comment="同意。")
    assert story.open_steps() == [("UT_clarify", "秘书科")]
    with pytest.raises(Invalid, match="应当提请会议研究"):
        story.do("sec1", "UT_clarify", comment="已问。", final_decision="approve")
    story.do("sec1", "UT_clarify", comment="已核实，应上会。", final_decision="to_meeting")
    assert story.steps() == ["UT_notify"]


# ---- the picture -----------------------------------------------------------------------------


def test_the_steps_are_listed_as_the_picture_is_read(engine: Engine) -> None:
    story = Way(engine)
    story.to_accepted()
    names = [each.name for each in story.see().steps]
    wanted = [
        "填报并签发报送",
        "签收登记",
        "初审",
        "分歧协调",
        "合法性审核",
        "提出拟办意见",
        "呈批",
    ]
    wanted += ["转办", "答复来文单位", "归档"]
    assert [each for each in names if each in wanted] == wanted


def test_of_two_calls_of_the_same_process_only_the_one_made_is_marked(engine: Engine) -> None:
    story = Way(engine)
    story.to_accepted(countersign_extra_depts=["finance_bureau"])
    drawn = instances.elements(engine, story.who("manager"), story.instance_id)
    marked = drawn.diagrams[0].elements
    assert marked["CA_countersign"] == "active"
    assert "CA_countersign_pre" not in marked
    by_name = {each.name: each.state for each in drawn.steps}
    assert (by_name["补充会签"], by_name["报送前会签"]) == ("now", "next")
    story.countersigned("finance_bureau")
    story.do("finance_head", "UT_reply", "agree")
    story.summarise()
    drawn = instances.elements(engine, story.who("manager"), story.instance_id)
    assert drawn.diagrams[0].elements["CA_countersign"] == "done"


# ---- helpers ---------------------------------------------------------------------------------


def _stream(text: str) -> Any:
    return io.BytesIO(text.encode())


def story_file(engine: Engine) -> str:
    """A file of the clerk's own, for a field that wants one."""
    return Story(engine).letter("gov_clerk", "部门法制审核意见。", "法制审核意见.txt")


def solicit(story: Way, targets: list[str]) -> None:
    sent = story.engine.clock.now().isoformat()
    story.do("gov_clerk", "UT_draft_solicit", targets=targets, sent_at=sent, must_reply_depts=[])


def negotiate(story: Way, party: str = "finance_bureau") -> None:
    """Heads met without result; the dispute is stated."""
    story.do(
        "office_director",
        "UT_negotiate",
        negotiated_at=story.engine.clock.now().isoformat(),
        heads_met=True,
        still_open=[party],
        comment="双方各执一词，未能一致。",
    )
    row = {"party": party, "opinion": "来源不明", "basis": "预算法", "suggestion": "请市政府协调"}
    story.do("gov_clerk", "UT_state_dispute", dispute_table=[row])
