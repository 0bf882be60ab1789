"""Queries of signatures: added in the command's transaction, read, never changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from engine.storage.database import Connection
from engine.storage.tables import fact, signature

BATCH = 500  # rows held in memory at a time while all are read
OF_TEXTS = "%\\_hash"  # variables that name the content of a file (`body_hash`)


def insert(connection: Connection, row: Mapping[str, Any]) -> None:
    """Keep a signature."""
    connection.execute(sa.insert(signature), dict(row))


def of_instance(connection: Connection, instance_id: str) -> list[Any]:
    """The signatures of an instance, oldest first."""
    query = sa.select(signature).where(signature.c.instance_id == instance_id)
    return list(connection.execute(query.order_by(signature.c.signed_at, signature.c.id)))


def is_signed(connection: Connection, instance_id: str, text_sha256: str) -> bool:
    """Whether somebody has signed this text in this instance."""
    found = sa.exists().where(
        signature.c.instance_id == instance_id, signature.c.text_sha256 == text_sha256
    )
    return bool(connection.execute(sa.select(found)).scalar())


def present_texts(connection: Connection, instance_id: str) -> set[str]:
    """The hashes of the texts an instance has now: the last entered of each."""
    query = (
        sa.select(fact.c.name, fact.c.value)
        .where(fact.c.instance_id == instance_id, fact.c.name.like(OF_TEXTS, escape="\\"))
        .order_by(fact.c.id)
    )
    newest = {row.name: row.value for row in connection.execute(query)}
    return set(newest.values())


def read_all(connection: Connection) -> Iterator[Mapping[str, Any]]:
    """Every signature there is."""
    query = sa.select(signature).order_by(signature.c.instance_id, signature.c.signed_at)
    for row in connection.execute(query, execution_options={"yield_per": BATCH}).mappings():
        yield dict(row)
