"""Numbers that change with every change of what is kept in memory between commands.

One statement reads them all, so that whatever is cached can tell in the transaction of a command
whether it is stale.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from engine.storage.database import Connection
from engine.storage.tables import directory_version
from engine.storage.upsert import insert_into

DIRECTORY, CONVENTIONS, CALENDAR = 1, 2, 3
PARTS = (DIRECTORY, CONVENTIONS, CALENDAR)
SEEN = "versions"


_READ = select(directory_version)
_ALONGSIDE = [
    select(directory_version.c.version)
    .where(directory_version.c.id == part)
    .scalar_subquery()
    .label(f"version_{part}")
    for part in PARTS
]


def alongside(query: Select[Any]) -> Select[Any]:
    """A query that reads them too; `note_alongside` takes them from one of its rows."""
    return query.add_columns(*_ALONGSIDE)


def note_alongside(connection: Connection, row: Any) -> None:
    """What a row of such a query says is what this transaction sees."""
    if SEEN not in connection.info:
        told = row._mapping
        connection.info[SEEN] = {part: told[f"version_{part}"] or 0 for part in PARTS}


def read(connection: Connection) -> dict[int, int]:
    """part → version; 0 before its first change. Asked once a transaction."""
    seen: dict[int, int] | None = connection.info.get(SEEN)
    if seen is None:
        found = {row.id: row.version for row in connection.execute(_READ)}
        seen = connection.info[SEEN] = {part: found.get(part, 0) for part in PARTS}
    return seen


def bump(connection: Connection, part: int) -> None:
    """This part has changed: whoever kept it must read it again."""
    connection.info.pop(SEEN, None)
    table = directory_version
    statement = insert_into(connection, table).values(id=part, version=1)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["id"], set_={"version": table.c.version + 1}
        )
    )


def lock(connection: Connection, part: int) -> None:
    """Wait until nobody else is changing this part; held until the transaction ends."""
    connection.info.pop(SEEN, None)
    table = directory_version
    connection.execute(select(table.c.id).where(table.c.id == part).with_for_update())
