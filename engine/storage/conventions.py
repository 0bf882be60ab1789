"""Conventions of the office that differ from their default."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.storage.database import Connection
from engine.storage.tables import setting
from engine.storage.upsert import insert_into


def load(connection: Connection) -> dict[str, Any]:
    """key → value of every convention that differs."""
    query = select(setting.c.name, setting.c.value)
    return {row.name: row.value for row in connection.execute(query)}


def put(connection: Connection, key: str, value: Any, at: datetime, by: str) -> None:
    """Store a value, over the one that was there."""
    told = {"value": value, "changed_at": at, "changed_by": by}
    statement = insert_into(connection, setting).values(name=key, **told)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=told))


def remove(connection: Connection, key: str) -> None:
    """Back to the default."""
    connection.execute(setting.delete().where(setting.c.name == key))
