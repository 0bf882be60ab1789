"""退回: back to a step that was done, going the way again or only correcting it."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from engine import tasks, verbs
from engine.errors import Invalid, StaleVersion
from engine.startup import Engine
from tests.diagrams import NOTE, flow
from tests.engine.desks import begin, done, give_back, refused, row, step, told, use, ways
from tests.story import Story

MAY = "return,withdraw,transfer"
AMOUNT = {
    "key": "amount",
    "type": "number",
    "label": "金额",
    "validate": {"required": True},
    "properties": {"kind": "int"},
}
LINE = (
    step("A", "gov_clerk")
    + step("B", "docs")
    + step("C", "sec1", verbs=MAY)
    + flow("S", "A", "B", "C", "E")
)
GATE = '<exclusiveGateway id="G" default="F_G_C"/>'
BY_AMOUNT = (
    step("A", "gov_clerk")
    + step("B", "docs")
    + step("C", "sec1", verbs=MAY)
    + GATE
    + flow("S", "A", "B", "G", "C", "E")
    + flow("G", "E", when="amount == 0")
)


@pytest.fixture
def line(any_engine: Engine, tmp_path: Path) -> Story:
    """A and B are done, C lies before the section."""
    story = begin(any_engine, tmp_path, LINE)
    story.do("gov_clerk", "A", note="甲")
    story.do("docs", "B", note="乙")
    return story


def test_every_passed_step_is_offered_the_last_first(line: Story) -> None:
    item = row(line, "sec1", "C").id
    form = verbs.sheet(line.engine, line.who("sec1"), "return", item).form
    target = form.get("target")
    assert target is not None
    labels = [label for _, label in target.options]
    assert labels[0].startswith(f"B步　{line.who('docs').name}［上一步］（")
    assert labels[1].startswith(f"A步　{line.who('gov_clerk').name}［发起人］（")


def test_it_is_told_what_will_be_undone_and_cancelled(line: Story) -> None:
    item = row(line, "sec1", "C").id
    values = {
        "target": ways(line, "sec1", item)["A"],
        "mode": "walk",
        "reason": "请补充依据。",
    }
    said = verbs.foresee(line.engine, line.who("sec1"), "return", item, values)
    assert said[0].startswith(f"“A步”重新送{line.who('gov_clerk').name}办理")
    assert f"已办的“B步”（{line.who('docs').name}）作废" in said[1]
    assert "法定时限不重新计算" in said[-1]


def test_going_the_way_again_everybody_finds_what_he_had_entered(line: Story) -> None:
    assert give_back(line, "sec1", "C", "A") == "已退回到“A步”。"
    assert line.open_steps() == [("A", line.who("gov_clerk").name)]
    again = row(line, "gov_clerk", "A")
    assert tasks.get(line.engine, line.who("gov_clerk"), again.id).values["note"] == "甲"
    line.do("gov_clerk", "A", note="甲改")
    line.do("docs", "B", note="乙改")
    line.do("sec1", "C", note="丙")
    assert line.see().row.state == "completed"


def test_who_returned_it_has_done_his_part(line: Story) -> None:
    give_back(line, "sec1", "C", "B", why="依据不足。")
    opinion = next(each for each in line.see().opinions if each.step == "C步")
    assert (opinion.outcome_label, opinion.text, opinion.css) == ("退回", "依据不足。", "back")
    name = line.who("sec1").name
    assert any(
        text.startswith(f"{name}把“C步”退回到“B步”") and "依据不足" in text for text in told(line)
    )
    assert "不在现在的流程中" in refused(line, "sec1", "withdraw", done(line, "sec1", "C"))


def test_the_steps_list_forgets_what_was_undone(line: Story) -> None:
    give_back(line, "sec1", "C", "A")
    states = {each.element_id: each.state for each in line.see().steps}
    assert states["A"] == "now"
    assert (states["B"], states["C"]) == ("next", "next")


def test_a_reason_is_needed_and_says_something(line: Story) -> None:
    item = row(line, "sec1", "C").id
    target = ways(line, "sec1", item)["A"]
    for reason in ("", "无"):
        with pytest.raises(Invalid):
            use(line, "sec1", "return", item, target=target, mode="walk", reason=reason)
    with pytest.raises(Invalid):
        use(line, "sec1", "return", item, target="elsewhere", mode="walk", reason="请补充依据。")


def test_only_where_the_step_allows_it(line: Story) -> None:
    give_back(line, "sec1", "C", "B")
    assert "这一步不用“退回”" in refused(
        line, "docs", "return", row(line, "docs", "B").id, reason="请补充依据。"
    )


def test_a_page_that_is_out_of_date_is_refused(line: Story) -> None:
    item = row(line, "sec1", "C")
    target = ways(line, "sec1", item.id)["A"]
    tasks.save_draft(
        line.engine, line.who("sec1"), item.id, version=item.version, values={}, key="d"
    )
    with pytest.raises(StaleVersion):
        verbs.do(
            line.engine,
            line.who("sec1"),
            "return",
            item.id,
            values={"target": target, "mode": "walk", "reason": "请补充依据。"},
            version=item.version,
            key=uuid4().hex,
        )


def test_the_same_click_twice_returns_once(line: Story) -> None:
    item = row(line, "sec1", "C").id
    values = {"target": ways(line, "sec1", item)["A"], "mode": "walk", "reason": "请补充依据。"}
    answers = [
        verbs.do(line.engine, line.who("sec1"), "return", item, values=values, key="once")
        for _ in range(2)
    ]
    assert [each.repeated for each in answers] == [False, True]
    assert sum("退回到“A步”（" in text for text in told(line)) == 1


# ---- correcting alone ------------------------------------------------------------------------


def test_corrected_alone_it_comes_straight_back(line: Story) -> None:
    give_back(line, "sec1", "C", "A", mode="direct", why="请改正金额。")
    assert line.open_steps() == [("A", line.who("gov_clerk").name)]
    line.do("gov_clerk", "A", note="甲改")
    assert line.open_steps() == [("C", line.who("sec1").name)]
    line.do("sec1", "C", note="丙")
    assert line.see().row.state == "completed"


def test_what_decides_the_way_is_not_corrected_alone(any_engine: Engine, tmp_path: Path) -> None:
    story = begin(any_engine, tmp_path, BY_AMOUNT, fields=[NOTE, AMOUNT], variables={"amount": 1})
    story.do("gov_clerk", "A", amount=1)
    story.do("docs", "B", amount=1)
    item = row(story, "sec1", "C").id
    form = verbs.sheet(any_engine, story.who("sec1"), "return", item).form
    mode = form.get("mode")
    assert mode is not None
    assert [value for value, _ in mode.options] == ["walk"]
    give_back(story, "sec1", "C", "A")
    story.do("gov_clerk", "A", amount=0)
    story.do("docs", "B", amount=0)
    assert story.see().row.state == "completed"


def test_while_it_is_corrected_the_others_go_on(any_engine: Engine, tmp_path: Path) -> None:
    body = step("A", "gov_clerk") + step("C", "sec1, docs", verbs=MAY) + flow("S", "A", "C", "E")
    story = begin(any_engine, tmp_path, body)
    story.do("gov_clerk", "A", note="甲")
    give_back(story, "sec1", "C", "A", mode="direct")
    story.do("docs", "C", note="乙")
    assert story.open_steps() == [("A", story.who("gov_clerk").name)]
    story.do("gov_clerk", "A", note="甲改")
    story.do("sec1", "C", note="丙")
    assert story.see().row.state == "completed"


# ---- what is drawn ---------------------------------------------------------------------------


def test_where_the_drawing_has_a_way_back_that_way_is_taken(any_engine: Engine) -> None:
    story = Story(any_engine)
    story.start()
    story.to_initial()
    item = story.item("sec1", "UT_initial")
    tasks.claim(any_engine, story.who("sec1"), item.id, version=item.version, key="claim")
    assert "return" not in [
        each.key for each in verbs.offered(any_engine, story.who("sec1"), item.id)
    ]
    form = verbs.sheet(any_engine, story.who("sec1"), "return", item.id).form
    outcome = form.get("outcome")
    assert outcome is not None
    assert [label for _, label in outcome.options] == ["退回补正", "退文"]
    values = {"q_own": True, "q_rule": True, "q_type": True, "q_annex": False}
    values |= {"q_consulted": True, "q_length": True, "handle_class": "handle"}
    version = tasks.get(any_engine, story.who("sec1"), item.id).row.version
    tasks.save_draft(
        any_engine, story.who("sec1"), item.id, version=version, values=values, key="draft"
    )
    chosen = next(value for value, label in outcome.options if label == "退回补正")
    use(story, "sec1", "return", item.id, outcome=chosen, reason="附件不全，请补齐。")
    assert [each for each, _ in story.open_steps()] == ["UT_fix"]


# ---- branches --------------------------------------------------------------------------------


def test_from_one_branch_to_before_the_split_the_other_is_cancelled_and_told(
    any_engine: Engine, tmp_path: Path
) -> None:
    body = (
        step("A", "gov_clerk")
        + step("B", "docs", verbs=MAY)
        + step("C", "sec1")
        + '<parallelGateway id="f"/><parallelGateway id="j"/>'
        + flow("S", "A", "f", "B", "j", "E")
        + flow("f", "C", "j")
    )
    story = begin(any_engine, tmp_path, body)
    story.do("gov_clerk", "A", note="甲")
    item = row(story, "docs", "B").id
    values = {"target": ways(story, "docs", item)["A"], "mode": "walk", "reason": "请补充依据。"}
    said = verbs.foresee(any_engine, story.who("docs"), "return", item, values)
    assert any("正在办的“C步”" in each and "取消" in each for each in said)
    use(story, "docs", "return", item, **values)
    assert story.open_steps() == [("A", story.who("gov_clerk").name)]
    assert any("“C步”不再需要办理，已退回到“A步”" in text for text in told(story))
    story.do("gov_clerk", "A", note="甲改")
    assert sorted(each for each, _ in story.open_steps()) == ["B", "C"]
