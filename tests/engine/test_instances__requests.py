"""A request is an instance of its own that acts on another only when it is granted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine import instances, timers
from engine.errors import Conflict, Malformed, NotAllowed, NotFound
from engine.procedure import Procedure, Registry, Request, Subject, with_context
from engine.startup import Engine
from processes.shared.assignment import resolve
from processes.shared.moments import FUNCTIONS
from tests.diagrams import flow, install, start_end, user
from tests.story import Story

MESSAGE = '<message id="MSG_taken_back" name="MSG_taken_back"/>'
TARGET = (
    '<startEvent id="S"/><endEvent id="E" name="办结"/><endEvent id="B" name="取回"/>'
    '<subProcess id="SP" name="办理"><startEvent id="s"/><endEvent id="e"/>'
    + user("UT_work")
    + flow("s", "UT_work", "e")
    + "</subProcess>"
    + user("UT_after")
    + '<boundaryEvent id="BE" attachedToRef="SP"><messageEventDefinition id="BE_m" '
    'messageRef="MSG_taken_back"><extensionElements><spiffworkflow:messageVariable>taken'
    "</spiffworkflow:messageVariable></extensionElements></messageEventDefinition></boundaryEvent>"
    + flow("S", "SP", "UT_after", "E")
    + flow("BE", "B")
)
REQUEST = (
    start_end()
    + user("UT_agree")
    + '<intermediateThrowEvent id="TH"><messageEventDefinition id="TH_m" '
    'messageRef="MSG_taken_back"><extensionElements><spiffworkflow:messagePayload>'
    '{"to_instance": doc_id, "why": "取回"}</spiffworkflow:messagePayload></extensionElements>'
    "</messageEventDefinition></intermediateThrowEvent>" + flow("S", "UT_agree", "TH", "E")
)


def only_the_office(subject: Subject, person: str, orgs: frozenset[str]) -> str | None:
    return None if subject.variables["owner"] in orgs else "只有主办单位可以取回。"


@with_context
def waits(context: Any, instance_id: str) -> bool:
    return "MSG_taken_back" in context.subject(instance_id).waits_for


@pytest.fixture
def story(any_engine: Engine, tmp_path: Path) -> Story:
    """An instance that can be taken back, on its way."""
    defaults = {"owner": "gov_office", "taken": None, "title": "一件"}
    install(any_engine, tmp_path, "kept", TARGET, before=MESSAGE, variables=defaults)
    install(any_engine, tmp_path, "take_back", REQUEST, before=MESSAGE)
    asking = Procedure(
        key="take_back",
        name="申请取回",
        functions={**FUNCTIONS, "waits": waits},
        starter_roles=frozenset({"dept_clerk"}),
        request=Request("kept", "MSG_taken_back", only_the_office),
    )
    others = [each for each in any_engine.registry if each.key != "take_back"]
    any_engine.registry = Registry([*others, asking], resolve)
    story = Story(any_engine)
    story.begin("gov_clerk", "kept", {})
    return story


def ask(story: Story, username: str = "gov_clerk", key: str = "ask") -> Story:
    """A request about the story's instance."""
    engine = story.engine
    request = Story(engine)
    made = instances.start(
        engine, story.who(username), "take_back", {}, key=key, about=story.instance_id
    )
    request.instance_id = made.instance_id
    return request


def test_nothing_changes_until_the_request_is_granted(story: Story) -> None:
    before = [item.id for item in story.see().open_items]
    request = ask(story)
    assert [item.id for item in story.see().open_items] == before
    request.do("gov_clerk", "UT_agree")
    assert timers.fire_due(story.engine) == 1
    seen = story.see()
    assert (seen.row.state, seen.row.outcome, seen.open_items) == ("completed", "B", ())


def test_one_request_at_a_time_and_a_new_one_after_it(story: Story) -> None:
    ask(story)
    with pytest.raises(Conflict, match="已有一个申请取回"):
        ask(story, key="again")


def test_a_request_is_closed_when_its_matter_has_gone_on(story: Story) -> None:
    request = ask(story)
    story.do("gov_clerk", "UT_work")
    timers.fire_due(story.engine)
    seen = request.see()
    assert (seen.row.state, seen.open_items) == ("cancelled", ())
    assert any("自动关闭" in each.text for each in told(request))
    assert story.open_steps() == [("UT_after", "阮一苇")]


def test_a_grant_that_comes_too_late_changes_nothing(story: Story) -> None:
    request = ask(story)
    request.do("gov_clerk", "UT_agree")
    story.do("gov_clerk", "UT_work")
    timers.fire_due(story.engine)
    assert story.open_steps() == [("UT_after", "阮一苇")]


def test_who_may_not_ask_is_told_why(story: Story) -> None:
    engine = story.engine
    with pytest.raises(NotFound):  # he does not even see it
        ask(story, "finance_clerk")
    with pytest.raises(Malformed, match="从所针对的事项上发起"):
        instances.start(engine, story.who("gov_clerk"), "take_back", {}, key="no-matter")
    with pytest.raises(Malformed, match="不针对别的事项"):
        instances.start(
            engine, story.who("gov_clerk"), "kept", {}, key="k", about=story.instance_id
        )


def test_only_the_owner_may_ask(engine: Engine, tmp_path: Path) -> None:
    defaults = {"owner": "finance_bureau", "taken": None}
    install(engine, tmp_path, "kept", TARGET, before=MESSAGE, variables=defaults)
    install(engine, tmp_path, "take_back", REQUEST, before=MESSAGE)
    asking = Procedure(
        key="take_back",
        name="申请取回",
        functions=FUNCTIONS,
        starter_roles=frozenset({"dept_clerk"}),
        request=Request("kept", "MSG_taken_back", only_the_office),
    )
    others = [each for each in engine.registry if each.key != "take_back"]
    engine.registry = Registry([*others, asking], resolve)
    story = Story(engine)
    story.begin("gov_clerk", "kept", {})
    assert story.see("gov_clerk").requests == ()
    with pytest.raises(NotAllowed, match="只有主办单位"):
        ask(story)


def test_what_may_be_asked_stands_on_the_page_of_the_matter(story: Story) -> None:
    assert story.see("gov_clerk").requests == (("take_back", "申请取回"),)
    assert story.see("manager").requests == ()
    ask(story)
    assert story.see("gov_clerk").requests == ()


def test_a_matter_that_has_ended_cannot_be_asked_about(story: Story) -> None:
    story.do("gov_clerk", "UT_work")
    story.do("gov_clerk", "UT_after")
    with pytest.raises(Conflict, match="已经结束"):
        ask(story)


def told(story: Story) -> Any:
    return instances.history(story.engine, story.who("manager"), story.instance_id)
