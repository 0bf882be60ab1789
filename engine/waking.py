"""Lets time pass for an installation: the door to the clock that wakes the sweep."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from engine import timers
from engine.clock import FAR
from engine.scheduling import Waker
from engine.scheduling.waker import LAST_SWEEP

if TYPE_CHECKING:
    from engine.startup import Engine


LATE = timedelta(minutes=2)  # a sweep comes every second; after so long something is wrong


@dataclass(frozen=True, slots=True)
class Status:
    """Whether time passes by itself in this process. last: system time of the last full sweep."""

    alive: bool
    last: datetime | None
    next_due: datetime | None


def status(engine: Engine) -> Status:
    """How the sweep is doing."""
    last = engine.cache.get(LAST_SWEEP)
    alive = last is not None and engine.system_clock.now() - last < LATE
    due = timers.next_due(engine)
    return Status(alive, last, due if due is not None and due < FAR else None)


@contextmanager
def awake(engine: Engine) -> Iterator[None]:
    """While inside, timers fire by themselves; on leaving, a sweep under way is finished first."""
    waker = Waker(engine)
    waker.start()
    try:
        yield
    finally:
        waker.stop()
