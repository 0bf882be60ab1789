"""Changes of the office that wait for their day, and the accounts of who leaves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.storage.database import Connection
from engine.storage.tables import account, office_change, session


def insert(connection: Connection, values: Mapping[str, Any]) -> None:
    """Keep a change for its day."""
    connection.execute(office_change.insert().values(**values))


def get(connection: Connection, change_id: str) -> Any | None:
    """One change."""
    query = select(office_change).where(office_change.c.id == change_id)
    return connection.execute(query).one_or_none()


def close(connection: Connection, change_id: str, state: str) -> bool:
    """It was done or taken back; False when that had happened before."""
    statement = (
        office_change.update()
        .where(office_change.c.id == change_id, office_change.c.state == "planned")
        .values(state=state)
    )
    return connection.execute(statement).rowcount == 1


def planned(connection: Connection, subject: str | None) -> list[Any]:
    """What waits for its day, the next first."""
    query = select(office_change).where(office_change.c.state == "planned")
    if subject is not None:
        query = query.where(office_change.c.subject == subject)
    order = (office_change.c.effective_at, office_change.c.made_at)
    return list(connection.execute(query.order_by(*order)))


def account_names(connection: Connection, person_id: str) -> list[str]:
    """User names of the accounts of a person that are open."""
    query = select(account.c.username).where(
        account.c.person_id == person_id, account.c.disabled_at.is_(None)
    )
    return list(connection.execute(query.order_by(account.c.username)).scalars())


def people_with_accounts(connection: Connection) -> frozenset[str]:
    """Ids of the people who have an account that is open."""
    query = select(account.c.person_id).where(account.c.disabled_at.is_(None))
    return frozenset(connection.execute(query).scalars())


def close_accounts(connection: Connection, person_id: str, at: datetime) -> None:
    """End every session of a person and close the accounts; tokens stop with them."""
    own = select(account.c.id).where(account.c.person_id == person_id)
    connection.execute(
        session.update()
        .where(session.c.account_id.in_(own), session.c.ended_at.is_(None))
        .values(ended_at=at)
    )
    connection.execute(
        account.update()
        .where(account.c.person_id == person_id, account.c.disabled_at.is_(None))
        .values(disabled_at=at)
    )
