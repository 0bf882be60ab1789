"""What is confirmed, carried over and entered in books, and how long a reason is."""

from __future__ import annotations

import io

import pytest

from engine import attachments, conventions, papers, registers
from engine.errors import Invalid
from engine.paper import Facts, Grid
from engine.startup import Engine
from tests.processes.test_document_approval__ways import REQUEST, TWO_DEPTS, Way
from tests.story import Story

# ---- a text whose words cannot be counted ----------------------------------------------------


def test_a_text_that_cannot_be_counted_is_confirmed_by_the_reviewer_and_flagged(
    engine: Engine,
) -> None:
    """工作规则第三十一条: nobody types a number of words in; the initial reviewer looks."""
    story = Way(engine)
    pdf = io.BytesIO(b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
    scan = attachments.store(engine, story.who("gov_clerk"), "正文.pdf", pdf).id
    story.send(body_file=scan)
    story.register()
    assert story.known()["char_count"] is None
    view = story.view("sec1", "UT_initial")
    assert view.known["char_count"] is None
    assert view.form is not None
    assert "char_count" not in {each.key for each in view.form.fields}
    with pytest.raises(Invalid, match="正文无法自动计字数，须由初审人核对篇幅后勾选确认"):
        story.initial()
    story.initial(length_checked=True)
    told = dict(story.view("sec1", "UT_draft_opinion").facts)
    assert told["正文无法自动计字数，已人工核对篇幅"] == "是"
    slip = papers.look(engine, story.who("sec1"), story.instance_id, "doc_handling_slip")
    assert Facts((("篇幅", "正文无法自动计字数，已由初审人核对"),)) in slip.parts


def test_a_text_that_is_counted_is_not_flagged(engine: Engine) -> None:
    story = Way(engine)
    story.send()
    story.register()
    with pytest.raises(Invalid, match="不能提交"):
        story.initial(char_count=1)
    story.initial(length_checked=True)
    assert story.known()["char_count"] == 176
    slip = papers.look(engine, story.who("sec1"), story.instance_id, "doc_handling_slip")
    assert not any(isinstance(each, Facts) and "篇幅" in dict(each.rows) for each in slip.parts)


# ---- what a convention decides, what departments have said ------------------------------------


def test_how_long_a_reason_is_stands_in_one_convention(engine: Engine) -> None:
    story = Way(engine)
    admin = story.who("sysadmin")
    conventions.change(engine, admin, "override_reason_length", "20", "办公会议定", key="long")
    story.send(doc_type="报告", nature="report", report_kind="special", body_file=long(story))
    note = {"no": 8, "value": story.known()["char_count"], "reason": "数据表较多，不宜删减。"}
    with pytest.raises(Invalid, match="每项不少于20个字（约定）"):
        story.do("gov_clerk", "UT_override_note", override_notes=[note])
    note["reason"] = "附表数据较多，经研究不宜删减，请予放行。"
    story.do("gov_clerk", "UT_override_note", override_notes=[note])
    assert story.steps() == ["UT_register"]


def long(story: Story) -> str:
    return story.letter("gov_clerk", "字" * 3218)


def test_what_departments_have_said_stands_in_the_table_of_disputes(engine: Engine) -> None:
    """工作规则第三十三条: opinions and grounds are carried over, the proposal is the host's."""
    story = Way(engine)
    story.send(**REQUEST, **TWO_DEPTS, authority_depts=["finance_bureau"])
    story.countersigned("finance_bureau")
    story.do("finance_head", "UT_reply", "object", comment="资金来源不明。", basis="预算法第十三条")
    story.summarise(("finance_bureau", False, "已列入预算。"))
    story.do(
        "office_director",
        "UT_negotiate",
        negotiated_at=engine.clock.now().isoformat(),
        heads_met=True,
        still_open=["finance_bureau"],
        comment="未能一致。",
    )
    [row] = story.view("gov_clerk", "UT_state_dispute").values["dispute_table"]
    assert row == {
        "party": "finance_bureau",
        "opinion": "资金来源不明。",
        "basis": "预算法第十三条",
        "suggestion": None,
    }
    row["suggestion"] = "建议列入明年预算。"
    story.do("gov_clerk", "UT_state_dispute", dispute_table=[row])
    [entered] = registers.find(engine, "dispute").items
    assert (entered.values["number"], entered.values["result"]) == (
        "分歧〔2026〕1号",
        "部门间未一致，随文报市政府",
    )
    sheet = papers.look(engine, story.who("gov_clerk"), story.instance_id, "dispute_table")
    [grid] = [each for each in sheet.parts if isinstance(each, Grid)]
    assert grid.rows[0][1:] == (
        "资金来源不明。",
        "预算法第十三条",
        "不采纳：已列入预算。",
        "建议列入明年预算。",
    )
