"""Phrases of people and of units, each list in its own order."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import and_, or_, select

from engine.storage.account_tables import phrase
from engine.storage.database import Connection


def of(connection: Connection, person_id: str, orgs: Collection[str] = ()) -> list[Any]:
    """The phrases of a person, in order, and behind them those of these units."""
    own = and_(phrase.c.person_id == person_id, phrase.c.org.is_(None))
    query = select(phrase).where(or_(own, phrase.c.org.in_(sorted(orgs))))
    order = (phrase.c.org.is_not(None), phrase.c.org, phrase.c.position, phrase.c.id)
    return list(connection.execute(query.order_by(*order)))


def add(connection: Connection, values: Mapping[str, Any]) -> None:
    """One more."""
    connection.execute(phrase.insert().values(**values))


def update(connection: Connection, phrase_id: str, values: Mapping[str, Any]) -> None:
    """Change one."""
    connection.execute(phrase.update().where(phrase.c.id == phrase_id).values(**values))


def delete(connection: Connection, phrase_id: str) -> None:
    """Take one away."""
    connection.execute(phrase.delete().where(phrase.c.id == phrase_id))
