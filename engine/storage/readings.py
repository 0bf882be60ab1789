"""What was sent round to be read, and who has read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.storage.database import Connection
from engine.storage.tables import reading


def insert(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add readings."""
    if rows:
        connection.execute(reading.insert(), [dict(each) for each in rows])


def of_instance(connection: Connection, instance_id: str) -> list[Any]:
    """Everybody an instance was sent to, in that order."""
    query = select(reading).where(reading.c.instance_id == instance_id)
    return list(connection.execute(query.order_by(reading.c.sent_at, reading.c.id)))


def mark_read(connection: Connection, ids: Sequence[str], at: datetime, remark: str | None) -> None:
    """These have been read, once and for all."""
    unread = reading.c.id.in_(list(ids)) & reading.c.read_at.is_(None)
    connection.execute(reading.update().where(unread).values(read_at=at, remark=remark))
