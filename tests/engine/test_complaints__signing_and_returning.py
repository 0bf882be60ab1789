"""What people complain of in other systems, played here (design/peers.md, 1 to 4 and 11)."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import tasks, verbs
from engine.startup import Engine
from tests.diagrams import flow
from tests.engine.desks import begin, done, give_back, row, step, use
from tests.engine.rewinding import script, several
from tests.story import Story

MAY = "return,withdraw,add_signer"
NAMES = ["docs", "sec1", "gov_clerk"]


@pytest.fixture
def asked(any_engine: Engine, tmp_path: Path) -> Story:
    """Three are asked at the same time, each in two steps; then the secretary decides."""
    inner = (
        '<startEvent id="s2"/><endEvent id="e2"/>'
        + step("X", "=one", verbs=MAY)
        + step("Y", "=one", verbs=MAY)
        + script("R", "res = note")
        + flow("s2", "X", "Y", "R", "e2")
    )
    body = step("A", "gov_clerk") + several("M", inner) + step("Z", "office_director", verbs=MAY)
    story = begin(
        any_engine,
        tmp_path,
        body + flow("S", "A", "M", "Z", "E"),
        variables={"names": NAMES, "results": [], "note": ""},
    )
    story.do("gov_clerk", "A", note="请会签")
    return story


def places(story: Story) -> list[str]:
    return sorted(f"{element} {hands}" for element, hands in story.open_steps())


def name(story: Story, *who: str) -> list[str]:
    return [story.who(each).name for each in who]


def test_1_a_return_out_of_one_of_several_loses_and_doubles_nothing(asked: Story) -> None:
    asked.do("docs", "X", note="一")
    give_back(asked, "docs", "Y", "X")
    docs, sec1, clerk = name(asked, "docs", "sec1", "gov_clerk")
    assert places(asked) == sorted([f"X {docs}", f"X {sec1}", f"X {clerk}"])
    give_back(asked, "sec1", "X", "A")
    assert places(asked) == [f"A {clerk}"]
    asked.do("gov_clerk", "A", note="再请会签")
    assert places(asked) == sorted([f"X {docs}", f"X {sec1}", f"X {clerk}"])


def test_1_a_return_into_one_of_several_asks_only_that_one_again(asked: Story) -> None:
    for who in NAMES:
        asked.do(who, "X", note="一")
        asked.do(who, "Y", note=f"{who}同意")
    item = row(asked, "office_director", "Z").id
    form = verbs.sheet(asked.engine, asked.who("office_director"), "return", item).form
    target = form.get("target")
    assert target is not None
    labels = {label.partition("（")[0]: value for value, label in target.options}
    wanted = labels[f"Y步　{asked.who('sec1').name}"]
    use(
        asked,
        "office_director",
        "return",
        item,
        target=wanted,
        mode="walk",
        reason="意见不明确。",
    )
    assert places(asked) == [f"Y {asked.who('sec1').name}"]
    asked.do("sec1", "Y", note="sec1不同意")
    assert [each for each, _ in asked.open_steps()] == ["Z"]
    asked.do("office_director", "Z", note="办结")
    assert asked.see().row.state == "completed"


def test_2_return_and_withdraw_are_there(asked: Story) -> None:
    asked.do("docs", "X", note="一")
    use(asked, "docs", "withdraw", done(asked, "docs", "X"))
    assert f"X {asked.who('docs').name}" in places(asked)
    offered = verbs.offered(asked.engine, asked.who("docs"), row(asked, "docs", "X").id)
    assert "return" in [each.key for each in offered]


def test_3_two_of_one_section_countersign_and_one_more_is_added(
    any_engine: Engine, tmp_path: Path
) -> None:
    body = step("A", "docs, docs2", verbs=MAY) + step("B", "gov_clerk") + flow("S", "A", "B", "E")
    story = begin(any_engine, tmp_path, body)
    item = row(story, "docs", "A").id
    use(story, "docs", "add_signer", item, where="parallel", persons=["sec1"], reason="请核数字。")
    for who in ("docs", "docs2"):
        story.do(who, "A", note="同意")
    assert places(story) == [f"A {story.who('sec1').name}"]
    story.do("sec1", "A", "agree", comment="同意。")
    assert [each for each, _ in story.open_steps()] == ["B"]


def test_4_a_return_out_of_a_countersigning_asks_all_again_and_keeps_what_is_read(
    any_engine: Engine, tmp_path: Path
) -> None:
    body = step("A", "gov_clerk") + step("B", "docs, sec1", verbs=MAY) + flow("S", "A", "B", "E")
    story = begin(any_engine, tmp_path, body)
    story.do("gov_clerk", "A", note="甲")
    verbs_on_instance(story, "gov_clerk", "circulate", persons=["docs2"])
    before = tasks.counts(any_engine, story.who("docs2"))
    story.do("docs", "B", note="同意")
    give_back(story, "sec1", "B", "A", why="附件不全。")
    assert places(story) == [f"A {story.who('gov_clerk').name}"]
    assert tasks.counts(any_engine, story.who("docs2")) == before
    story.do("gov_clerk", "A", note="已补")
    assert places(story) == sorted(f"B {each}" for each in name(story, "docs", "sec1"))
    story.do("docs", "B", note="同意")
    story.do("sec1", "B", note="同意")
    assert story.see().row.state == "completed"


def test_4_an_added_signer_may_object(any_engine: Engine, tmp_path: Path) -> None:
    story = begin(any_engine, tmp_path, step("A", "docs", verbs=MAY) + flow("S", "A", "E"))
    item = row(story, "docs", "A").id
    use(story, "docs", "add_signer", item, where="before", persons=["sec1"], reason="请先看。")
    story.do("sec1", "A", "object", comment="依据不足。")
    assert places(story) == [f"A {story.who('docs').name}"]


def test_11_to_whom_it_was_returned_can_open_and_do_it(asked: Story) -> None:
    give_back(asked, "docs", "X", "A")
    item = row(asked, "gov_clerk", "A")
    view = tasks.get(asked.engine, asked.who("gov_clerk"), item.id)
    assert view.may_act
    assert view.values["note"] == "请会签"


def verbs_on_instance(story: Story, who: str, verb: str, **values: object) -> None:
    verbs.do(
        story.engine,
        story.who(who),
        verb,
        story.instance_id,
        values=values,
        key=f"{verb}-{story.instance_id}",
        on=verbs.INSTANCE,
    )
