"""What somebody or the clock does until an instance waits, and what revives it today."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from engine import incidents, instances, tasks, timers, verbs
from engine.clock import ManualClock
from tests.engine import desks
from tests.story import Story

Act = Callable[[Story], object]
WHY = "请按规定核对后再办。"


def fails() -> int:
    """What a script called in the program of the time."""
    raise LookupError("does not work yet")


THEN: Mapping[str, Callable[..., Any]] = {"counted": fails}
TODAY: Mapping[str, Callable[..., Any]] = {"counted": lambda: 8}


def do(element: str, **values: Any) -> Act:
    """The clerk does a step."""
    return lambda story: story.do("gov_clerk", element, **(values or {"note": "先"}))


def claimed(story: Story) -> None:
    """The section's work is in somebody's hands."""
    row = story.item("docs", "A")
    tasks.claim(story.engine, story.who("docs"), row.id, version=row.version, key="claim")


def drafted(story: Story) -> None:
    """Somebody has begun to fill in."""
    row = story.item("gov_clerk", "A")
    given = {"version": row.version, "values": {"note": "写了一半"}, "key": "draft"}
    tasks.save_draft(story.engine, story.who("gov_clerk"), row.id, **given)


def sent(text: str = "有") -> Act:
    """A message comes, whether or not anybody waits for it."""
    return lambda story: instances.send_message(
        story.engine,
        story.who("gov_clerk"),
        story.instance_id,
        "news",
        {"text": text},
        key=uuid4().hex,
    )


# ---- the staff verbs --------------------------------------------------------------------------


def verb(key: str, **values: Any) -> Act:
    """The clerk uses a verb on his step A."""
    return lambda story: desks.use(
        story, "gov_clerk", key, story.item("gov_clerk", "A").id, **{"reason": WHY, **values}
    )


def returned(mode: str) -> Act:
    """The document section gives its step B back to A."""

    def act(story: Story) -> None:
        item = story.item("docs", "B").id
        target = desks.ways(story, "docs", item)["A"]
        desks.use(story, "docs", "return", item, target=target, mode=mode, reason=WHY)

    return act


def withdrawn(story: Story) -> None:
    """The clerk takes back what he has handed on."""
    item = desks.done(story, "gov_clerk", "A")
    desks.use(story, "gov_clerk", "withdraw", item, reason=WHY)


def steered(who: str, key: str, **values: Any) -> Act:
    """A verb on the whole instance."""
    return lambda story: verbs.do(
        story.engine,
        story.who(who),
        key,
        story.instance_id,
        values=values,
        key=uuid4().hex,
        on=verbs.INSTANCE,
    )


suspended = steered("office_director", "suspend", reason="等上级明确口径。")
resumed = steered("office_director", "resume", reason="口径已经明确。")
circulated = steered("gov_clerk", "circulate", persons=["docs"], note="请阅。")
acknowledged = steered("docs", "acknowledge", remark="已阅。")


# ---- the clock --------------------------------------------------------------------------------


def later(**pause: float) -> Act:
    """Some time goes by; what is due fires."""
    return lambda story: _wait(story, timedelta(**pause))


def tried_in_vain(story: Story) -> None:
    """A deadline fails again and again, until it is left to an administrator."""
    _wait(story, timedelta(minutes=1))
    for pause in timers.PAUSES:
        _wait(story, pause)


def retried(story: Story) -> None:
    """The administrator has what failed tried again."""
    admin = story.who("sysadmin")
    found = incidents.listing(story.engine, admin).items
    [failed] = [each for each in found if each.instance == story.instance_id[:8]]
    assert failed.state == "failed"
    incidents.retry(story.engine, admin, failed.id, key=uuid4().hex)
    timers.fire_due(story.engine)


def _wait(story: Story, pause: timedelta) -> None:
    assert isinstance(story.engine.clock, ManualClock)
    story.engine.clock.move_to(story.engine.clock.now() + pause + timedelta(seconds=1))
    timers.fire_due(story.engine)
