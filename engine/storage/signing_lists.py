"""Lists of what was signed in somebody's place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, true

from engine.duties import SUBSTITUTION
from engine.model import Actor
from engine.storage.database import Connection
from engine.storage.tables import signing_list, substitution

_rows = select(
    signing_list,
    substitution.c.kind,
    substitution.c.number,
    substitution.c.principal_id,
    substitution.c.substitute_id,
    substitution.c.field,
    substitution.c.evidence,
).select_from(signing_list.join(substitution, substitution.c.id == signing_list.c.substitution_id))


def may_see(actor: Actor) -> Any:
    """Whoever's place it was, who signed, and the registrars."""
    return true() if SUBSTITUTION.allows(actor) else concerns(actor)


def concerns(actor: Actor) -> Any:
    """In whose place it was, or who signed."""
    return or_(
        substitution.c.principal_id == actor.person_id,
        substitution.c.substitute_id == actor.person_id,
    )


def covered_until(connection: Connection) -> dict[str, datetime]:
    """Substitution → up to when there are lists."""
    latest = func.max(signing_list.c.until, type_=signing_list.c.until.type)
    query = select(signing_list.c.substitution_id, latest).group_by(signing_list.c.substitution_id)
    return {row.substitution_id: row[1] for row in connection.execute(query)}


def insert(connection: Connection, values: Mapping[str, Any]) -> None:
    """A new list."""
    connection.execute(signing_list.insert(), dict(values))


def get(connection: Connection, list_id: str, actor: Actor) -> Any | None:
    """One list, if this person may see it."""
    return connection.execute(_rows.where(signing_list.c.id == list_id, may_see(actor))).first()


def find(connection: Connection, actor: Actor, *, limit: int, mine: bool) -> list[Any]:
    """The lists a person may see, or those that concern him, the newest first."""
    condition = concerns(actor) if mine else may_see(actor)
    order = (signing_list.c.made_at.desc(), signing_list.c.id)
    return list(connection.execute(_rows.where(condition).order_by(*order).limit(limit)))


def unread_of(connection: Connection, person_id: str) -> list[Any]:
    """The lists a person who was away has not yet noted."""
    query = _rows.where(
        substitution.c.principal_id == person_id, signing_list.c.read_at.is_(None)
    ).order_by(signing_list.c.made_at)
    return list(connection.execute(query))


def mark_read(connection: Connection, list_id: str, person_id: str, at: datetime) -> bool:
    """Note that whoever was away has read it; False when it is not his or already noted."""
    his = select(substitution.c.id).where(substitution.c.principal_id == person_id)
    statement = (
        signing_list.update()
        .where(
            signing_list.c.id == list_id,
            signing_list.c.read_at.is_(None),
            signing_list.c.substitution_id.in_(his),
        )
        .values(read_at=at)
    )
    return connection.execute(statement).rowcount == 1
