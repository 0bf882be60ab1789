"""Every table as lines of JSON and back: the same lines whichever database they come from."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from engine.clock import parse_moment
from engine.storage.database import Connection
from engine.storage.schema import Moment, metadata
from engine.storage.tables import create_all

BATCH = 500  # rows read or written at a time
Convert = Callable[[Any], Any]
REVISION = sa.Table("alembic_version", sa.MetaData(), sa.Column("version_num", sa.String(32)))


def schema(tables: Iterable[sa.Table] | None = None) -> dict[str, list[str]]:
    """table → columns, in an order in which rows may be inserted."""
    listed = metadata.sorted_tables if tables is None else tables
    return {table.name: sorted(table.columns.keys()) for table in listed}


def as_stored(connection: Connection) -> dict[str, sa.Table]:
    """The tables as this database has them, which an older program may have made."""
    found = sa.MetaData()
    found.reflect(connection, only=lambda name, _: name != REVISION.name)
    for table in found.sorted_tables:
        known = metadata.tables.get(table.name)
        for column in table.columns:
            if known is not None and column.name in known.columns:
                column.type = known.columns[column.name].type
    return {table.name: table for table in found.sorted_tables}


def revision(connection: Connection) -> str | None:
    """The migration the database is at; None when it was made without migrations."""
    if REVISION.name not in sa.inspect(connection).get_table_names():
        return None
    return connection.execute(sa.select(REVISION.c.version_num)).scalar_one_or_none()


def lines(connection: Connection, table: sa.Table) -> Iterator[bytes]:
    """The rows of a table in the order of its key, one line each."""
    write = {column.name: _writer(column) for column in table.columns}
    query = sa.select(table).order_by(*table.primary_key.columns)
    for row in connection.execute(query, execution_options={"yield_per": BATCH}).mappings():
        spelled = {key: None if row[key] is None else write[key](row[key]) for key in write}
        yield json.dumps(spelled, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def load(connection: Connection, name: str, source: Iterable[bytes]) -> int:
    """Insert lines into a table; returns how many."""
    table = metadata.tables[name]
    read = {column.name: _reader(column) for column in table.columns}
    count = 0
    batch: list[dict[str, Any]] = []
    for line in source:
        spelled = json.loads(line)
        batch.append(
            {key: None if spelled[key] is None else read[key](spelled[key]) for key in read}
        )
        if len(batch) == BATCH:
            count += _insert(connection, table, batch)
            batch = []
    return count + _insert(connection, table, batch)


def is_empty(connection: Connection) -> bool:
    """Whether there is not one row in any of our tables."""
    there = set(sa.inspect(connection).get_table_names())
    tables = [table for table in metadata.sorted_tables if table.name in there]
    return all(
        connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is None
        for table in tables
    )


def prepare(connection: Connection, at_revision: str | None) -> None:
    """Make the tables unless they are there, note the migration they are at, lift time limits."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
    there = set(sa.inspect(connection).get_table_names())
    if not there & set(metadata.tables):
        create_all(connection)
    if at_revision is not None and revision(connection) is None:
        REVISION.create(connection, checkfirst=True)
        connection.execute(sa.insert(REVISION).values(version_num=at_revision))


def count_on(connection: Connection) -> None:
    """Let generated numbers go on after the highest loaded one (PostgreSQL keeps them apart)."""
    if connection.dialect.name != "postgresql":
        return
    there = set(sa.inspect(connection).get_table_names())
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None and table.name in there:
            serial = sa.func.pg_get_serial_sequence(table.name, column.name)
            highest = sa.select(sa.func.max(column)).scalar_subquery()
            connection.execute(
                sa.select(sa.func.setval(serial, highest)).where(highest.is_not(None))
            )


def _insert(connection: Connection, table: sa.Table, batch: list[dict[str, Any]]) -> int:
    if batch:
        connection.execute(sa.insert(table), batch)
    return len(batch)


def _writer(column: sa.Column[Any]) -> Convert:
    if isinstance(column.type, Moment):
        return lambda moment: moment.isoformat(timespec="microseconds")
    if isinstance(column.type, sa.LargeBinary):
        return lambda body: b64encode(body).decode()
    return lambda value: value


def _reader(column: sa.Column[Any]) -> Convert:
    if isinstance(column.type, Moment):
        return parse_moment
    if isinstance(column.type, sa.LargeBinary):
        return b64decode
    return lambda value: value
