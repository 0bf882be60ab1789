"""The office: organisations, posts, people and who stands in for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from engine.storage import tables, versions
from engine.storage.database import Connection
from engine.storage.upsert import insert_into

PARTS = (
    tables.organisation,
    tables.former_name,
    tables.post,
    tables.person,
    tables.membership,
    tables.responsibility,
    tables.assistant_link,
    tables.absence,
    tables.substitution,
)


def bump(connection: Connection) -> None:
    """The office has changed: whoever kept it must read it again."""
    versions.bump(connection, versions.DIRECTORY)


def lock(connection: Connection) -> None:
    """Wait until nobody else is changing the office; held until the transaction ends."""
    versions.lock(connection, versions.DIRECTORY)


def load(connection: Connection) -> dict[str, list[Any]]:
    """Every row of the office, by table name: one statement per table."""
    return {table.name: list(connection.execute(select(table))) for table in PARTS}


def post_codes(connection: Connection) -> frozenset[str]:
    """The codes of every post of the office."""
    return frozenset(connection.execute(select(tables.post.c.code)).scalars())


def add_missing(connection: Connection, table_name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows that are not there yet."""
    if rows:
        statement = insert_into(connection, tables.metadata.tables[table_name])
        connection.execute(statement.on_conflict_do_nothing(), [dict(row) for row in rows])


def put(connection: Connection, table_name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, or bring those that are there up to date."""
    if not rows:
        return
    table = tables.metadata.tables[table_name]
    statement = insert_into(connection, table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=changed),
        [dict(row) for row in rows],
    )
