"""Sessions live on the server; a browser holds only their secret. All on system time.

A session on the way in (a code, a new password or an enrolment is still asked) opens no page but
the next step; every step ends it and begins the next with a new secret (no fixation).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from engine import directory
from engine.errors import NotSignedIn
from engine.identity.actors import actor_of
from engine.identity.noting import digest
from engine.ids import new_id
from engine.model import Actor
from engine.storage import sessions as rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

TOUCH_EVERY = timedelta(minutes=1)
HALF_WAY = timedelta(minutes=10)  # to give the code or the new password
OPEN = "open"
STEPS = ("code", "password", "enrol")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A secret for the browser. stage: open; code, password, enrol: what is still asked."""

    secret: str
    stage: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody sits: the device in words, the address."""

    device: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """An open session. current: it is the one that asks."""

    id: str
    account_id: str
    username: str
    name: str
    device: str
    address: str
    since: datetime
    seen: datetime
    current: bool = False


def begin(
    engine: Engine, connection: Connection, account_id: str, stage: str, place: Place
) -> SignedIn:
    """Open a session, or one on the way in."""
    now = engine.system_clock.now()
    whole = timedelta(hours=engine.settings.session_hours)
    secret = secrets.token_urlsafe(32)
    rows.add(
        connection,
        {
            "token_hash": digest(secret),
            "id": new_id(),
            "account_id": account_id,
            "stage": stage,
            "device": (place.device or "")[:100] or None,
            "address": (place.address or "")[:64] or None,
            "created_at": now,
            "seen_at": now,
            "expires_at": now + (whole if stage == OPEN else HALF_WAY),
        },
    )
    return SignedIn(secret, stage)


def half_way(engine: Engine, connection: Connection, secret: str | None, *stages: str) -> Any:
    """A session on the way in, with its account. NotSignedIn when there is none (any more)."""
    found = rows.with_account(connection, digest(secret), stages or STEPS) if secret else None
    if (
        found is None
        or found.disabled_at is not None
        or engine.system_clock.now() >= found.expires_at
    ):
        raise NotSignedIn("登录没有完成，已经超时。请重新登录。")
    return found


def actor_of_session(engine: Engine, token: str | None) -> Actor:
    """Who a session belongs to. NotSignedIn when it is unknown, ended, idle too long or too old."""
    if not token:
        raise NotSignedIn
    now = engine.system_clock.now()
    with engine.database.read() as connection:
        found = rows.with_account(connection, digest(token), (OPEN,))
        if found is None or found.disabled_at is not None:
            raise NotSignedIn
        if now >= found.expires_at or found.seen_at <= _idle_since(engine):
            raise NotSignedIn
        actor = actor_of(engine, connection, found)
    if now - found.seen_at >= TOUCH_EVERY:
        with engine.database.write() as connection:
            rows.touch(connection, found.token_hash, now)
    return actor


def sign_out(engine: Engine, token: str) -> None:
    """End one session."""
    with engine.database.write() as connection:
        rows.end(connection, digest(token), engine.system_clock.now())


def listed(
    engine: Engine, connection: Connection, account_id: str | None = None, token: str | None = None
) -> list[SessionRow]:
    """The open sessions of an account, or of everybody. token: of the session that asks."""
    office = directory.snapshot(engine, connection)
    here = digest(token) if token else None
    found = rows.in_force(connection, engine.system_clock.now(), _idle_since(engine), account_id)
    return [
        SessionRow(
            id=row.id,
            account_id=row.account_id,
            username=row.username,
            name=office.person_name(row.person_id),
            device=row.device or "设备未知",
            address=row.address or "——",
            since=row.created_at,
            seen=row.seen_at,
            current=row.token_hash == here,
        )
        for row in found
    ]


def _idle_since(engine: Engine) -> datetime:
    return engine.system_clock.now() - timedelta(minutes=engine.settings.session_idle_minutes)
