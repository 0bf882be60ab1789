"""Several processes sweep one database: each job once, nobody waits for another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine import notices, posting, timers
from engine.clock import ManualClock, parse_moment
from engine.startup import Engine, build
from engine.storage import instances, jobs, outbox, tables
from tests.engine.test_timers__firing import waiting
from tests.story import Story

NOON = parse_moment("2026-02-11T12:00:00+08:00")


@pytest.fixture
def other(any_engine: Engine) -> Iterator[Engine]:
    """Another process on the same database."""
    made = build(
        any_engine.settings,
        any_engine.registry,
        clock=ManualClock(NOON),
        system_clock=ManualClock(NOON),
    )
    yield made
    made.close()


def on_server(engine: Engine) -> bool:
    return engine.database.dialect == "postgresql"


def test_what_one_process_has_locked_the_other_leaves_and_takes_the_next(
    any_engine: Engine, other: Engine, tmp_path: Path
) -> None:
    stories = [waiting(any_engine, tmp_path), waiting(any_engine, tmp_path)]
    assert isinstance(any_engine.clock, ManualClock)
    any_engine.clock.move_to(NOON)
    if on_server(any_engine):
        with any_engine.database.write() as connection:
            held = jobs.take(connection, NOON, NOON)
            assert held is not None
            assert timers.fire_due(other) == 1
            assert timers.fire_due(other) == 0
    assert timers.fire_due(any_engine) + timers.fire_due(other) == (
        1 if on_server(any_engine) else 2
    )
    assert {tuple(story.open_steps()) for story in stories} == {(("C", "阮一苇"),)}


def test_an_instance_at_work_is_passed_over_without_waiting_and_fires_in_the_next_round(
    any_engine: Engine, other: Engine, tmp_path: Path
) -> None:
    story = waiting(any_engine, tmp_path)
    if on_server(any_engine):
        with any_engine.database.write() as connection:
            instances.lock(connection, story.instance_id)
            assert timers.fire_due(other) == 0
    assert timers.fire_due(other) == 1


def test_a_notice_in_the_hands_of_one_process_is_not_delivered_by_the_other(
    any_engine: Engine, other: Engine
) -> None:
    clerk = Story(any_engine).who("docs")
    with any_engine.database.write() as connection:
        row = notices.told("commented", [clerk.person_id], at=NOON, step="签收登记")
        outbox.add(connection, [row])
    if on_server(any_engine):
        with any_engine.database.write() as connection:
            assert outbox.take(connection, row["id"], NOON) is not None
            assert posting.deliver_due(other) == 0
    assert posting.deliver_due(other) + posting.deliver_due(any_engine) == 1
    with any_engine.database.read() as connection:
        told = sa.select(sa.func.count()).select_from(tables.notice)
        assert connection.execute(told).scalar_one() == 1
