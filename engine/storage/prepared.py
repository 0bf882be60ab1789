"""Statements of the hot path, built once: building one costs SQLAlchemy more than the database
needs to run it. Values travel as parameters."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Update

INSERT: dict[str, Any] = {  # the words are the same; the classes are not
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}


@cache
def guarded_update(table: Table, columns: tuple[str, ...]) -> Update:
    """UPDATE of one row under its version. Parameters: own_id, seen_version, version, columns."""
    return (
        table.update()
        .where(table.c.id == bindparam("own_id"), table.c.version == bindparam("seen_version"))
        .values({name: bindparam(name) for name in ("version", *columns)})
    )


@cache
def upsert(dialect: str, table: Table) -> Any:
    """INSERT of whole rows that replaces what stands under the same primary key."""
    statement = INSERT[dialect](table)
    keys = [column.name for column in table.primary_key]
    changed = {
        each.name: statement.excluded[each.name] for each in table.c if each.name not in keys
    }
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


@cache
def insert_or_ignore(dialect: str, table: Table) -> Any:
    """INSERT that does nothing when the key is taken; returns the key when it was free."""
    statement = INSERT[dialect](table).on_conflict_do_nothing()
    return statement.returning(*table.primary_key.columns)
