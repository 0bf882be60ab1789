"""A document from submission to archive, and the ways off it (工作规则第二十九至三十六条)."""

from __future__ import annotations

import pytest

from engine import history, instances, registers
from engine.errors import Conflict, Invalid, NotAllowed
from engine.startup import Engine
from tests.rows import jobs_of
from tests.story import Story


def test_a_notice_goes_from_submission_to_archive(any_engine: Engine) -> None:
    story = Story(any_engine)
    story.start()
    story.to_initial()
    story.initial(is_major=True, is_major_basis="涉及全市防汛安全。")
    story.check("UT_eval5")
    story.draft()
    story.stations("office_director", "dsg1", "sg")
    story.do("evm", "UT_vm", "approve", comment="同意。")
    story.do("mayor", "UT_mayor", "approve", comment="同意，抓紧印发。")
    story.close()

    seen = story.see()
    assert (seen.row.state, seen.row.outcome, seen.row.outcome_label) == (
        "completed",
        "EE_done",
        "办结",
    )
    assert seen.open_items == ()
    assert [
        row.values["number"] for row in registers.find(any_engine, "received_document").items
    ] == ["收文〔2026〕1号"]
    assert [row.values["number"] for row in registers.find(any_engine, "archive").items] == [
        "2026-0001"
    ]
    assert {row.status for row in jobs_of(any_engine, story.instance_id)} <= {"done", "void"}
    assert history.verify(any_engine).ok


def test_an_ordinary_matter_is_not_carried_to_the_mayor(engine: Engine) -> None:
    story = Story(engine)
    story.to_the_leader()
    story.do("evm", "UT_vm", "approve", comment="同意。")
    assert story.open_steps() == [("UT_notify", "文书科")]


def test_a_request_with_two_matters_comes_back_and_takes_no_number(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    two = [
        {"item": "项目立项", "basis": None, "tendency": "建议立项。"},
        {"item": "机构编制", "basis": None, "tendency": "建议增编。"},
    ]
    changes = {
        "title": "忻州市人民政府办公室关于项目立项和机构编制的请示",
        "doc_type": "请示",
        "nature": "request",
        "deploy_scope": None,
        "contact": "阮一苇 3020000",
    }
    story.prepare(**changes, request_items=two)
    assert story.open_steps() == [("UT_fix", "阮一苇")]
    assert registers.find(engine, "received_document").items == ()
    told = dict(story.view("gov_clerk", "UT_fix").facts)
    assert told  # what was entered stays to be read
    values = {**prepared(story), **changes, "request_items": two[:1], "fix_action": "resubmit"}
    story.do("gov_clerk", "UT_fix", **values)
    assert story.open_steps() == [("UT_register", "文书科")]


def test_before_the_initial_check_the_drafter_may_withdraw(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.prepare(is_personal_to_leader=True, personal_exception="none")
    assert story.open_steps() == [("UT_fix", "阮一苇")]
    story.do("gov_clerk", "UT_fix", **prepared(story), fix_action="withdraw")
    assert story.see().row.outcome == "EE_withdrawn"


def test_the_initial_check_asks_for_supplements_and_the_document_comes_again(
    engine: Engine,
) -> None:
    story = Story(engine)
    story.start()
    story.to_initial()
    story.initial("supplement", comment="请补附件。", q_annex=False)
    assert story.open_steps() == [("UT_fix", "阮一苇")]
    story.do("gov_clerk", "UT_fix", **prepared(story), fix_action="resubmit")
    assert story.open_steps() == [("UT_initial", "秘书科")]
    story.initial()
    assert len(registers.find(engine, "received_document").items) == 1


def test_after_the_initial_check_withdrawing_needs_the_office(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_initial()
    story.initial("supplement", comment="请补附件。")
    with pytest.raises(Invalid) as refused:
        story.do("gov_clerk", "UT_fix", **prepared(story), fix_action="withdraw")
    assert "请使用“申请撤回”" in str(refused.value)


def test_a_refusal_returns_every_reason_on_one_numbered_slip(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_initial()
    story.initial("reject", comment="一、文种不当。二、附件不齐。", q_type=False, q_annex=False)
    assert story.see().row.outcome == "EE_returned"
    [slip] = registers.find(engine, "return_slip").items
    assert (slip.values["number"], slip.values["reasons"]) == (
        "退文〔2026〕1号",
        "一、文种不当。二、附件不齐。",
    )


def test_an_accepted_document_must_pass_the_questions(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_initial()
    with pytest.raises(Invalid):
        story.initial(q_rule=False)
    assert story.open_steps() == [("UT_initial", "蔺若川")]


def test_a_text_over_the_limit_passes_with_a_recorded_reason_and_a_confirmation(
    engine: Engine,
) -> None:
    story = Story(engine)
    story.start()
    story.prepare(body_file=story.letter("gov_clerk", "字" * 4218))
    note = {"no": 8, "value": 4218, "reason": "部署事项多，经反复压缩仍须保留。"}
    with pytest.raises(Invalid):
        story.do("gov_clerk", "UT_override_note", override_notes=[{**note, "reason": "字数多"}])
    story.do("gov_clerk", "UT_override_note", override_notes=[note])
    story.register()
    with pytest.raises(Invalid):
        story.initial()
    story.initial(length_override=True)
    assert story.open_steps() == [("UT_draft_opinion", "秘书科")]


def test_a_classified_document_leaves_only_a_placeholder(engine: Engine) -> None:
    story = Story(engine)
    story.start(classification="secret", secret_no="机密件001", secret_storage="机要室3柜")
    assert story.open_steps() == [("UT_register_offline", "文书科")]
    story.do(
        "docs",
        "UT_register_offline",
        secret_no="机密件001",
        secret_storage="机要室3柜",
        offline_channel="机要室当面交接",
        offline_level="secret",
    )
    assert story.see().row.outcome == "EE_offline"


def test_a_classified_document_found_at_registration_goes_offline(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.prepare()
    story.register(class_checked="secret")
    assert story.open_steps() == [("UT_register_offline", "文书科")]
    assert registers.find(engine, "received_document").items == ()


def test_an_objection_is_negotiated_then_coordinated_before_it_goes_up(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_countersign("finance_bureau")
    story.do("finance_head", "UT_reply", "object", comment="资金来源不明。", basis="预算法")
    with pytest.raises(Invalid):
        story.summarise()
    story.summarise(("finance_bureau", False, "资金已列入预算。"))
    assert story.open_steps() == [("UT_negotiate", "郗明哲")]
    story.do(
        "office_director",
        "UT_negotiate",
        negotiated_at=engine.clock.now().isoformat(),
        heads_met=True,
        still_open=["finance_bureau"],
        comment="双方各执一词：主办认为资金已列入预算，财政认为来源仍不明，未能一致。",
    )
    row = {
        "party": "finance_bureau",
        "opinion": "来源不明",
        "basis": "预算法",
        "suggestion": "请协调",
    }
    story.do("gov_clerk", "UT_state_dispute", dispute_table=[row])
    assert story.open_steps() == [("UT_coordinate", "贺景舟")]
    story.do("evm", "UT_coordinate", "plan", comment="由财政局核定资金后印发。")
    assert story.open_steps() == [("UT_draft_opinion", "秘书科")]


def test_an_adopted_opinion_changes_the_text_and_voids_the_answers(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_countersign("finance_bureau")
    story.do("finance_head", "UT_reply", "object", comment="第三条应修改。", basis="预算法")
    story.summarise(("finance_bureau", True, None))
    assert story.open_steps() == [("UT_fix", "阮一苇")]
    changed = story.letter("gov_clerk", "修改后的正文。" * 20)
    story.do(
        "gov_clerk", "UT_fix", **{**prepared(story), "body_file": changed}, fix_action="resubmit"
    )
    assert story.open_steps() == [("UT_select", "阮一苇")]  # only what is void is done again


def test_a_leader_sends_it_back_to_the_drafter(engine: Engine) -> None:
    story = Story(engine)
    story.to_the_leader()
    story.do("evm", "UT_vm", "return", comment="请补充依据后再报。")
    assert story.open_steps() == [("UT_fix", "阮一苇")]


def test_a_station_sends_the_proposal_back_to_be_redrafted(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_initial()
    story.initial()
    story.draft()
    story.do("office_director", "UT_office_head", "redraft", comment="拟办意见请再斟酌。")
    assert story.open_steps() == [("UT_draft_opinion", "秘书科")]
    story.draft()
    assert story.open_steps() == [("UT_office_head", "郗明哲")]


def test_what_a_meeting_must_decide_cannot_be_approved_alone(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_initial()
    story.initial(meeting_item=True)
    story.draft(suggested_decision="to_meeting")
    story.stations()
    with pytest.raises(Invalid) as refused:
        story.do("evm", "UT_vm", "approve", comment="同意。")
    assert "第二十一条" in " ".join(each.source or "" for each in refused.value.findings)


def test_refusing_is_answered_and_ends_as_not_approved(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_initial()
    story.initial()
    story.draft(suggested_decision="reject")
    story.stations()
    story.do("evm", "UT_vm", "reject", comment="不予同意。")
    answered = {"reply_sent_at": engine.clock.now().isoformat()}
    story.do("sec1", "UT_reply_no", comment="不符合现行规定，不予批准。", **answered)
    story.archive()
    assert story.see().row.outcome == "EE_rejected"


def test_an_approval_that_needs_a_formal_reply_is_issued_offline(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_initial()
    story.initial()
    story.draft(
        needs_formal_reply=True,
        reply_issuer="gov_office",
        reply_doc_kind="notice",
        importance="ordinary",
    )
    story.stations()
    story.do("evm", "UT_vm", "approve", comment="同意。")
    story.do(
        "sec1", "UT_offline_issue", issued_number="忻政办发〔2026〕5号", printed_date="2026-02-11"
    )
    assert story.open_steps() == [("UT_notify", "文书科")]


def test_a_county_reports_and_its_head_signs(engine: Engine) -> None:
    story = Story(engine)
    story.start("xinfu_clerk", submitter_org="xinfu_qu", submitter_type="county")
    assert story.open_steps() == [("UT_prepare", story.who("xinfu_clerk").name)]


def test_who_is_not_an_office_clerk_may_not_submit(engine: Engine) -> None:
    with pytest.raises(NotAllowed):
        Story(engine).start("mayor")
    with pytest.raises(Invalid):
        Story(engine).start("gov_clerk", submitter_org="finance_bureau", submitter_type="dept")


def test_the_starter_may_cancel_until_somebody_else_has_acted(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    instances.cancel(
        engine, story.who("gov_clerk"), story.instance_id, "填错了单位", key="cancel-1"
    )
    assert story.see().row.state == "cancelled"
    with pytest.raises(Conflict):
        instances.cancel(
            engine, story.who("gov_clerk"), story.instance_id, "填错了单位", key="cancel-2"
        )
    other = Story(engine)
    other.start()
    other.prepare()
    with pytest.raises(NotAllowed):
        instances.cancel(
            engine, other.who("gov_clerk"), other.instance_id, "填错了单位", key="cancel-3"
        )


def prepared(story: Story) -> dict[str, object]:
    """What the drafter's page shows again, to be sent again."""
    view = story.view("gov_clerk", "UT_fix")
    assert view.form is not None
    known = {each.key for each in view.form.fields if each.source is None}
    shown = {key: value for key, value in view.values.items() if key in known}
    return {key: value for key, value in shown.items() if value is not None and key != "fix_action"}
