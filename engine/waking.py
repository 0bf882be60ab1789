"""Lets time pass for an installation: the door to the clock that wakes the sweep.

Web processes and workers may sweep one PostgreSQL at once; on SQLite the web process does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from engine import timers
from engine.clock import FAR
from engine.errors import SettingRefused
from engine.scheduling import Waker
from engine.storage import jobs, sweepers

if TYPE_CHECKING:
    from engine.startup import Engine


LATE = timedelta(minutes=2)  # a sweep comes every second; after so long something is wrong
KINDS = {"web": "网站进程", "worker": "处理进程"}


@dataclass(frozen=True, slots=True)
class Sweeper:
    """One process that does what is due. last: system time of its last sign of life."""

    kind: str
    host: str
    pid: int
    last: datetime
    alive: bool


@dataclass(frozen=True, slots=True)
class Status:
    """Whether time passes by itself, in any process. late_since: the oldest job that should have
    been done LATE ago and that nobody has taken (business time)."""

    alive: bool
    last: datetime | None
    next_due: datetime | None
    late_since: datetime | None
    sweepers: tuple[Sweeper, ...]


def status(engine: Engine) -> Status:
    """How the sweep is doing."""
    now, system_now = engine.clock.now(), engine.system_clock.now()
    with engine.database.read() as connection:
        late = jobs.oldest_due(connection, now - LATE, system_now)
        rows = sweepers.listing(connection)
    found = tuple(
        Sweeper(KINDS[row.kind], row.host, row.pid, row.swept_at, system_now - row.swept_at < LATE)
        for row in rows
    )
    due = timers.next_due(engine)
    return Status(
        alive=any(each.alive for each in found),
        last=found[0].last if found else None,
        next_due=due if due is not None and due < FAR else None,
        late_since=late,
        sweepers=found,
    )


def refuse_alone(engine: Engine) -> None:
    """Raise SettingRefused where a worker beside the web processes must not run."""
    if engine.settings.embedded:
        raise SettingRefused(
            "用 SQLite 时到期事项由网站进程自己处理，不需要也不能另开处理进程。"
            "要由单独的进程处理，请改用 PostgreSQL（GUICHENG_DATABASE）。"
        )
    if engine.settings.demo:
        raise SettingRefused(
            "演示时钟只在网站进程里走，演示模式（GUICHENG_DEMO=1）不能另开处理进程。"
        )


@contextmanager
def awake(engine: Engine, kind: str = "web") -> Iterator[None]:
    """While inside, timers fire and notices leave by themselves; on leaving, a sweep under way is
    finished first."""
    waker = Waker(engine, kind)
    waker.start()
    try:
        yield
    finally:
        waker.stop()
