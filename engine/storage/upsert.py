"""INSERT … ON CONFLICT in the dialect at hand. The words are the same; the classes are not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from engine.storage.database import Connection


def insert_or_ignore(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert unless the key is taken; True when inserted.

    On PostgreSQL it waits for another transaction that is inserting the same key, and gives way
    when that one commits; nothing is aborted. SQLite has one writer at a time in any case.
    """
    statement = insert_into(connection, table).values(**values).on_conflict_do_nothing()
    inserted = connection.execute(statement.returning(*table.primary_key.columns))
    return inserted.first() is not None


def insert_into(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that understands ON CONFLICT."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
