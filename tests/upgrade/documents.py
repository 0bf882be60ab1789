"""Documents of the office on their way: real diagrams, frozen with what they call.

What is entered is written out here, since a document of an earlier version asks what it asked then.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from engine import instances, timers
from engine.clock import ManualClock
from engine.startup import Engine
from tests.story import CHECKED, PREPARED, Story

KEY, REQUEST = "document_approval", "document_withdraw"
MOST = 20  # steps of one document
Step = tuple[str, str | None, str | None, dict[str, Any]]
STEPS: dict[str, Step] = {
    "UT_initial": ("sec1", "accept", None, CHECKED),
    "UT_confirm_withdraw": ("docs", "agree", "同意撤回。", {}),
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
    """They wait for departments, for the vice-mayor, for the mayor, and for the sender to mend one;
    another is asked to be given back."""
    asking, leader, mayor = Story(engine), Story(engine), Story(engine)
    asking.start()
    asking.to_countersign("finance_bureau", "judicial_bureau")
    leader.start()
    leader.to_initial()
    leader.initial()
    leader.draft()
    leader.stations()
    mayor.to_the_mayor()
    mended = Story(engine)
    mended.start()
    mended.to_initial()
    mended.initial("supplement", q_annex=False, comment="附件不全，请补齐。")
    assert mended.open_steps()[0][0] == "UT_fix"
    _asked_back(engine)


def grant(engine: Engine) -> None:
    """One is given back; what tells it so is still under way."""
    _asked_back(engine).do("docs", "UT_confirm_withdraw", "agree", "同意撤回。")


def _asked_back(engine: Engine) -> Story:
    """The request for one that lies before the leaders."""
    story, request = Story(engine), Story(engine)
    story.start()
    story.to_initial()
    story.initial()
    story.draft()
    given = (engine, story.who("gov_clerk"), REQUEST, {"reason": "材料有误，收回重报。"})
    made = instances.start(*given, key=uuid4().hex, about=story.instance_id)
    request.instance_id = made.instance_id
    return request


def finish(story: Story) -> None:
    """To the archive; who does not answer has no objection once his time is over."""
    timers.fire_due(story.engine)
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
        elif element == "UT_fix":
            body = story.letter("gov_clerk")
            story.do("gov_clerk", element, **PREPARED, body_file=body, fix_action="resubmit")
        elif element == "UT_register":
            story.register()
        elif element == "UT_notify":
            sent = story.engine.clock.now().isoformat()
            answer = {"reply_text": "已批示。", "reply_way": "system", "reply_sent_at": sent}
            story.do("docs", element, **answer)
        else:
            who, outcome, comment, values = STEPS[element]
            story.do(who, element, outcome, comment, **values)
    raise AssertionError(f"it does not end; open: {story.open_steps()}")
