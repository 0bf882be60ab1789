"""Factories for rows that trust and record tests need without running a diagram."""

from __future__ import annotations

import sqlalchemy as sa

from engine.clock import parse_moment
from engine.history import GENESIS, Entry, Head, append
from engine.model import Actor
from engine.startup import Engine
from engine.storage import tables

START = parse_moment("2026-02-11T10:00:00+08:00")


def add_instance(
    engine: Engine, instance_id: str, *, started_by: str = "p_starter", links: int = 0
) -> Head:
    """A running instance with a history of `links` entries; returns its head."""
    with engine.database.write() as connection:
        known = sa.select(tables.process_definition.c.id).where(
            tables.process_definition.c.id == "made-by-hand"
        )
        if connection.execute(known).first() is None:
            connection.execute(sa.insert(tables.process_definition), definition())
        entries = [
            Entry("item.completed", START, "p_starter", element_name=f"第{number}步", data={"n": 1})
            for number in range(1, links + 1)
        ]
        connection.execute(sa.insert(tables.process_instance), instance(instance_id, started_by))
        head = append(connection, instance_id, GENESIS, entries)
        set_head(connection, instance_id, head)
        return head


def set_head(connection: sa.Connection, instance_id: str, head: Head) -> None:
    """Record where an instance's chain ends."""
    own = tables.process_instance.c.id == instance_id
    connection.execute(
        sa.update(tables.process_instance)
        .where(own)
        .values(history_seq=head.seq, history_hash=head.hash)
    )


def definition() -> dict[str, object]:
    return {
        "id": "made-by-hand",
        "key": "made_by_hand",
        "version": 1,
        "name": "手工",
        "origin": "file",
        "content_hash": "0" * 64,
        "deployed_at": START,
        "is_current": True,
    }


def instance(instance_id: str, started_by: str) -> dict[str, object]:
    return {
        "id": instance_id,
        "definition_id": "made-by-hand",
        "key": "made_by_hand",
        "version": 1,
        "state": "running",
        "title": "关于某事的请示",
        "started_by": started_by,
        "started_at": START,
        "history_seq": 0,
        "history_hash": GENESIS.hash,
    }


def add_work_item(
    engine: Engine,
    instance_id: str,
    *,
    assignee: str | None = None,
    group: str | None = None,
    done_by: str | None = None,
    acted_for: str | None = None,
) -> None:
    """A user task of an instance, open unless somebody did it."""
    with engine.database.write() as connection:
        connection.execute(
            sa.insert(tables.work_item),
            {
                "id": f"w-{instance_id}-{assignee}-{group}-{done_by}",
                "instance_id": instance_id,
                "task_id": "t1",
                "element_id": "t_register",
                "element_name": "登记",
                "process_key": "made_by_hand",
                "position": 0,
                "policy": "all",
                "state": "done" if done_by else "open",
                "version": 1,
                "signature_form": "self",
                "assignee_id": assignee,
                "group_code": group,
                "done_by": done_by,
                "acted_for_id": acted_for,
            },
        )


def person(person_id: str, *, groups: tuple[str, ...] = (), manager: bool = False) -> Actor:
    """Somebody who acts, without rows in the directory."""
    return Actor(
        account_id=f"account-{person_id}",
        person_id=person_id,
        name=person_id,
        username=person_id,
        roles=frozenset({"staff", "manager"} if manager else {"staff"}),
        groups=frozenset(groups),
    )
