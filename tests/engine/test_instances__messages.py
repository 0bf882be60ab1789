"""Messages: kept when they come early, delivered once, sent out through the outbox."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from engine import instances
from engine.errors import Conflict, Invalid, Malformed, NotAllowed, NotFound
from engine.startup import Engine
from engine.storage import tables
from tests.diagrams import flow, install, start_end, user
from tests.story import Story

CATCH = (
    '<intermediateCatchEvent id="M" name="等消息"><extensionElements/>'
    '<messageEventDefinition messageRef="Message_paid"><extensionElements>'
    "<spiffworkflow:messageVariable>paid</spiffworkflow:messageVariable></extensionElements>"
    "</messageEventDefinition></intermediateCatchEvent>"
)
BEFORE = '<message id="Message_paid" name="MSG_paid"/>'
BODY = (
    start_end()
    + user("A")
    + CATCH
    + '<scriptTask id="T"><script>title = paid["sum"]</script></scriptTask>'
    + user("B")
    + flow("S", "A", "M", "T", "B", "E")
)


def waiting(engine: Engine, folder: Path) -> Story:
    install(engine, folder, "paying", BODY, before=BEFORE)
    story = Story(engine)
    story.begin("gov_clerk", "paying", {})
    return story


def send(story: Story, username: str = "gov_clerk", key: str = "m1", **payload: object) -> object:
    return instances.send_message(
        story.engine, story.who(username), story.instance_id, "MSG_paid", payload, key=key
    )


def test_a_message_moves_on_what_waits_for_it(any_engine: Engine, tmp_path: Path) -> None:
    story = waiting(any_engine, tmp_path)
    story.do("gov_clerk", "A", note="一")
    assert story.open_steps() == []
    send(story, sum="五百元")
    assert story.open_steps() == [("B", "阮一苇")]
    assert story.see().row.title == "五百元"


def test_a_message_before_anybody_waits_is_kept_and_delivered_once(
    any_engine: Engine, tmp_path: Path
) -> None:
    story = waiting(any_engine, tmp_path)
    send(story, sum="五百元")
    assert story.open_steps() == [("A", "阮一苇")]
    story.do("gov_clerk", "A", note="一")
    assert story.open_steps() == [("B", "阮一苇")]
    assert story.see().row.title == "五百元"


def test_the_same_message_with_the_same_key_is_taken_once(engine: Engine, tmp_path: Path) -> None:
    story = waiting(engine, tmp_path)
    story.do("gov_clerk", "A", note="一")
    first = send(story, sum="五百元")
    again = send(story, sum="五百元")
    assert (first.repeated, again.repeated) == (False, True)  # type: ignore[attr-defined]


def test_strangers_and_other_colleagues_send_nothing(engine: Engine, tmp_path: Path) -> None:
    story = waiting(engine, tmp_path)
    with pytest.raises(NotFound):
        send(story, "xinfu_clerk")
    with pytest.raises(NotAllowed):
        send(story, "manager")


def test_a_message_that_cannot_be_stored_is_refused(engine: Engine, tmp_path: Path) -> None:
    story = waiting(engine, tmp_path)
    with pytest.raises(Invalid):
        send(story, typename="x")
    with pytest.raises(Malformed):
        send(story, sum="\x00")


def test_an_ended_instance_takes_no_message(engine: Engine, tmp_path: Path) -> None:
    story = waiting(engine, tmp_path)
    instances.cancel(engine, story.who("gov_clerk"), story.instance_id, "填错了内容", key="c")
    with pytest.raises(Conflict):
        send(story, sum="五百元")


def test_a_thrown_message_leaves_through_the_outbox(engine: Engine, tmp_path: Path) -> None:
    throw = (
        '<intermediateThrowEvent id="M"><messageEventDefinition messageRef="Message_paid">'
        '<extensionElements><spiffworkflow:messagePayload>{"sum": note}'
        "</spiffworkflow:messagePayload></extensionElements></messageEventDefinition>"
        "</intermediateThrowEvent>"
    )
    body = start_end() + user("A") + throw + flow("S", "A", "M", "E")
    install(engine, tmp_path, "telling", body, before=BEFORE)
    story = Story(engine)
    story.begin("gov_clerk", "telling", {})
    story.do("gov_clerk", "A", note="五百元")
    outbox = tables.outbox
    query = sa.select(outbox).where(
        outbox.c.instance_id == story.instance_id, outbox.c.kind == "message"
    )
    with engine.database.read() as connection:
        [row] = connection.execute(query)
    assert (row.kind, row.name, row.payload) == ("message", "MSG_paid", {"sum": "五百元"})
