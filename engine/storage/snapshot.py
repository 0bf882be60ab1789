"""One moment of the whole database, for work that reads much of it while others write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from engine.storage.database import Connection, Database


@contextmanager
def snapshot(database: Database) -> Iterator[Connection]:
    """A read transaction in which every statement sees the same moment, without a time limit.

    SQLite in WAL mode does this by itself; PostgreSQL takes a snapshot per statement unless told.
    """
    with database.read() as connection:
        if database.dialect == "postgresql":
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        yield connection
