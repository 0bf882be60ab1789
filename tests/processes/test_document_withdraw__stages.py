"""Asking for a document back: what the request becomes at each stage of the document."""

from __future__ import annotations

from uuid import uuid4

import pytest

from engine import instances, timers
from engine.errors import NotAllowed, NotFound
from engine.startup import Engine
from tests.story import Story


def accepted(engine: Engine) -> Story:
    """A document whose proposal lies before the leaders."""
    story = Story(engine)
    story.to_the_leader()
    return story


def ask(story: Story, username: str = "gov_clerk") -> Story:
    """The sender asks for it back."""
    request = Story(story.engine)
    made = instances.start(
        story.engine,
        story.who(username),
        "document_withdraw",
        {"reason": "材料有误，收回重报。"},
        key=uuid4().hex,
        about=story.instance_id,
    )
    request.instance_id = made.instance_id
    return request


def test_what_no_leader_has_signed_needs_the_office_alone(engine: Engine) -> None:
    story = accepted(engine)
    request = ask(story)
    assert request.see().row.title == "撤回：忻州市人民政府办公室关于做好防汛工作的通知"
    request.do("docs", "UT_confirm_withdraw", "agree", comment="同意撤回。")
    assert request.see().row.outcome == "EE_granted"
    timers.fire_due(engine)
    assert (story.see().row.outcome, story.see().open_items) == ("EE_withdrawn", ())


def test_asking_after_the_decision_comes_too_late(engine: Engine) -> None:
    story = accepted(engine)
    story.do("evm", "UT_vm", "approve", comment="同意。")
    assert ask(story).see().row.outcome == "EE_too_late"
    assert story.open_steps() == [("UT_notify", "文书科")]


def test_a_decision_made_while_the_office_thinks_comes_first(engine: Engine) -> None:
    story = accepted(engine)
    request = ask(story)
    story.do("evm", "UT_vm", "approve", comment="同意。")
    request.do("docs", "UT_confirm_withdraw", "agree", comment="同意撤回。")
    assert request.see().row.outcome == "EE_too_late"
    timers.fire_due(engine)
    assert story.open_steps() == [("UT_notify", "文书科")]


def test_who_does_not_send_the_document_does_not_ask_for_it(engine: Engine) -> None:
    story = accepted(engine)
    with pytest.raises(NotFound):
        ask(story, "finance_clerk")
    with pytest.raises(NotAllowed):
        ask(story, "docs")  # sees it, but is nobody who sends documents


def test_the_chain_of_both_tells_what_happened(engine: Engine) -> None:
    story = accepted(engine)
    request = ask(story)
    request.do("docs", "UT_confirm_withdraw", "agree", comment="同意撤回。")
    timers.fire_due(engine)
    told = instances.history(engine, story.who("manager"), story.instance_id)
    assert any("MSG_withdraw_granted" in each.text for each in told)
