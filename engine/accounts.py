"""Signing in, sessions on the server, API tokens. All on system time.

Only SHA-256 of a session's or token's secret is stored. Five failures lock an account for fifteen
minutes; the sentence is the same for an unknown user and a wrong password.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from engine import directory
from engine.errors import NotFound, NotSignedIn, SignInRefused
from engine.history import record_system
from engine.model import Actor
from engine.storage import accounts as rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

FAILURES_BEFORE_LOCK = 5
LOCK = timedelta(minutes=15)
TOUCH_EVERY = timedelta(minutes=1)
TOKEN_PREFIX = "gc_"
SCOPES = ("read", "write")
ROLES = {
    "staff": "工作人员",
    "designer": "流程设计人员",
    "manager": "流程管理者",
    "system_admin": "系统管理员",
    "security_admin": "安全保密管理员",
    "audit_admin": "安全审计员",
}
EXCLUSIVE = frozenset({"designer", "system_admin", "security_admin", "audit_admin"})


@lru_cache(maxsize=2)
def _hasher(demo: bool) -> PasswordHasher:
    """argon2id; for a demo and tests with little memory, so that a start takes no minute."""
    return (
        PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1) if demo else PasswordHasher()
    )


@lru_cache(maxsize=2)
def _dummy_hash(demo: bool) -> str:
    return _hasher(demo).hash("nobody's password")


def add(
    engine: Engine,
    username: str,
    person_id: str,
    password: str,
    roles: Iterable[str],
    *,
    is_demo: bool = False,
) -> None:
    """Make an account; one with this username is left alone. The three administrators, designers
    and staff exclude each other (三员分离)."""
    chosen = sorted(set(roles))
    if not chosen or any(role not in ROLES for role in chosen):
        raise ValueError(f"unknown roles for {username!r}: {chosen}")
    if len(chosen) > 1 and EXCLUSIVE & set(chosen):
        raise ValueError(f"roles of {username!r} exclude each other: {chosen}")
    with engine.database.write() as connection:
        rows.put(
            connection,
            {
                "id": uuid4().hex,
                "username": username,
                "person_id": person_id,
                "password_hash": _hasher(engine.settings.demo).hash(password),
                "roles": chosen,
                "is_demo": is_demo,
                "failures": 0,
            },
        )


def sign_in(engine: Engine, username: str, password: str) -> str:
    """Open a session and return its secret. SignInRefused says why not, but not too much."""
    now = engine.system_clock.now()
    with engine.database.write() as connection:
        found = rows.by_username(connection, username[:64])
        refusal = _refusal(engine, connection, found, username, password)
        if refusal is None:
            assert found is not None
            token = secrets.token_urlsafe(32)
            rows.update(connection, found.id, {"failures": 0, "locked_until": None})
            rows.add_session(
                connection,
                {
                    "token_hash": _digest(token),
                    "account_id": found.id,
                    "created_at": now,
                    "seen_at": now,
                    "expires_at": now + timedelta(hours=engine.settings.session_hours),
                },
            )
            _note(engine, connection, "account.signed_in", found, username)
    if refusal is not None:  # raised outside: the failure must be counted, not rolled back
        raise refusal
    return token


def _refusal(
    engine: Engine, connection: Connection, found: Any | None, username: str, password: str
) -> SignInRefused | None:
    now, demo = engine.system_clock.now(), engine.settings.demo
    if found is None or found.disabled_at is not None:
        _verify(demo, _dummy_hash(demo), password)
        _note(engine, connection, "account.refused", None, username)
        return SignInRefused()
    if found.locked_until is not None and now < found.locked_until:
        minutes = int((found.locked_until - now).total_seconds() // 60) + 1
        return SignInRefused(f"连续输错次数过多，账号暂时锁定。请{minutes}分钟后再试。")
    if _verify(demo, found.password_hash, password):
        return None
    failures = found.failures + 1
    locked = failures >= FAILURES_BEFORE_LOCK
    rows.update(
        connection,
        found.id,
        {"failures": 0 if locked else failures, "locked_until": now + LOCK if locked else None},
    )
    _note(engine, connection, "account.locked" if locked else "account.refused", found, username)
    return SignInRefused()


def _verify(demo: bool, hashed: str, password: str) -> bool:
    try:
        return _hasher(demo).verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _note(
    engine: Engine, connection: Connection, kind: str, found: Any | None, username: str
) -> None:
    record_system(
        connection,
        at=engine.clock.now(),
        kind=kind,
        actor_id=found.person_id if found is not None else None,
        data={"username": username[:64]},
    )


def actor_of_session(engine: Engine, token: str | None) -> Actor:
    """Who a session belongs to. NotSignedIn when it is unknown, ended, idle too long or too old."""
    if not token:
        raise NotSignedIn
    now = engine.system_clock.now()
    with engine.database.read() as connection:
        found = rows.session_account(connection, _digest(token))
        if found is None or found.disabled_at is not None:
            raise NotSignedIn
        idle = timedelta(minutes=engine.settings.session_idle_minutes)
        if now >= found.expires_at or now - found.seen_at >= idle:
            raise NotSignedIn
        actor = _actor(engine, connection, found)
    if now - found.seen_at >= TOUCH_EVERY:
        with engine.database.write() as connection:
            rows.touch_session(connection, found.token_hash, now)
    return actor


def sign_out(engine: Engine, token: str) -> None:
    """End one session."""
    with engine.database.write() as connection:
        rows.end_session(connection, _digest(token), engine.system_clock.now())


def disable(engine: Engine, username: str) -> None:
    """Close an account: its sessions and tokens stop at once."""
    now = engine.system_clock.now()
    with engine.database.write() as connection:
        found = rows.by_username(connection, username)
        if found is None:
            raise NotFound(f"没有账号“{username}”。")
        rows.update(connection, found.id, {"disabled_at": now})
        rows.end_sessions(connection, found.id, now)


def issue_token(
    engine: Engine, username: str, *, scope: Iterable[str] = SCOPES, days: int = 30
) -> str:
    """Issue an API token for an account; shown once, stored only as a hash."""
    now = engine.system_clock.now()
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    with engine.database.write() as connection:
        found = rows.by_username(connection, username)
        if found is None:
            raise NotFound(f"没有账号“{username}”。")
        rows.add_token(
            connection,
            {
                "id": uuid4().hex,
                "token_hash": _digest(token),
                "account_id": found.id,
                "scope": sorted(set(scope)),
                "created_at": now,
                "expires_at": now + timedelta(days=days),
            },
        )
    return token


def actor_of_token(engine: Engine, token: str) -> tuple[Actor, frozenset[str]]:
    """Who a token speaks for, and its scopes. NotSignedIn when it is not good (any more)."""
    now = engine.system_clock.now()
    with engine.database.read() as connection:
        found = rows.token_account(connection, _digest(token))
        if found is None or found.disabled_at is not None:
            raise NotSignedIn("令牌无效。请重新申请。")
        if found.revoked_at is not None or now >= found.expires_at:
            raise NotSignedIn("令牌已过期或已撤回。请重新申请。")
        return _actor(engine, connection, found), frozenset(found.scope)


def revoke_token(engine: Engine, token: str) -> None:
    """Take a token back."""
    with engine.database.write() as connection:
        if not rows.revoke_token(connection, _digest(token), engine.system_clock.now()):
            raise NotFound


def actor_named(engine: Engine, username: str) -> Actor:
    """The person behind a username, for the command line and plays."""
    with engine.database.read() as connection:
        found = rows.by_username(connection, username)
        if found is None:
            raise NotFound(f"没有账号“{username}”。")
        return _actor(engine, connection, found)


def _actor(engine: Engine, connection: Connection, found: Any) -> Actor:
    office = directory.snapshot(engine, connection)
    now = engine.clock.now()
    held = office.memberships_of(found.person_id, now)
    return Actor(
        account_id=found.account_id if hasattr(found, "account_id") else found.id,
        person_id=found.person_id,
        name=office.person_name(found.person_id),
        username=found.username,
        roles=frozenset(found.roles),
        groups=office.groups_of(found.person_id, now),
        posts=frozenset((row.post, row.org) for row in held),
        orgs=frozenset(row.org for row in held),
        title=office.title_of(found.person_id, now) or "、".join(ROLES[r] for r in found.roles),
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
