"""Workers and web servers on one PostgreSQL, as processes of their own: no job lost, none doubled,
whoever is killed or stands still."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.clock import SystemClock
from engine.settings import Settings
from engine.startup import Engine, build
from engine.storage import tables
from processes import discover
from tests.whole.crew import Crew, agree, armed, at_present_version, statuses, undelivered, until
from tests.whole.server import command

pytestmark = pytest.mark.slow
INSTANCES = 60


@pytest.fixture
def engine(postgresql_settings: Settings) -> Iterator[Engine]:
    """This process's own door to the database that the others share; real time."""
    made = build(postgresql_settings, discover(), clock=SystemClock())
    at_present_version(made)
    yield made
    made.close()


@pytest.fixture
def crew(postgresql_settings: Settings) -> Iterator[Crew]:
    found = Crew(postgresql_settings)
    yield found
    found.clear()


def test_two_workers_and_two_servers_lose_and_double_nothing_though_one_is_killed(
    engine: Engine, crew: Crew, tmp_path: Path
) -> None:
    instances = armed(engine, tmp_path, INSTANCES)
    first = crew.worker()
    until(lambda: statuses(engine).count("done") > 0)
    first.send(signal.SIGKILL)
    assert first.process.wait() == -signal.SIGKILL
    left = statuses(engine).count("waiting")
    second, third = crew.worker(), crew.worker()
    servers = [crew.web(), crew.web(sweep="0")]
    until(lambda: statuses(engine).count("waiting") < max(1, left // 2))
    second.send(signal.SIGKILL)
    until(lambda: "waiting" not in statuses(engine))
    until(lambda: undelivered(engine) == 0)
    agree(engine, instances)
    for each in servers:
        each.await_ready()
    third.send(signal.SIGTERM)
    assert third.process.wait(timeout=60) == 0
    assert 0 < left < INSTANCES  # the first cut came in the middle


def test_a_worker_that_stands_still_is_taken_over_and_its_late_write_is_refused(
    engine: Engine, crew: Crew, tmp_path: Path
) -> None:
    [instance] = armed(engine, tmp_path, 1)
    item = tables.work_item
    with engine.database.write() as connection:  # holds up the firing in its middle
        held = sa.select(item.c.id).where(item.c.instance_id == instance).with_for_update()
        connection.execute(held)
        frozen = crew.worker()
        until(lambda: waits_for_a_lock(engine))
        frozen.send(signal.SIGSTOP)
    assert statuses(engine) == ["waiting"]  # it has the job and the instance, and does nothing
    other = crew.worker()
    until(lambda: statuses(engine) == ["done"])
    until(lambda: undelivered(engine) == 0)
    agree(engine, [instance])
    frozen.send(signal.SIGCONT)
    frozen.send(signal.SIGTERM)
    assert frozen.process.wait(timeout=60) == 0
    agree(engine, [instance])
    other.send(signal.SIGTERM)
    assert other.process.wait(timeout=60) == 0


def waits_for_a_lock(engine: Engine) -> bool:
    """Whether a transaction of another process waits for one of ours."""
    query = sa.text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        " AND datname = current_database()"
    )
    with engine.database.read() as connection:
        return bool(connection.execute(query).scalar_one())


def test_where_a_worker_makes_no_sense_it_says_why(tmp_path: Path) -> None:
    assert command("prepare", data=tmp_path / "var").returncode == 0
    refused = command("worker", data=tmp_path / "var")
    assert refused.returncode == 2
    assert "SQLite" in refused.stderr
    assert "PostgreSQL" in refused.stderr
    refused = command("serve", data=tmp_path / "var", sweep="0")
    assert refused.returncode == 2
    assert "GUICHENG_SWEEP=0" in refused.stderr
