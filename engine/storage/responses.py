"""Facts, responses and kept messages of instances: small writes of a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.storage import prepared
from engine.storage.database import Connection
from engine.storage.tables import fact, message, response

MOST_IDS = 500  # in one statement


def add_facts(connection: Connection, facts: Sequence[Mapping[str, Any]]) -> None:
    """What was entered; never changed afterwards."""
    prepared.insert(connection, fact, facts)


def facts(connection: Connection, instance_id: str) -> list[Any]:
    """Everything entered in an instance, oldest first."""
    query = select(fact).where(fact.c.instance_id == instance_id).order_by(fact.c.id)
    return list(connection.execute(query))


def add_responses(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """How asked parties answered, or that the time ran out."""
    if rows:
        connection.execute(response.insert(), [dict(each) for each in rows])


def remove(connection: Connection, instance_id: str, task_ids: Sequence[str]) -> None:
    """The steps at which parties answered were taken back: the answers stand no more. That they
    were given stays in the history and in the facts."""
    for start in range(0, len(task_ids), MOST_IDS):
        some = list(task_ids[start : start + MOST_IDS])
        connection.execute(
            response.delete().where(
                response.c.instance_id == instance_id, response.c.task_id.in_(some)
            )
        )


def responses(connection: Connection, instance_id: str) -> list[Any]:
    """The responses of an instance, oldest first."""
    query = (
        select(response)
        .where(response.c.instance_id == instance_id)
        .order_by(response.c.recorded_at)
    )
    return list(connection.execute(query))


def keep_message(connection: Connection, values: Mapping[str, Any]) -> None:
    """A message that came before the instance waits for it."""
    connection.execute(message.insert().values(**values))


def undelivered(connection: Connection, instance_id: str) -> list[Any]:
    """Messages kept for an instance, oldest first."""
    query = (
        select(message)
        .where(message.c.instance_id == instance_id, message.c.delivered_at.is_(None))
        .order_by(message.c.received_at, message.c.id)
    )
    return list(connection.execute(query))


def delivered(connection: Connection, message_id: str, at: datetime) -> None:
    """A kept message reached its instance."""
    connection.execute(message.update().where(message.c.id == message_id).values(delivered_at=at))
