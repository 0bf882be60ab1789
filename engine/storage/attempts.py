"""How often a name was tried in vain."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.storage.account_tables import sign_in_attempt as table
from engine.storage.database import Connection
from engine.storage.prepared import insert_or_ignore


def get(connection: Connection, key: str, now: datetime) -> Any:
    """The row of a name, made when there is none, locked until the transaction ends."""
    insert_or_ignore(connection, table, {"name_hash": key, "failures": 0, "last_at": now})
    query = select(table).where(table.c.name_hash == key).with_for_update()
    return connection.execute(query).one()


def put(
    connection: Connection, key: str, failures: int, at: datetime, locked_until: datetime | None
) -> None:
    """Write the count of a name."""
    values = {"failures": failures, "last_at": at, "locked_until": locked_until}
    connection.execute(table.update().where(table.c.name_hash == key).values(**values))


def lock_of(connection: Connection, key: str) -> datetime | None:
    """Until when a name is or was locked."""
    query = select(table.c.locked_until).where(table.c.name_hash == key)
    found: datetime | None = connection.execute(query).scalar_one_or_none()
    return found


def locks(connection: Connection, after: datetime) -> dict[str, datetime]:
    """Every lock in force after a moment: key → until."""
    query = select(table.c.name_hash, table.c.locked_until).where(table.c.locked_until > after)
    return {row.name_hash: row.locked_until for row in connection.execute(query)}


def forget(connection: Connection, key: str) -> None:
    """Nothing is counted against a name any more."""
    connection.execute(table.delete().where(table.c.name_hash == key))


def forget_before(connection: Connection, moment: datetime) -> int:
    """Names not tried since a moment; how many."""
    return connection.execute(table.delete().where(table.c.last_at < moment)).rowcount
