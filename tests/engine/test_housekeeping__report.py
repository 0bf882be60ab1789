"""Once a day what nobody needs any more is deleted, and the audit record says how much."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine import accounts, history, housekeeping, notices, posting, timers
from engine.clock import ManualClock
from engine.startup import Engine
from engine.storage import outbox, tables
from tests.story import Story
from web.demo import office


def days(engine: Engine, count: int) -> None:
    for clock in (engine.clock, engine.system_clock):
        assert isinstance(clock, ManualClock)
        clock.advance(days=count)


def count(engine: Engine, table: sa.Table) -> int:
    with engine.database.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def kept(engine: Engine) -> list[dict[str, Any]]:
    """What the audit record says of each round."""
    with engine.database.read() as connection:
        return [each["data"] for each in history.of_kind(connection, "system", "house.kept")]


def round_(engine: Engine) -> None:
    housekeeping.order(engine)
    assert timers.fire_due(engine) == 1


def test_ended_sessions_and_used_links_go_and_the_audit_says_so(any_engine: Engine) -> None:
    password = office.read()["password"]
    for _ in range(3):
        signed = accounts.sign_in(any_engine, "docs", password)
        accounts.sign_out(any_engine, signed.secret)
    accounts.renewed(any_engine, "docs")
    accounts.sign_in(any_engine, "gov_clerk", password)
    links = count(any_engine, tables.entry_link)
    round_(any_engine)
    assert count(any_engine, tables.session) == 4
    days(any_engine, 45)
    still_open = accounts.sign_in(any_engine, "sg", password)
    round_(any_engine)
    assert count(any_engine, tables.session) == 3  # the newest of each account stays
    assert accounts.actor_of_session(any_engine, still_open.secret).username == "sg"
    first, second = kept(any_engine)
    assert (first["sessions"], first["links"]) == (0, 0)
    assert second["sessions"] == 2
    assert second["links"] == links > 0
    told = [each.text for each in _shown(any_engine)]
    assert any("每日清理" in text and "一次性链接" in text for text in told)


def _shown(engine: Engine) -> tuple[Any, ...]:
    with engine.database.read() as connection:
        return history.entries(connection, "system", {})


def test_old_notices_go_and_so_does_what_was_delivered(any_engine: Engine) -> None:
    clerk = Story(any_engine).who("docs")
    with any_engine.database.write() as connection:
        at = any_engine.clock.now()
        once = notices.told("soon", [clerk.person_id], at=at, step="甲", dedupe="soon:1")
        outbox.add(connection, [once])
        outbox.add(connection, [notices.told("urged", [clerk.person_id], at=at, step="甲")])
    posting.deliver_due(any_engine)
    days(any_engine, 60)
    round_(any_engine)
    assert (count(any_engine, tables.notice), count(any_engine, tables.outbox)) == (2, 1)
    days(any_engine, 400)
    round_(any_engine)
    assert count(any_engine, tables.notice) == 0
    assert [each["letters"] for each in kept(any_engine)] == [1, 0]
    assert [each["notices"] for each in kept(any_engine)] == [0, 2]


def test_a_round_of_a_day_is_ordered_once_whoever_asks(any_engine: Engine) -> None:
    for _ in range(3):
        housekeeping.order(any_engine)
    assert timers.fire_due(any_engine) == 1
    housekeeping.order(any_engine)
    assert timers.fire_due(any_engine) == 0
