"""Accounts, and the links that open them once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from engine.storage.account_tables import account, entry_link, session
from engine.storage.database import Connection
from engine.storage.tables import person, setting
from engine.storage.upsert import insert_into

COUNT_CAP = 999
DEMANDED = "access.second_factor"  # the setting: roles that need a second factor


def by_username(connection: Connection, username: str) -> Any | None:
    """An account, locked until the transaction ends."""
    query = select(account).where(account.c.username == username)
    return connection.execute(query.with_for_update()).one_or_none()


def by_id(connection: Connection, account_id: str) -> Any | None:
    """An account, locked until the transaction ends."""
    query = select(account).where(account.c.id == account_id)
    return connection.execute(query.with_for_update()).one_or_none()


def of_person(connection: Connection, person_id: str) -> list[Any]:
    """The accounts of a person that are not disabled."""
    query = select(account).where(account.c.person_id == person_id, account.c.disabled_at.is_(None))
    return list(connection.execute(query))


def people_as(connection: Connection, role: str) -> list[str]:
    """The people with an account of this role that is not disabled."""
    query = select(account.c.person_id, account.c.roles).where(account.c.disabled_at.is_(None))
    return [row.person_id for row in connection.execute(query) if role in row.roles]


def person_name(connection: Connection, person_id: str) -> str:
    """The name of a person, empty when unknown."""
    query = select(person.c.name).where(person.c.id == person_id)
    return connection.execute(query).scalar_one_or_none() or ""


def put(connection: Connection, values: Mapping[str, Any]) -> None:
    """Add an account; one with this username is left as it is."""
    connection.execute(insert_into(connection, account).values(**values).on_conflict_do_nothing())


def update(connection: Connection, account_id: str, values: Mapping[str, Any]) -> None:
    """Change an account."""
    connection.execute(account.update().where(account.c.id == account_id).values(**values))


def any_there(connection: Connection) -> bool:
    """Whether there is one account at all."""
    return connection.execute(select(account.c.id).limit(1)).first() is not None


def enabled(connection: Connection) -> list[Any]:
    """(id, roles) of every account that is not disabled, each locked until the transaction ends."""
    query = select(account.c.id, account.c.roles).where(account.c.disabled_at.is_(None))
    return list(connection.execute(query.order_by(account.c.id).with_for_update()))


def find(
    connection: Connection,
    now: datetime,
    *,
    search: str | None = None,
    account_id: str | None = None,
    page: int = 1,
    size: int = 1,
) -> tuple[list[Any], int, bool]:
    """A page of accounts by username with person's name, open sessions and when last signed in:
    (rows, how many there are, whether there are more than counted)."""
    query = select(account.c.id).join(person, person.c.id == account.c.person_id)
    if account_id is not None:
        query = query.where(account.c.id == account_id)
    if search:
        part = f"%{escaped(search)}%"
        query = query.where(
            or_(account.c.username.ilike(part, escape="\\"), person.c.name.ilike(part, escape="\\"))
        )
    capped = query.limit(COUNT_CAP + 1).subquery()
    total = connection.execute(select(func.count()).select_from(capped)).scalar_one()
    on_page = query.order_by(account.c.username).limit(size).offset((page - 1) * size)
    open_now = (session.c.ended_at.is_(None)) & (session.c.expires_at > now)
    shown = (
        select(
            account,
            person.c.name.label("person_name"),
            func.max(session.c.created_at).label("last_at"),
            func.count(session.c.id).filter(open_now).label("sessions"),
        )
        .join(person, person.c.id == account.c.person_id)
        .outerjoin(session, (session.c.account_id == account.c.id) & (session.c.stage == "open"))
        .where(account.c.id.in_(on_page))
        .group_by(account.c.id, person.c.name)
        .order_by(account.c.username)
    )
    rows = list(connection.execute(shown))
    return rows, min(total, COUNT_CAP), total > COUNT_CAP


def escaped(text: str) -> str:
    """Text to stand between the signs of a LIKE."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


# ---- the demand of a second factor ------------------------------------------------------------


def demanded(connection: Connection) -> frozenset[str]:
    """The roles that need a second factor."""
    value = connection.execute(
        select(setting.c.value).where(setting.c.name == DEMANDED)
    ).scalar_one_or_none()
    return frozenset(value or ())


def demand(connection: Connection, roles: list[str], at: datetime, by: str) -> None:
    """From now on these roles need one."""
    values = {"value": roles, "changed_at": at, "changed_by": by}
    statement = insert_into(connection, setting).values(name=DEMANDED, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))


# ---- links ------------------------------------------------------------------------------------


def add_link(connection: Connection, values: Mapping[str, Any]) -> None:
    """One more link; those before it for the same account are worth nothing now."""
    void_links(connection, values["account_id"], values["created_at"])
    connection.execute(entry_link.insert().values(**values))


def void_links(connection: Connection, account_id: str, at: datetime) -> None:
    """The links of an account not used so far are used up."""
    connection.execute(
        entry_link.update()
        .where(entry_link.c.account_id == account_id, entry_link.c.used_at.is_(None))
        .values(used_at=at)
    )


def link_account(connection: Connection, token_hash: str, now: datetime) -> Any | None:
    """The account of a link that is still good."""
    query = (
        select(account)
        .join(entry_link, entry_link.c.account_id == account.c.id)
        .where(
            entry_link.c.token_hash == token_hash,
            entry_link.c.used_at.is_(None),
            entry_link.c.expires_at > now,
            account.c.disabled_at.is_(None),
        )
    )
    return connection.execute(query).one_or_none()


def use_link(connection: Connection, token_hash: str, at: datetime) -> bool:
    """Use a link up; False when somebody did so before, or it has expired."""
    statement = (
        entry_link.update()
        .where(
            entry_link.c.token_hash == token_hash,
            entry_link.c.used_at.is_(None),
            entry_link.c.expires_at > at,
        )
        .values(used_at=at)
    )
    return connection.execute(statement).rowcount == 1


def forget_links(connection: Connection, before: datetime) -> int:
    """Delete links that were used or ran out before a moment; how many."""
    over = or_(entry_link.c.used_at < before, entry_link.c.expires_at < before)
    return connection.execute(entry_link.delete().where(over)).rowcount
