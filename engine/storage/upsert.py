"""INSERT … ON CONFLICT in the dialect at hand. The words are the same; the classes are not."""

from __future__ import annotations

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from engine.storage.database import Connection
from engine.storage.prepared import INSERT


def insert_into(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that understands ON CONFLICT."""
    statement: postgresql.Insert | sqlite.Insert = INSERT[connection.dialect.name](table)
    return statement
