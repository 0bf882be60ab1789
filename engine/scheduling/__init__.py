"""The clock that wakes the sweep: the only room that speaks APScheduler."""

from engine.scheduling.waker import Waker

__all__ = ["Waker"]
