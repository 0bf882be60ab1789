"""What is done today with an instance that waited, until it has ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from engine import tasks, timers
from engine.clock import ManualClock
from tests.story import Story

MOST = 60  # things done to one instance
ANSWERS: dict[str, Any] = {"note": "完", "decision": "done", "amount": 1}
ANSWERS |= {"opinion": "agree", "opinion_text": "同意。"}
PEOPLE = ("gov_clerk", "office_director", "docs", "sec1")


def finish(story: Story, *, patient: bool) -> None:
    """Do whatever can be done until it has ended; who is patient lets deadlines come first."""
    if patient and timers.next_due(story.engine) is not None:
        _let_time_pass(story)
    for _ in range(MOST):
        if story.see().row.state == "completed":
            return
        if not _act(story):
            _let_time_pass(story)
    raise AssertionError(f"it does not end; open: {story.open_steps()}")


def _act(story: Story) -> bool:
    """Somebody does the first open step; False when there is none."""
    for who in PEOPLE:
        actor = story.who(who)
        for view in ("mine", "group"):
            for row in tasks.worklist(story.engine, actor, view, size=100).items:
                if row.instance_id == story.instance_id:
                    shown = tasks.get(story.engine, actor, row.id)
                    assert shown.form is not None
                    asked = {each.key for each in shown.form.fields}
                    values = {key: ANSWERS[key] for key in asked & ANSWERS.keys()}
                    story.do(who, row.element_id, **values)
                    return True
    return False


def _let_time_pass(story: Story) -> None:
    due = timers.next_due(story.engine)
    assert due is not None, "nothing to do and no deadline"
    assert isinstance(story.engine.clock, ManualClock)
    story.engine.clock.move_to(max(due, story.engine.clock.now()) + timedelta(seconds=1))
    timers.fire_due(story.engine)
