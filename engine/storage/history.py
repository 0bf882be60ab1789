"""Queries of the history: append links, keep the heads, read chains in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from engine.storage import prepared
from engine.storage.database import Connection
from engine.storage.prepared import insert_or_ignore
from engine.storage.tables import chain, history, process_instance

FLOW_PASSED = "flow.passed"
WENT_BACK = ("item.returned", "item.withdrawn")  # their elements are no longer passed
BATCH = 1000  # links held in memory at a time while a whole history is read


def insert(connection: Connection, links: Sequence[dict[str, Any]]) -> None:
    """All links of a command in one statement."""
    prepared.insert(connection, history, links)


def lock_head(connection: Connection, name: str, genesis: str) -> tuple[int, str]:
    """(seq, hash) of a chain that is not an instance's, locked until the transaction ends."""
    insert_or_ignore(connection, chain, {"name": name, "seq": 0, "hash": genesis})
    row = connection.execute(
        sa.select(chain.c.seq, chain.c.hash).where(chain.c.name == name).with_for_update()
    ).one()
    return row.seq, row.hash


def move_head(connection: Connection, name: str, seq: int, link_hash: str) -> None:
    """Where the chain ends now."""
    connection.execute(sa.update(chain).where(chain.c.name == name).values(seq=seq, hash=link_hash))


def heads(connection: Connection) -> dict[str, tuple[int, str]]:
    """The recorded end of every chain: name → (seq, hash)."""
    instances = sa.select(
        process_instance.c.id, process_instance.c.history_seq, process_instance.c.history_hash
    )
    others = sa.select(chain.c.name, chain.c.seq, chain.c.hash)
    found: dict[str, tuple[int, str]] = {}
    for query in (instances, others):
        found.update({name: (seq, link) for name, seq, link in connection.execute(query)})
    return found


def read(connection: Connection, name: str) -> list[dict[str, Any]]:
    """The links of one chain, oldest first."""
    query = sa.select(history).where(history.c.chain == name).order_by(history.c.seq)
    return [dict(row) for row in connection.execute(query).mappings()]


def of_kind(connection: Connection, name: str, kind: str) -> list[dict[str, Any]]:
    """The links of one kind in a chain, oldest first."""
    query = sa.select(history).where(history.c.chain == name, history.c.kind == kind)
    return [dict(row) for row in connection.execute(query.order_by(history.c.seq)).mappings()]


def last_deed(connection: Connection, name: str, item_id: str) -> dict[str, Any] | None:
    """The last link by a person about a work item, or its whole instance, since it was opened."""
    own = history.c.work_item_id == item_id
    opened = (
        sa.select(sa.func.max(history.c.seq))
        .where(history.c.chain == name, own, history.c.kind == "item.opened")
        .scalar_subquery()
    )
    query = (
        sa.select(history)
        .where(
            history.c.chain == name,
            history.c.seq > opened,
            history.c.actor_id.is_not(None),
            sa.or_(own, history.c.work_item_id.is_(None)),
        )
        .order_by(history.c.seq.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else dict(row)


def read_all(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every link of every chain, chain by chain, oldest first; a batch in memory at a time."""
    query = sa.select(history).order_by(history.c.chain, history.c.seq)
    for row in connection.execute(query, execution_options={"yield_per": BATCH}).mappings():
        yield dict(row)


def passed_elements(connection: Connection, name: str) -> set[tuple[str, str]]:
    """(process, element) of every element the instance has been through and not gone back past."""
    query = (
        sa.select(history.c.kind, history.c.data)
        .where(history.c.chain == name, history.c.kind.in_((FLOW_PASSED, *WENT_BACK)))
        .order_by(history.c.seq)
    )
    passed: set[tuple[str, str]] = set()
    for kind, data in connection.execute(query):
        told = {(process, element) for process, element in data.get("elements", ())}
        passed = passed | told if kind == FLOW_PASSED else passed - told
    return passed
