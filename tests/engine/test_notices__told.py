"""Notices: whoever must know is told once, of the step and never more, after the commit."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from engine import incidents, notices, posting, timers
from engine.clock import ManualClock
from engine.errors import NotFound
from engine.running.context import CommandContext
from engine.startup import Engine
from engine.storage import outbox, tables
from tests.story import Story


def told(engine: Engine, username: str, *, unread: bool = True) -> list[tuple[str, str]]:
    """(kind, text) of what somebody is told, the latest first."""
    page = notices.listing(engine, Story(engine).who(username), only_unread=unread)
    return [(each.kind, each.text) for each in page.items]


def test_new_work_is_told_to_whoever_has_it_and_settles_with_it(any_engine: Engine) -> None:
    story = Story(any_engine)
    story.start()
    story.prepare()
    assert posting.deliver_due(any_engine) > 0
    assert ("opened", "请办理“签收登记”。") in told(any_engine, "docs")
    assert told(any_engine, "water_clerk", unread=False) == []
    before = notices.unread(any_engine, story.who("docs"))
    story.register()
    assert notices.unread(any_engine, story.who("docs")) < before
    assert told(any_engine, "docs", unread=False)  # it still stands in the list
    assert posting.deliver_due(any_engine) > 0
    assert posting.deliver_due(any_engine) == 0


def test_nobody_is_told_of_the_step_that_he_opened_for_himself(engine: Engine) -> None:
    story = Story(engine)
    story.start("gov_clerk")
    posting.deliver_due(engine)
    assert told(engine, "gov_clerk", unread=False) == []


def test_what_was_rolled_back_is_told_to_nobody(any_engine: Engine) -> None:
    clerk = Story(any_engine).who("docs")
    with pytest.raises(RuntimeError):
        tell_and_fail(any_engine, clerk.person_id)
    assert posting.deliver_due(any_engine) == 0
    assert notices.unread(any_engine, clerk) == 0


def test_a_command_tells_people_in_the_words_of_the_kind(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    clerk = story.who("docs")
    with engine.database.write() as connection:
        context = CommandContext(engine, connection, engine.clock.now(), story.instance_id)
        context.tell("urged", [clerk.person_id], step="签收登记", by="王立")
        outbox.add(connection, context.notices)
    posting.deliver_due(engine)
    assert told(engine, "docs") == [("urged", "王立催办：请尽快办理“签收登记”。")]


def test_the_title_is_shown_only_to_whom_the_instance_is_open(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    people = [story.who(name) for name in ("gov_clerk", "water_clerk")]
    with engine.database.write() as connection:
        named = [each.person_id for each in people]
        row = notices.told("circulated", named, at=engine.clock.now(), by="王立")
        outbox.add(connection, [{**row, "instance_id": story.instance_id}])
    posting.deliver_due(engine)
    mine, theirs = (notices.listing(engine, each).items[0] for each in people)
    assert mine.title == story.see().row.title
    assert (theirs.title, theirs.number, theirs.instance_id) == (None, None, None)
    assert theirs.text == "王立请您传阅。"


def test_reading_marks_ones_own_and_nobody_elses(engine: Engine) -> None:
    story = Story(engine)
    clerk, other = story.who("gov_clerk"), story.who("docs")
    with engine.database.write() as connection:
        for step in ("甲", "乙"):
            row = notices.told("commented", [clerk.person_id], at=engine.clock.now(), step=step)
            outbox.add(connection, [row])
    posting.deliver_due(engine)
    first = notices.listing(engine, clerk).items[0]
    with pytest.raises(NotFound):
        notices.read(engine, other, first.id)
    assert notices.unread(engine, clerk) == 2
    assert notices.read(engine, clerk, first.id).unread is False
    assert notices.unread(engine, clerk) == 1
    assert notices.read_all(engine, clerk) == 1
    assert notices.unread(engine, clerk) == 0


def test_a_role_of_the_office_and_one_of_accounts_are_both_reached(engine: Engine) -> None:
    at = engine.clock.now()
    with engine.database.write() as connection:
        for role in ("secretary_general", "security_admin", "dept_clerk@finance_bureau"):
            outbox.add(connection, [notices.called(role, "请知悉。", at=at, instance_id=None)])
    assert posting.deliver_due(engine) == 3
    for username in ("sg", "secadmin", "finance_clerk"):
        assert told(engine, username) == [("called", "请知悉。")]


def test_a_notice_for_nobody_is_tried_again_then_an_incident_and_after_it_delivered(
    any_engine: Engine,
) -> None:
    at, system = any_engine.clock.now(), any_engine.system_clock
    assert isinstance(system, ManualClock)
    disable(any_engine, "secadmin", at)
    with any_engine.database.write() as connection:
        outbox.add(
            connection, [notices.called("security_admin", "请知悉。", at=at, instance_id=None)]
        )
    for pause in posting.PAUSES:
        assert posting.deliver_due(any_engine) == 0
        assert posting.deliver_due(any_engine) == 0  # not before its pause is over
        system.advance(seconds=pause.total_seconds() + 1)
    assert posting.deliver_due(any_engine) == 1  # the administrators are told of the incident
    admin = Story(any_engine).who("sysadmin")
    [found] = incidents.listing(any_engine, admin).items
    assert (found.kind, found.state) == ("送出通知", "failed")
    assert "没有收件人" in found.reason
    disable(any_engine, "secadmin", None)
    incidents.retry(any_engine, admin, found.id, key="once")
    assert timers.fire_due(any_engine) == 1
    assert posting.deliver_due(any_engine) == 1
    assert told(any_engine, "secadmin") == [("called", "请知悉。")]
    assert incidents.listing(any_engine, admin).items == ()


def tell_and_fail(engine: Engine, person: str) -> None:
    """A command that tells somebody and then goes wrong."""
    with engine.database.write() as connection:
        row = notices.told("urged", [person], at=engine.clock.now(), step="签收登记", by="王立")
        outbox.add(connection, [row])
        raise RuntimeError


def disable(engine: Engine, username: str, at: object) -> None:
    """Take an account away, or give it back."""
    account = tables.account
    with engine.database.write() as connection:
        changed = account.update().where(account.c.username == username)
        connection.execute(changed.values(disabled_at=at))
        assert connection.execute(sa.select(account.c.id).limit(1)).first()
