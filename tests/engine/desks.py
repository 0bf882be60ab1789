"""Small procedures whose steps lie before named persons, for tests of what they may do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

from engine import instances, tasks, verbs
from engine.errors import GuichengError
from engine.startup import Engine
from tests.diagrams import flow, install, properties, start_end
from tests.story import Story


def step(
    identity: str, person: str, *, inner: str = "", pre: str = "", post: str = "", **more: str
) -> str:
    """A step that lies before one or more persons: "docs", "docs, sec1"; "=one" is computed."""
    named = json.dumps([each.strip() for each in person.split(",")])
    if person.startswith("="):
        named = person.removeprefix("=")
    given = {"form": "forms/note.json", "assignee": named, **more}
    return (
        f'<userTask id="{identity}" name="{identity}步">{properties(pre, post, **given)}{inner}'
        "</userTask>"
    )


def begin(
    engine: Engine, folder: Path, body: str, *, who: str = "gov_clerk", **parts: Any
) -> Story:
    """Deploy a procedure of this body and begin it; its first step lies before somebody."""
    key = f"p{uuid4().hex[:8]}"
    install(engine, folder, key, start_end() + body, **parts)
    story = Story(engine)
    story.begin(who, key, {})
    return story


def row(story: Story, who: str, element: str) -> Any:
    """An open item of a person."""
    return story.item(who, element)


def done(story: Story, who: str, element: str) -> str:
    """The id of the item of this step that a person has done last."""
    found = tasks.worklist(story.engine, story.who(who), "done", size=100).items
    return next(
        each.id
        for each in found
        if (each.instance_id, each.element_id) == (story.instance_id, element)
    )


def use(story: Story, who: str, verb: str, item: str, **values: Any) -> str:
    """Use a verb on a task; the sentence that says it is done."""
    answer = verbs.do(story.engine, story.who(who), verb, item, values=values, key=uuid4().hex)
    return answer.message


def refused(story: Story, who: str, verb: str, item: str, **values: Any) -> str:
    """The sentence with which a verb is refused; nothing has changed by it."""
    before = told(story)
    try:
        use(story, who, verb, item, **values)
    except GuichengError as error:
        assert told(story) == before
        return str(error)
    raise AssertionError(f"{verb} was not refused")


def ways(story: Story, who: str, item: str) -> dict[str, str]:
    """Step names one may return to → the value to submit."""
    form = verbs.sheet(story.engine, story.who(who), "return", item).form
    target = form.get("target")
    assert target is not None
    return {label.partition("步")[0]: value for value, label in target.options}


def give_back(
    story: Story, who: str, element: str, to: str, mode: str = "walk", why: str = "请补充依据。"
) -> str:
    """Return an open step to an earlier one."""
    item = story.item(who, element).id
    target = ways(story, who, item)[to]
    return use(story, who, "return", item, target=target, mode=mode, reason=why)


def told(story: Story) -> list[str]:
    """The history in sentences."""
    entries = instances.history(story.engine, story.who("manager"), story.instance_id)
    return [each.text for each in entries]


__all__ = ["begin", "done", "flow", "give_back", "refused", "row", "step", "told", "use", "ways"]
