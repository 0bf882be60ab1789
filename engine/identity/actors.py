"""The person behind an account, with the posts held at this moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import directory
from engine.errors import NotFound
from engine.identity.roles import named
from engine.model import Actor
from engine.storage import accounts as rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine


def actor_named(engine: Engine, username: str) -> Actor:
    """The person behind a username, for the command line and plays."""
    with engine.database.read() as connection:
        return actor_of(engine, connection, account_named(connection, username))


def account_named(connection: Connection, username: str) -> Any:
    """The account of a username, locked until the transaction ends; NotFound without one."""
    found = rows.by_username(connection, username)
    if found is None:
        raise NotFound(f"没有账号“{username}”。")
    return found


def actor_of(engine: Engine, connection: Connection, found: Any) -> Actor:
    """found: a row of `account`, or one of a session or token joined with it."""
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
        title=office.title_of(found.person_id, now) or named(found.roles),
    )
