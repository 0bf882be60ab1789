"""What the security administrator does with the accounts of others; never with his own.

Every command asks for the duty, is noted on the system's chain for the audit administrator, and
refuses the actor's own account: nobody changes his own roles, disables or resets himself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine import directory, duties
from engine.errors import Conflict, Invalid, NotFound
from engine.identity import attempts, links, passwords
from engine.identity.guards import keep_one, not_oneself, others
from engine.identity.links import Invitation
from engine.identity.noting import note
from engine.identity.roles import ROLES, checked, named
from engine.ids import new_id
from engine.model import Actor, Page
from engine.storage import accounts as rows
from engine.storage import attempts as attempt_rows
from engine.storage import sessions as session_rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,31}")
PAGE = 50


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as the security administrator sees it. mine: it is his own, which he leaves alone.

    factor: none, asked (demanded, not yet enrolled), on. state: open, waiting (no password of its
    own yet), locked, disabled.
    """

    id: str
    username: str
    name: str
    title: str
    roles: tuple[str, ...]
    state: str
    locked_until: datetime | None
    factor: str
    demanded: bool
    last_at: datetime | None
    sessions: int
    is_demo: bool
    mine: bool


def accounts_page(
    engine: Engine, actor: Actor, *, search: str | None = None, page: int = 1, size: int = PAGE
) -> Page[AccountRow]:
    """A page of accounts by username. search: part of a username or name."""
    duties.require(actor, duties.ACCOUNTS)
    return _page(engine, actor, page, size, search=search)


def account(engine: Engine, actor: Actor, account_id: str) -> AccountRow:
    """One account; NotFound when there is none."""
    duties.require(actor, duties.ACCOUNTS)
    found = _page(engine, actor, 1, 1, account_id=account_id).items
    if not found:
        raise NotFound
    return found[0]


def _page(engine: Engine, actor: Actor, page: int, size: int, **which: Any) -> Page[AccountRow]:
    now, at = engine.system_clock.now(), engine.clock.now()
    with engine.database.read() as connection:
        found, total, capped = rows.find(connection, now, page=page, size=size, **which)
        locks = attempt_rows.locks(connection, now)
        asked = rows.demanded(connection)
        office = directory.snapshot(engine, connection)
    shown = tuple(
        _row(each, office.title_of(each.person_id, at), locks, asked, actor) for each in found
    )
    return Page(shown, total, page, size, capped)


def _row(
    found: Any, title: str, locks: dict[str, datetime], asked: frozenset[str], actor: Actor
) -> AccountRow:
    until = locks.get(attempts.key_of(found.username))
    state = "open" if found.password_hash else "waiting"
    demanded = bool(found.factor_demanded or asked & set(found.roles))
    return AccountRow(
        id=found.id,
        username=found.username,
        name=found.person_name,
        title=title,
        roles=tuple(role for role in ROLES if role in found.roles),
        state="disabled" if found.disabled_at else "locked" if until else state,
        locked_until=until,
        factor="on" if found.factor_since else "asked" if demanded else "none",
        demanded=bool(found.factor_demanded),
        last_at=found.last_at,
        sessions=found.sessions,
        is_demo=found.is_demo,
        mine=found.person_id == actor.person_id,
    )


# ---- making and changing -----------------------------------------------------------------------


def open_account(
    engine: Engine,
    actor: Actor,
    *,
    username: str,
    person_id: str,
    roles: Iterable[str],
    by_link: bool = True,
) -> Invitation:
    """Make an account for a person of the office; the invitation is shown once.

    by_link: a link to set the password, else a password made up that must be changed at once.
    """
    duties.require(actor, duties.ACCOUNTS)
    if not USERNAME.fullmatch(username):
        raise Invalid(
            message="用户名应为2到32位小写英文字母、数字、点、横线，以字母开头，如 zhang.wei。"
        )
    with engine.database.write() as connection:
        not_oneself(actor, person_id)
        if directory.snapshot(engine, connection).person(person_id) is None:
            raise Invalid(message="没有这个人。人员由系统管理员登记，请先登记再开账号。")
        held = {role for each in rows.of_person(connection, person_id) for role in each.roles}
        chosen = checked(roles, held)
        if rows.by_username(connection, username) is not None:
            raise Conflict(f"用户名“{username}”已有人使用，请换一个。")
        rows.put(connection, blank(engine, username, person_id, chosen))
        found = rows.by_username(connection, username)
        told = {"username": username, "roles": named(chosen), "person": person_id}
        note(engine, connection, "account.opened", actor.person_id, **told)
        return _invite(engine, connection, found, by_link)


def blank(engine: Engine, username: str, person_id: str, roles: list[str]) -> dict[str, Any]:
    """A row of `account` into which nobody comes yet."""
    return {
        "id": new_id(),
        "username": username,
        "person_id": person_id,
        "password_hash": "",
        "must_change": True,
        "roles": roles,
        "is_demo": False,
        "created_at": engine.system_clock.now(),
        "factor_demanded": False,
    }


def set_roles(engine: Engine, actor: Actor, account_id: str, roles: Iterable[str]) -> None:
    """Give an account other roles; its sessions end, so that everything is asked anew."""
    with engine.database.write() as connection:
        found = others(connection, actor, account_id)
        same_person = rows.of_person(connection, found.person_id)
        elsewhere = {role for each in same_person if each.id != found.id for role in each.roles}
        chosen = checked(roles, elsewhere if found.disabled_at is None else ())
        if set(chosen) == set(found.roles):
            return
        keep_one(connection, found, chosen)
        rows.update(connection, found.id, {"roles": chosen})
        session_rows.end_all(connection, found.id, engine.system_clock.now())
        told = {"before": named(found.roles), "after": named(chosen)}
        note(
            engine,
            connection,
            "account.roles_changed",
            actor.person_id,
            username=found.username,
            **told,
        )


def disable(engine: Engine, actor: Actor, account_id: str) -> None:
    """Close an account: its sessions, tokens and links stop at once."""
    now = engine.system_clock.now()
    with engine.database.write() as connection:
        found = others(connection, actor, account_id)
        if found.disabled_at is not None:
            raise Conflict("这个账号已经停用。")
        keep_one(connection, found, ())
        rows.update(connection, found.id, {"disabled_at": now})
        rows.void_links(connection, found.id, now)
        session_rows.end_all(connection, found.id, now)
        session_rows.revoke_tokens(connection, found.id, now)
        told = {"username": found.username}
        note(engine, connection, "account.disabled", actor.person_id, **told)


def enable(engine: Engine, actor: Actor, account_id: str) -> None:
    """Open a closed account again, with the roles it had and its password."""
    with engine.database.write() as connection:
        found = others(connection, actor, account_id)
        if found.disabled_at is None:
            raise Conflict("这个账号没有停用。")
        same_person = rows.of_person(connection, found.person_id)
        checked(found.roles, {role for each in same_person for role in each.roles})
        rows.update(connection, found.id, {"disabled_at": None})
        told = {"username": found.username}
        note(engine, connection, "account.enabled", actor.person_id, **told)


def unlock(engine: Engine, actor: Actor, account_id: str) -> None:
    """Lift the lock that wrong passwords brought about."""
    with engine.database.write() as connection:
        found = others(connection, actor, account_id)
        attempts.unlock(connection, found.username)
        told = {"username": found.username}
        note(engine, connection, "account.unlocked", actor.person_id, **told)


def reset_password(
    engine: Engine, actor: Actor, account_id: str, *, by_link: bool = True
) -> Invitation:
    """The old password is worth nothing, every session ends; a new way in, shown once."""
    with engine.database.write() as connection:
        found = others(connection, actor, account_id)
        if found.disabled_at is not None:
            raise Conflict("这个账号已经停用，请先启用再重置密码。")
        now = engine.system_clock.now()
        rows.update(connection, found.id, {"password_hash": "", "must_change": True})
        session_rows.end_all(connection, found.id, now)
        attempts.unlock(connection, found.username)
        told = {"username": found.username}
        note(engine, connection, "account.password_reset", actor.person_id, **told)
        return _invite(engine, connection, found, by_link)


def _invite(engine: Engine, connection: Connection, found: Any, by_link: bool) -> Invitation:
    if by_link:
        return links.made(engine, connection, found)
    rows.void_links(connection, found.id, engine.system_clock.now())
    password = passwords.made_up()
    stored = passwords.hashed(password, demo=engine.settings.demo)
    changed = {"password_hash": stored, "password_at": engine.system_clock.now()}
    rows.update(connection, found.id, changed | {"must_change": True})
    name = rows.person_name(connection, found.person_id)
    return Invitation(found.username, name, password)
