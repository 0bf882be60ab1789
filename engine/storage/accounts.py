"""Accounts, sessions and tokens."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.storage.database import Connection
from engine.storage.tables import account, api_token, session
from engine.storage.upsert import insert_into


def by_username(connection: Connection, username: str) -> Any | None:
    """An account, locked until the transaction ends."""
    query = select(account).where(account.c.username == username)
    return connection.execute(query.with_for_update()).one_or_none()


def put(connection: Connection, values: Mapping[str, Any]) -> None:
    """Add an account; one with this username is left as it is."""
    connection.execute(insert_into(connection, account).values(**values).on_conflict_do_nothing())


def update(connection: Connection, account_id: str, values: Mapping[str, Any]) -> None:
    """Change an account."""
    connection.execute(account.update().where(account.c.id == account_id).values(**values))


def listing(connection: Connection) -> list[Any]:
    """Every account, by username."""
    return list(connection.execute(select(account).order_by(account.c.username)))


def add_session(connection: Connection, values: Mapping[str, Any]) -> None:
    """Open a session."""
    connection.execute(session.insert().values(**values))


def session_account(connection: Connection, token_hash: str) -> Any | None:
    """An open session with its account, in one statement."""
    query = (
        select(session, account)
        .join(account, account.c.id == session.c.account_id)
        .where(session.c.token_hash == token_hash, session.c.ended_at.is_(None))
    )
    return connection.execute(query).one_or_none()


def touch_session(connection: Connection, token_hash: str, at: datetime) -> None:
    """The session was used."""
    connection.execute(
        session.update().where(session.c.token_hash == token_hash).values(seen_at=at)
    )


def end_session(connection: Connection, token_hash: str, at: datetime) -> None:
    """Close one session."""
    connection.execute(
        session.update()
        .where(session.c.token_hash == token_hash, session.c.ended_at.is_(None))
        .values(ended_at=at)
    )


def end_sessions(connection: Connection, account_id: str, at: datetime) -> None:
    """Close every session of an account."""
    connection.execute(
        session.update()
        .where(session.c.account_id == account_id, session.c.ended_at.is_(None))
        .values(ended_at=at)
    )


def add_token(connection: Connection, values: Mapping[str, Any]) -> None:
    """Issue an API token."""
    connection.execute(api_token.insert().values(**values))


def token_account(connection: Connection, token_hash: str) -> Any | None:
    """A token with its account, in one statement."""
    query = (
        select(api_token, account)
        .join(account, account.c.id == api_token.c.account_id)
        .where(api_token.c.token_hash == token_hash)
    )
    return connection.execute(query).one_or_none()


def revoke_token(connection: Connection, token_hash: str, at: datetime) -> bool:
    """Take back a token; False when it is unknown or already taken back."""
    statement = (
        api_token.update()
        .where(api_token.c.token_hash == token_hash, api_token.c.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    return connection.execute(statement).rowcount == 1
