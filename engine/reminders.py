"""Reminders: whoever has a step is told once that it is nearly due, and once that it is overdue.

When is a convention of the office 【约】. Any process may ask at any time: what was told stands in
the outbox under a key of its own.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from engine import conventions, notices
from engine.storage import notices as rows
from engine.storage import outbox
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

EVERY = timedelta(minutes=1)
ASKED = "reminded"  # in the engine's cache: business time of the last look
BATCH = 500


def remind(engine: Engine) -> int:
    """Leave the reminders that have become due in the outbox; how many. A look a minute."""
    now = engine.clock.now()
    asked: datetime | None = engine.cache.get(ASKED)
    if asked is not None and timedelta(0) <= now - asked < EVERY:
        return 0
    with engine.database.read() as connection:
        found = _untold(engine, connection, now)
    if found:
        with engine.database.write() as connection:
            outbox.add_once(connection, found)
    engine.cache[ASKED] = now if len(found) < BATCH else None
    return len(found)


def _untold(engine: Engine, connection: Connection, now: datetime) -> list[dict[str, object]]:
    """Overdue first; what is overdue already is not told to be nearly due."""
    office = conventions.snapshot(engine, connection)
    told: list[dict[str, object]] = []
    if office["remind_overdue"]:
        for item in rows.due_untold(connection, None, now, "overdue:", BATCH):
            told.append(_row("overdue", item, now))
    days = office["remind_days"]
    if days:
        last = engine.calendar(connection).add_workdays(now.date(), days)
        until = datetime.combine(last, time.max, now.tzinfo)
        for item in rows.due_untold(connection, now, until, "soon:", BATCH):
            told.append(_row("soon", item, now))
    return told


def _row(kind: str, item: object, now: datetime) -> dict[str, object]:
    identity, instance_id = item.id, item.instance_id  # type: ignore[attr-defined]
    dedupe = f"{kind}:{identity}"
    return notices.of_work(kind, [identity], at=now, instance_id=instance_id, dedupe=dedupe)
