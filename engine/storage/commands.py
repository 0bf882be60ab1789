"""Queries of idempotency: one row per key, written with what the command changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from engine.storage.database import Connection
from engine.storage.prepared import insert_or_ignore
from engine.storage.tables import command


class Asked(NamedTuple):
    """A request: whose, under which key, for what; body_hash: over everything it says."""

    actor_id: str
    key: str
    operation: str
    body_hash: str


def keep(connection: Connection, asked: Asked, answer: dict[str, Any], at: datetime) -> bool:
    """Keep the answer under the key; False when the key has one already.

    While another transaction holds the same key and is not done, PostgreSQL waits here.
    """
    return insert_or_ignore(connection, command, {**asked._asdict(), "answer": answer, "at": at})


def find(connection: Connection, asked: Asked) -> Any | None:
    """What is kept under a person's key."""
    told = {"of_actor": asked.actor_id, "of_key": asked.key}
    return connection.execute(_FIND, told).one_or_none()


_FIND = sa.select(command).where(
    command.c.actor_id == sa.bindparam("of_actor"), command.c.key == sa.bindparam("of_key")
)
