"""Tokens of the API: issued for an account, with a scope and an end; only their hash is kept."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from engine import directory
from engine.errors import Invalid, NotFound, NotSignedIn
from engine.identity.actors import account_named, actor_of
from engine.identity.noting import digest, note
from engine.ids import new_id
from engine.model import Actor, Page
from engine.storage import sessions as rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

TOKEN_PREFIX = "gc_"
SCOPES = ("read", "write")
SCOPE_WORDS = {"read": "读取", "write": "提交"}
TOUCH_EVERY = timedelta(minutes=1)
LONGEST_DAYS = 365


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token as the security administrator sees it; never the token itself."""

    id: str
    username: str
    owner: str
    name: str
    scope: tuple[str, ...]
    created: datetime
    used: datetime | None
    expires: datetime
    revoked: datetime | None
    good: bool


def issue_token(
    engine: Engine, username: str, *, scope: Iterable[str] = SCOPES, days: int = 30
) -> str:
    """Issue a token at the server's own command line; shown once."""
    with engine.database.write() as connection:
        found = account_named(connection, username)
        return issued(engine, connection, found, scope, days, "命令行签发", None)


def issued(
    engine: Engine,
    connection: Connection,
    found: Any,
    scope: Iterable[str],
    days: int,
    name: str,
    by: str | None,
) -> str:
    """Store a new token of an account and return it."""
    chosen = sorted(set(scope))
    if not chosen or set(chosen) - set(SCOPES):
        raise Invalid(message="请选择令牌可以做什么：读取、提交，至少一项。")
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid(message=f"令牌的有效期应在1到{LONGEST_DAYS}天之间。")
    now = engine.system_clock.now()
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    rows.add_token(
        connection,
        {
            "id": new_id(),
            "token_hash": digest(token),
            "account_id": found.id,
            "name": name,
            "scope": chosen,
            "created_at": now,
            "expires_at": now + timedelta(days=days),
        },
    )
    words = "、".join(SCOPE_WORDS[each] for each in chosen)
    told = {"username": found.username, "scope": words, "until": (now + timedelta(days=days))}
    note(engine, connection, "token.issued", by, purpose=name, **told)
    return token


def actor_of_token(engine: Engine, token: str) -> tuple[Actor, frozenset[str]]:
    """Who a token speaks for, and its scopes. NotSignedIn when it is not good (any more)."""
    now = engine.system_clock.now()
    with engine.database.read() as connection:
        found = rows.token_account(connection, digest(token))
        if found is None or found.disabled_at is not None:
            raise NotSignedIn("令牌无效。请重新申请。")
        if found.revoked_at is not None or now >= found.expires_at:
            raise NotSignedIn("令牌已过期或已撤回。请重新申请。")
        actor = actor_of(engine, connection, found)
    if found.used_at is None or now - found.used_at >= TOUCH_EVERY:
        with engine.database.write() as connection:
            rows.touch_token(connection, found.token_id, now)
    return actor, frozenset(found.scope)


def revoke_token(engine: Engine, token: str) -> None:
    """Its holder gives a token back."""
    with engine.database.write() as connection:
        if not rows.revoke_token(connection, digest(token), engine.system_clock.now()):
            raise NotFound


def listed(engine: Engine, connection: Connection, page: int, size: int) -> Page[TokenRow]:
    """A page of all tokens, the newest first."""
    office, now = directory.snapshot(engine, connection), engine.system_clock.now()
    found, total, capped = rows.tokens(connection, page=page, size=size)
    shown = tuple(
        TokenRow(
            id=row.id,
            username=row.username,
            owner=office.person_name(row.person_id),
            name=row.name or "——",
            scope=tuple(row.scope),
            created=row.created_at,
            used=row.used_at,
            expires=row.expires_at,
            revoked=row.revoked_at,
            good=row.revoked_at is None and now < row.expires_at,
        )
        for row in found
    )
    return Page(shown, total, page, size, capped)
