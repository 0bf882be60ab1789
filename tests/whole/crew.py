"""Processes that do what is due on one PostgreSQL: started, killed, and looked at afterwards."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from engine import history
from engine.clock import SystemClock
from engine.settings import Settings
from engine.startup import Engine
from engine.storage import dump, migrating, tables
from tests.diagrams import flow, install, start_end, user
from tests.engine.test_timers__firing import boundary
from tests.story import Story
from tests.whole.server import Served, Worker, free_port

PATIENCE = 150.0  # seconds
BEGINS = 0.15  # seconds that beginning an instance takes on a slow day


class Crew:
    """The processes of one test."""

    def __init__(self, settings: Settings) -> None:
        self.data = settings.data
        self.given = {"database": settings.database, "secret": "shared", "idle_seconds": "2"}
        self.running: list[Worker | Served] = []

    def worker(self, name: str = "guicheng") -> Worker:
        """name: by which the database knows its connections."""
        url = sa.make_url(self.given["database"]).update_query_dict({"application_name": name})
        database = url.render_as_string(hide_password=False)
        found = Worker(self.data, **{**self.given, "database": database})
        self.running.append(found)
        return found

    def web(self, **more: str) -> Served:
        found = Served(self.data, free_port(), **self.given, **more)
        self.running.append(found)
        return found

    def clear(self) -> None:
        for each in self.running:
            if each.process.poll() is None:
                each.process.send_signal(signal.SIGCONT)
                each.process.send_signal(signal.SIGKILL)
                each.process.wait()
            each.log.close()


def at_present_version(engine: Engine) -> None:
    """The command line works on a database that is at its version."""
    with engine.database.write() as connection:
        dump.REVISION.create(connection, checkfirst=True)
        connection.execute(sa.insert(dump.REVISION).values(version_num=migrating.newest()))


def until(true: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait for other processes' work."""
    look, deadline = threading.Event(), datetime.now().astimezone() + timedelta(seconds=patience)
    while not true():
        assert datetime.now().astimezone() < deadline, "it did not happen"
        look.wait(0.05)


def armed(engine: Engine, folder: Path, count: int) -> list[str]:
    """Instances whose timers are all due at one moment, soon after they began; their ids."""
    soon = SystemClock().now() + timedelta(seconds=2 + count * BEGINS)
    body = (
        start_end()
        + user("A")
        + boundary("B", f'"{soon.isoformat(timespec="seconds")}"')
        + user("C")
        + flow("S", "A", "E")
        + flow("B", "C", "E")
    )
    install(engine, folder, "timed", body)
    story, found = Story(engine), []
    for _ in range(count):
        story.begin("gov_clerk", "timed", {})
        found.append(story.instance_id)
    return found


def statuses(engine: Engine) -> list[str]:
    query = sa.select(tables.job.c.status).where(tables.job.c.kind == "timer")
    with engine.database.read() as connection:
        return list(connection.execute(query).scalars())


def in_flight(engine: Engine, name: str) -> bool:
    """Whether a process (that stands still) has a transaction open on the database."""
    query = sa.text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE application_name = :name AND xact_start IS NOT NULL"
    )
    with engine.database.read() as connection:
        return bool(connection.execute(query, {"name": name}).scalar_one())


def undelivered(engine: Engine) -> int:
    query = sa.select(sa.func.count()).where(tables.outbox.c.sent_at.is_(None))
    with engine.database.read() as connection:
        return int(connection.execute(query).scalar_one())


def agree(engine: Engine, instances: list[str]) -> None:
    """Every timer fired once, every step opened once, everybody was told once."""
    fired = sa.select(tables.history.c.chain).where(tables.history.c.kind == "timer.fired")
    item, notice = tables.work_item, tables.notice
    opened = sa.select(item.c.instance_id).where(item.c.element_id == "C", item.c.state == "open")
    told = sa.select(notice.c.instance_id).where(notice.c.text == "请办理“C”。")
    with engine.database.read() as connection:
        for query in (fired, opened, told):
            assert sorted(connection.execute(query).scalars()) == sorted(instances)
    assert statuses(engine) == ["done"] * len(instances)
    assert history.verify(engine).ok
