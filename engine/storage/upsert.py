"""INSERT … ON CONFLICT in the dialect at hand. The words are the same; the classes are not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from engine.storage import prepared
from engine.storage.database import Connection
from engine.storage.prepared import INSERT


def insert_or_ignore(connection: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert unless the key is taken; True when inserted.

    On PostgreSQL it waits for another transaction that is inserting the same key, and gives way
    when that one commits; nothing is aborted. SQLite has one writer at a time in any case.
    """
    statement = prepared.insert_or_ignore(connection.dialect.name, table)
    return connection.execute(statement, dict(values)).first() is not None


def insert_into(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that understands ON CONFLICT."""
    statement: postgresql.Insert | sqlite.Insert = INSERT[connection.dialect.name](table)
    return statement
