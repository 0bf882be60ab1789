"""Sessions, and tokens of the API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, tuple_

from engine.storage.account_tables import account, api_token, session
from engine.storage.accounts import COUNT_CAP
from engine.storage.database import Connection

OPEN = "open"


def add(connection: Connection, values: Mapping[str, Any]) -> None:
    """Open a session."""
    connection.execute(session.insert().values(**values))


def with_account(connection: Connection, token_hash: str, stages: tuple[str, ...]) -> Any | None:
    """A session that has not ended, in one of these stages, with its account, in one statement."""
    query = (
        select(
            session.c.token_hash,
            session.c.id.label("session_id"),
            session.c.stage,
            session.c.device,
            session.c.address,
            session.c.seen_at,
            session.c.expires_at,
            account.c.id.label("account_id"),
            *(column for column in account.c if column.name != "id"),
        )
        .join(account, account.c.id == session.c.account_id)
        .where(
            session.c.token_hash == token_hash,
            session.c.ended_at.is_(None),
            session.c.stage.in_(stages),
        )
    )
    return connection.execute(query).one_or_none()


def touch(connection: Connection, token_hash: str, at: datetime) -> None:
    """The session was used."""
    connection.execute(
        session.update().where(session.c.token_hash == token_hash).values(seen_at=at)
    )


def end(connection: Connection, token_hash: str, at: datetime) -> bool:
    """Close one session; False when it is closed already."""
    return _ended(connection, session.c.token_hash == token_hash, at) == 1


def end_one(connection: Connection, account_id: str, session_id: str, at: datetime) -> bool:
    """Close one session of this account; False when the account has none such."""
    mine = (session.c.id == session_id) & (session.c.account_id == account_id)
    return _ended(connection, mine, at) == 1


def end_all(
    connection: Connection, account_id: str, at: datetime, *, but: str | None = None
) -> int:
    """Close every session of an account but one (its token's hash); how many were open."""
    condition = session.c.account_id == account_id
    if but is not None:
        condition &= session.c.token_hash != but
    return _ended(connection, condition, at)


def _ended(connection: Connection, condition: Any, at: datetime) -> int:
    statement = session.update().where(condition, session.c.ended_at.is_(None)).values(ended_at=at)
    return connection.execute(statement).rowcount


def forget(connection: Connection, before: datetime) -> int:
    """Delete sessions that ended or ran out before a moment, but the newest of each account, which
    tells when it was last used; how many."""
    newer = session.alias("newer")
    another = (
        select(newer.c.id)
        .where(newer.c.account_id == session.c.account_id, newer.c.stage == OPEN)
        .where(tuple_(newer.c.created_at, newer.c.id) > tuple_(session.c.created_at, session.c.id))
        .exists()
    )
    over = or_(session.c.ended_at < before, session.c.expires_at < before)
    needless = or_(session.c.stage != OPEN, another)
    return connection.execute(session.delete().where(over, needless)).rowcount


def in_force(
    connection: Connection, now: datetime, idle_since: datetime, account_id: str | None = None
) -> list[Any]:
    """Open sessions with username and person, the latest seen first; of one account or of all."""
    query = (
        select(session, account.c.username, account.c.person_id)
        .join(account, account.c.id == session.c.account_id)
        .where(
            session.c.stage == OPEN,
            session.c.ended_at.is_(None),
            session.c.expires_at > now,
            session.c.seen_at > idle_since,
        )
        .order_by(session.c.seen_at.desc(), session.c.id)
        .limit(COUNT_CAP)
    )
    if account_id is not None:
        query = query.where(session.c.account_id == account_id)
    return list(connection.execute(query))


def account_of(connection: Connection, session_id: str) -> str | None:
    """Whose session it is."""
    found: str | None = connection.execute(
        select(session.c.account_id).where(session.c.id == session_id)
    ).scalar_one_or_none()
    return found


# ---- tokens -----------------------------------------------------------------------------------


def add_token(connection: Connection, values: Mapping[str, Any]) -> None:
    """Issue an API token."""
    connection.execute(api_token.insert().values(**values))


def token_account(connection: Connection, token_hash: str) -> Any | None:
    """A token with its account, in one statement."""
    query = (
        select(
            api_token.c.id.label("token_id"),
            api_token.c.scope,
            api_token.c.used_at,
            api_token.c.expires_at,
            api_token.c.revoked_at,
            account.c.id.label("account_id"),
            *(column for column in account.c if column.name != "id"),
        )
        .join(account, account.c.id == api_token.c.account_id)
        .where(api_token.c.token_hash == token_hash)
    )
    return connection.execute(query).one_or_none()


def touch_token(connection: Connection, token_id: str, at: datetime) -> None:
    """The token was used."""
    connection.execute(api_token.update().where(api_token.c.id == token_id).values(used_at=at))


def tokens(connection: Connection, *, page: int, size: int) -> tuple[list[Any], int, bool]:
    """A page of tokens with username and person, the newest first: (rows, total, capped)."""
    capped = select(api_token.c.id).limit(COUNT_CAP + 1).subquery()
    total = connection.execute(select(func.count()).select_from(capped)).scalar_one()
    query = (
        select(api_token, account.c.username, account.c.person_id)
        .join(account, account.c.id == api_token.c.account_id)
        .order_by(api_token.c.created_at.desc(), api_token.c.id)
        .limit(size)
        .offset((page - 1) * size)
    )
    return list(connection.execute(query)), min(total, COUNT_CAP), total > COUNT_CAP


def token_by_id(connection: Connection, token_id: str) -> Any | None:
    """A token with the username of its account."""
    query = (
        select(api_token, account.c.username)
        .join(account, account.c.id == api_token.c.account_id)
        .where(api_token.c.id == token_id)
    )
    return connection.execute(query).one_or_none()


def revoke_token(connection: Connection, token_hash: str, at: datetime) -> bool:
    """Take back a token; False when it is unknown or already taken back."""
    return _revoked(connection, api_token.c.token_hash == token_hash, at) == 1


def revoke_tokens(connection: Connection, account_id: str, at: datetime) -> int:
    """Take back every token of an account; how many were good."""
    return _revoked(connection, api_token.c.account_id == account_id, at)


def _revoked(connection: Connection, condition: Any, at: datetime) -> int:
    statement = (
        api_token.update().where(condition, api_token.c.revoked_at.is_(None)).values(revoked_at=at)
    )
    return connection.execute(statement).rowcount
