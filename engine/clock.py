"""Two clocks, both injected. Moments are timezone-aware in Asia/Shanghai (+08:00), always.

Business time (`Clock.now`) decides deadlines, history and screens; in a demo it can be moved
forward. System time decides sessions, tokens and leases, and can not be moved.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Protocol

CHINA = timezone(timedelta(hours=8), "UTC+08:00")
FAR = datetime(9999, 12, 31, tzinfo=CHINA)  # a timer armed here never fires


class Clock(Protocol):
    """Something that tells the present moment."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own time, with the office's offset."""

    def now(self) -> datetime:
        return datetime.now(CHINA)


class OffsetClock:
    """Runs at real speed from a moved start (the demo clock). offset: business − system time."""

    def __init__(self, system: Clock, offset: timedelta = timedelta()) -> None:
        self.system = system
        self.offset = offset

    def now(self) -> datetime:
        return self.system.now() + self.offset

    def move_to(self, moment: datetime) -> None:
        """From now on it is this moment, and time runs on from there."""
        self.offset = aware(moment) - self.system.now()


class ManualClock:
    """Stands still until told to move. For tests and for playing a past document."""

    def __init__(self, start: datetime) -> None:
        self._now = aware(start)

    def now(self) -> datetime:
        return self._now

    def move_to(self, moment: datetime) -> None:
        self._now = aware(moment)

    def advance(self, **parts: float) -> None:
        self._now += timedelta(**parts)


def aware(moment: datetime) -> datetime:
    """The same moment with the +08:00 offset; a naive datetime is refused (ValueError)."""
    if moment.tzinfo is None:
        raise ValueError(f"moment without offset: {moment!r}")
    return moment.astimezone(CHINA)


def parse_moment(text: str) -> datetime:
    """ISO 8601 with offset → aware datetime in +08:00. ValueError when the offset is missing."""
    return aware(datetime.fromisoformat(text))
