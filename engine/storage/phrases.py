"""Phrases of people, in the order each has given them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from engine.storage.account_tables import phrase
from engine.storage.database import Connection


def of(connection: Connection, person_id: str) -> list[Any]:
    """The phrases of a person, in order."""
    query = select(phrase).where(phrase.c.person_id == person_id)
    return list(connection.execute(query.order_by(phrase.c.position, phrase.c.id)))


def add(connection: Connection, values: Mapping[str, Any]) -> None:
    """One more."""
    connection.execute(phrase.insert().values(**values))


def update(
    connection: Connection, person_id: str, phrase_id: str, values: Mapping[str, Any]
) -> bool:
    """Change one of this person's; False when the person has none such."""
    mine = (phrase.c.id == phrase_id) & (phrase.c.person_id == person_id)
    return connection.execute(phrase.update().where(mine).values(**values)).rowcount == 1


def delete(connection: Connection, person_id: str, phrase_id: str) -> bool:
    """Take one of this person's away; False when the person has none such."""
    mine = (phrase.c.id == phrase_id) & (phrase.c.person_id == person_id)
    return connection.execute(phrase.delete().where(mine)).rowcount == 1
