"""One-time links: whoever opens one sets a password. For a first entry and for a forgotten one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from engine.errors import NotFound
from engine.identity.actors import account_named
from engine.identity.noting import digest, note
from engine.identity.signing_in import set_password
from engine.storage import accounts as rows
from engine.storage import sessions as session_rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

GOOD_FOR = timedelta(hours=24)  # 【约】


class LinkSpent(NotFound):
    """这个链接已经用过，或者已过期。请向安全保密管理员要一个新的。"""

    code = "link-spent"


@dataclass(frozen=True, slots=True)
class Invitation:
    """What is handed over once: a link's secret or a password made up for one use."""

    username: str
    name: str
    secret: str
    until: datetime | None = None  # of a link; None: it is a password


def made(engine: Engine, connection: Connection, found: Any) -> Invitation:
    """A new link for an account; the ones before it are worth nothing."""
    now = engine.system_clock.now()
    secret = secrets.token_urlsafe(32)
    rows.add_link(
        connection,
        {
            "token_hash": digest(secret),
            "account_id": found.id,
            "created_at": now,
            "expires_at": now + GOOD_FOR,
        },
    )
    name = rows.person_name(connection, found.person_id)
    return Invitation(found.username, name, secret, now + GOOD_FOR)


def renewed(engine: Engine, username: str) -> Invitation:
    """A new link, asked for at the server's own command line."""
    with engine.database.write() as connection:
        found = account_named(connection, username)
        note(engine, connection, "account.link_made", None, username=username)
        return made(engine, connection, found)


def whose(engine: Engine, secret: str) -> str:
    """The username a link opens; LinkSpent when it is not good. Looking uses nothing up."""
    with engine.database.read() as connection:
        found = rows.link_account(connection, digest(secret), engine.system_clock.now())
        if found is None:
            raise LinkSpent
        return str(found.username)


def enter(engine: Engine, secret: str, new: str, again: str) -> str:
    """Set the password; the link is used up and every session of the account ends. The username."""
    now = engine.system_clock.now()
    with engine.database.write() as connection:
        seen = rows.link_account(connection, digest(secret), now)
        if seen is None:
            raise LinkSpent
        found = rows.by_id(connection, seen.id)
        if not rows.use_link(connection, digest(secret), now) or found is None:
            raise LinkSpent
        set_password(engine, connection, found, new, again)
        session_rows.end_all(connection, found.id, now)
        note(engine, connection, "account.link_used", found.person_id, username=found.username)
        return str(found.username)
