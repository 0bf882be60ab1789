"""Documents of the office on their way: real diagrams, frozen with what they call.

What is entered is written out here, since a document of an earlier version asks what it asked then.
"""

from __future__ import annotations

from typing import Any

from engine import timers
from engine.clock import ManualClock
from engine.startup import Engine
from tests.story import Story

KEY = "document_approval"
MOST = 20  # steps of one document
Step = tuple[str, str | None, str | None, dict[str, Any]]
STEPS: dict[str, Step] = {
    "UT_summary": ("gov_clerk", None, "已汇总。", {"adoption": []}),
    "UT_draft_opinion": (
        "sec1",
        None,
        None,
        {
            "summary": "部署防汛工作。",
            "suggestion": "拟同意，呈领导审定。",
            "field": "general",
            "suggested_decision": "approve",
            "disclosure_class": "active",
        },
    ),
    "UT_office_head": ("office_director", "pass", "同意呈送。", {}),
    "UT_dsg": ("dsg1", "pass", "同意呈送。", {}),
    "UT_vm": ("evm", "approve", "同意。", {}),
    "UT_mayor": ("mayor", "approve", "同意。", {}),
    "UT_archive": ("docs", None, None, {"retention": "permanent", "archive_complete": True}),
}


def begin(engine: Engine) -> None:
    """One that waits for departments, one for the vice-mayor, one for the mayor."""
    asking, leader, mayor = Story(engine), Story(engine), Story(engine)
    asking.start()
    asking.to_countersign("finance_bureau", "judicial_bureau")
    leader.start()
    leader.to_initial()
    leader.initial()
    leader.draft()
    leader.stations()
    mayor.to_the_mayor()


def finish(story: Story) -> None:
    """To the archive; who does not answer has no objection once his time is over."""
    for _ in range(MOST):
        if story.see().row.state == "completed":
            return
        [element, *_] = (step for step, _ in story.open_steps())
        if element == "UT_reply":
            due = timers.next_due(story.engine)
            assert due is not None
            assert isinstance(story.engine.clock, ManualClock)
            story.engine.clock.move_to(max(due, story.engine.clock.now()))
            timers.fire_due(story.engine)
        elif element == "UT_notify":
            sent = story.engine.clock.now().isoformat()
            answer = {"reply_text": "已批示。", "reply_way": "system", "reply_sent_at": sent}
            story.do("docs", element, **answer)
        else:
            who, outcome, comment, values = STEPS[element]
            story.do(who, element, outcome, comment, **values)
    raise AssertionError(f"it does not end; open: {story.open_steps()}")
