"""Wakes the sweep of due jobs: at the next due moment, and every second in any case.

What is due stands in the database; this is only an alarm clock, and may be lost at any time. The
memory store is on purpose: APScheduler's persistent one drops and doubles work after a crash.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import TYPE_CHECKING, Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from engine import housekeeping, posting, reminders, timers
from engine.errors import StorageUnavailable
from engine.ids import new_id
from engine.storage import sweepers

if TYPE_CHECKING:
    from engine.startup import Engine

log = logging.getLogger(__name__)

SWEEP = timedelta(seconds=1)
HOUSEKEEPING = timedelta(hours=1)
SIGN_OF_LIFE = timedelta(seconds=10)
GONE_AFTER = timedelta(days=1)  # without a sign of life


class Waker:
    """The threads that let timers fire while a process runs. kind: web, worker."""

    def __init__(self, engine: Engine, kind: str = "web") -> None:
        self.engine = engine
        now = engine.system_clock.now()
        self.own: dict[str, Any] = {
            "id": new_id(),
            "kind": kind,
            "host": socket.gethostname()[:255],
        }
        self.own |= {"pid": os.getpid(), "started_at": now}
        self.said_at: datetime | None = None
        self.ending = Event()
        self.scheduler = BackgroundScheduler(
            timezone=UTC,
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(3)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self) -> None:
        """Sweep at once, then go on."""
        add = self.scheduler.add_job
        every = IntervalTrigger(seconds=int(SWEEP.total_seconds()), timezone=UTC)
        soon = datetime.now(UTC)  # the alarm runs on the machine's clock, not on the office's
        add(guarded(self.sweep), every, id="sweep", next_run_time=soon)
        add(guarded(self.post), every, id="post", next_run_time=soon)  # a slow mail holds no timer
        hourly = IntervalTrigger(seconds=int(HOUSEKEEPING.total_seconds()), timezone=UTC)
        add(guarded(self.keep_house), hourly, id="house", next_run_time=soon + timedelta(minutes=1))
        self.scheduler.start()

    def stop(self) -> None:
        """Let a sweep that is running finish what was due when it looked last, then end."""
        self.ending.set()
        self.scheduler.shutdown(wait=True)
        guarded(self.say_goodbye)()

    def sweep(self) -> None:
        """Fire what is due, and what has come due meanwhile; set the alarm for what is due before
        the next sweep."""
        while timers.fire_due(self.engine) and not self.ending.is_set():
            self.say_alive()
        self.say_alive()
        due = timers.next_due(self.engine)
        if due is not None:
            wait = due - self.engine.clock.now()
            if timedelta(0) <= wait < SWEEP:
                self.set_alarm(wait)

    def say_alive(self) -> None:
        """Let the others know that this process sweeps."""
        now = self.engine.system_clock.now()
        if self.said_at is None or not timedelta(0) <= now - self.said_at < SIGN_OF_LIFE:
            with self.engine.database.write() as connection:
                sweepers.put(connection, {**self.own, "swept_at": now})
                sweepers.forget(connection, now - GONE_AFTER)
            self.said_at = now

    def say_goodbye(self) -> None:
        """It does so no more."""
        with self.engine.database.write() as connection:
            sweepers.leave(connection, str(self.own["id"]))

    def post(self) -> None:
        """Deliver what commands left in the outbox, and what is about to be due."""
        reminders.remind(self.engine)
        posting.deliver_due(self.engine)

    def keep_house(self) -> None:
        """Order what is to be done once a day, whichever process asks first."""
        housekeeping.order(self.engine)

    def set_alarm(self, wait: timedelta) -> None:
        """Sweep again exactly then."""
        self.scheduler.add_job(
            guarded(self.sweep),
            DateTrigger(datetime.now(UTC) + wait, timezone=UTC),
            id="alarm",
            replace_existing=True,
        )


def guarded(work: Callable[[], None]) -> Callable[[], None]:
    """The same work; what goes wrong is logged and the next round comes all the same."""

    def round_() -> None:
        try:
            work()
        except StorageUnavailable as error:
            log.warning("sweep postponed: %s", error.__cause__ or error)
        except Exception:
            log.exception("sweep failed")

    return round_
