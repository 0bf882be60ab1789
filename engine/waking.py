"""Lets time pass for an installation: the door to the clock that wakes the sweep."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.scheduling import Waker

if TYPE_CHECKING:
    from engine.startup import Engine


@contextmanager
def awake(engine: Engine) -> Iterator[None]:
    """While inside, timers fire by themselves; on leaving, a sweep under way is finished first."""
    waker = Waker(engine)
    waker.start()
    try:
        yield
    finally:
        waker.stop()
