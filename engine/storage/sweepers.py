"""The processes that do what is due: their signs of life."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.storage import prepared
from engine.storage.database import Connection
from engine.storage.tables import sweeper


def put(connection: Connection, values: Mapping[str, Any]) -> None:
    """A process says that it has swept."""
    prepared.upsert(connection, sweeper, [values])


def leave(connection: Connection, sweeper_id: str) -> None:
    """A process ends in good order."""
    connection.execute(sweeper.delete().where(sweeper.c.id == sweeper_id))


def forget(connection: Connection, before: datetime) -> None:
    """Those that ended without a word long ago."""
    connection.execute(sweeper.delete().where(sweeper.c.swept_at < before))


def listing(connection: Connection) -> list[Any]:
    """All of them, the last heard of first."""
    return list(connection.execute(select(sweeper).order_by(sweeper.c.swept_at.desc())))
