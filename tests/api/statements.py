"""Counts what a database is asked while something happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from engine.startup import Engine

FRAME = ("BEGIN", "COMMIT", "ROLLBACK")


@dataclass
class Asked:
    """The statements, and how many transactions were kept."""

    statements: list[str] = field(default_factory=list)
    commits: int = 0

    def __len__(self) -> int:
        return len(self.statements)


@contextmanager
def counting(engine: Engine) -> Iterator[Asked]:
    """Listen to the database of an engine.

    SQLite's transactions begin and end by statements of ours, PostgreSQL's by the driver.
    """
    asked = Asked()

    def execute(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement == "COMMIT":
            asked.commits += 1
        if not statement.startswith(FRAME):
            asked.statements.append(statement)

    def commit(_connection: Any) -> None:
        if engine.database.dialect != "sqlite":
            asked.commits += 1

    listeners = (("before_cursor_execute", execute), ("commit", commit))
    for name, listener in listeners:
        sa.event.listen(engine.database.engine, name, listener)
    try:
        yield asked
    finally:
        for name, listener in listeners:
            sa.event.remove(engine.database.engine, name, listener)
