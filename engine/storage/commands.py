"""Queries of idempotency: one row per key, made before the work and filled in after it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.clock import FAR
from engine.storage.database import Connection
from engine.storage.tables import command
from engine.storage.upsert import insert_or_ignore


def take(
    connection: Connection, actor_id: str, key: str, operation: str, body_hash: str
) -> dict[str, Any] | None:
    """Take the key for this transaction: None when it was free, else the row that has it.

    While another transaction holds the same key and is not done, PostgreSQL waits here.
    """
    mine = {"actor_id": actor_id, "key": key, "operation": operation, "body_hash": body_hash}
    if insert_or_ignore(connection, command, {**mine, "answer": {}, "at": FAR}):
        return None
    row = connection.execute(sa.select(command).where(*_is(actor_id, key))).mappings().one()
    return dict(row)


def fill_in(
    connection: Connection, actor_id: str, key: str, answer: dict[str, Any], at: datetime
) -> bool:
    """Keep the answer; False when the key was not taken."""
    told = {"of_actor": actor_id, "of_key": key, "answer": answer, "at": at}
    return connection.execute(_FILL_IN, told).rowcount == 1


_FILL_IN = (
    sa.update(command)
    .where(command.c.actor_id == sa.bindparam("of_actor"), command.c.key == sa.bindparam("of_key"))
    .values(answer=sa.bindparam("answer"), at=sa.bindparam("at"))
)


def _is(actor_id: str, key: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return command.c.actor_id == actor_id, command.c.key == key
