"""The office: organisations, posts, people and who stands in for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.storage import tables, versions
from engine.storage.database import Connection
from engine.storage.upsert import insert_into

PARTS = (
    tables.organisation,
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


def load(connection: Connection) -> dict[str, list[Any]]:
    """Every row of the office, by table name: one statement per table."""
    return {table.name: list(connection.execute(select(table))) for table in PARTS}


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


def revoke(connection: Connection, substitution_id: str, at: datetime) -> bool:
    """End a substitution now; False when there is none in force."""
    table = tables.substitution
    statement = (
        table.update()
        .where(table.c.id == substitution_id, table.c.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    return connection.execute(statement).rowcount == 1


def substitution(connection: Connection, substitution_id: str) -> Any | None:
    """One substitution."""
    table = tables.substitution
    return connection.execute(select(table).where(table.c.id == substitution_id)).one_or_none()
