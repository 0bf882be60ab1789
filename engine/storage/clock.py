"""The demo clock's row."""

from __future__ import annotations

from datetime import datetime

from engine.storage.database import Connection
from engine.storage.tables import clock_state

ONLY_ROW = 1


def read(connection: Connection) -> tuple[datetime, datetime] | None:
    """(business moment, system moment at which it was that), or None before the first start."""
    row = connection.execute(clock_state.select()).one_or_none()
    return None if row is None else (row.business_at, row.system_at)


def store(connection: Connection, business_at: datetime, system_at: datetime) -> None:
    """Set the clock."""
    values = {"business_at": business_at, "system_at": system_at}
    if connection.execute(clock_state.update().values(**values)).rowcount == 0:
        connection.execute(clock_state.insert().values(id=ONLY_ROW, **values))
