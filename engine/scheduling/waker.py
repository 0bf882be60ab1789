"""Wakes the sweep of due jobs: at the next due moment, and every second in any case.

What is due stands in the database; this is only an alarm clock, and may be lost at any time. The
memory store is on purpose: APScheduler's persistent one drops and doubles work after a crash.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from engine import attachments, history, posting, timers
from engine.errors import StorageUnavailable

if TYPE_CHECKING:
    from engine.startup import Engine

log = logging.getLogger(__name__)

SWEEP = timedelta(seconds=1)
HOUSEKEEPING = timedelta(days=1)
LAST_SWEEP = "last_sweep"  # in the engine's cache: system time of the last sweep that was finished
ORPHANS_AFTER = timedelta(days=1)


class Waker:
    """The threads that let timers fire while the server runs."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
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
        daily = IntervalTrigger(seconds=int(HOUSEKEEPING.total_seconds()), timezone=UTC)
        add(guarded(self.keep_house), daily, id="house", next_run_time=soon + timedelta(minutes=1))
        self.scheduler.start()

    def stop(self) -> None:
        """Let a sweep that is running finish, then end."""
        self.scheduler.shutdown(wait=True)

    def sweep(self) -> None:
        """Fire what is due now, and set the alarm for what is due before the next sweep."""
        timers.fire_due(self.engine)
        self.engine.cache[LAST_SWEEP] = self.engine.system_clock.now()
        due = timers.next_due(self.engine)
        if due is not None:
            wait = due - self.engine.clock.now()
            if timedelta(0) <= wait < SWEEP:
                self.set_alarm(wait)

    def post(self) -> None:
        """Deliver what commands left in the outbox."""
        posting.deliver_due(self.engine)

    def keep_house(self) -> None:
        """Anchor the history outside the database; forget uploads that were never submitted."""
        history.anchor(self.engine)
        attachments.sweep_orphans(self.engine, ORPHANS_AFTER)

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
