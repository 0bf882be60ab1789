"""What everybody does with his own account: password, sessions, second factor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.errors import Conflict, Finding, Invalid, NotFound, NotSignedIn
from engine.identity import passwords, second_factor, sessions
from engine.identity.noting import digest, note
from engine.identity.second_factor import Enrolment
from engine.identity.sessions import SessionRow
from engine.identity.signing_in import confirm, set_password
from engine.model import Actor
from engine.storage import accounts as rows
from engine.storage import sessions as session_rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine


@dataclass(frozen=True, slots=True)
class Factor:
    """How it stands with one's second factor. left: recovery codes not used."""

    since: datetime | None
    enrolling: Enrolment | None
    demanded: bool
    left: int


def change_password(
    engine: Engine, actor: Actor, token: str, old: str, new: str, again: str
) -> int:
    """Set another password after giving the old one; how many other sessions ended by it."""
    _confirm(engine, actor, old, "old", password=True)
    if old == new:
        raise Invalid([Finding("新密码不能与现在的密码相同，请换一个。", field="new")])
    with engine.database.write() as connection:
        set_password(engine, connection, _mine(connection, actor), new, again)
        now = engine.system_clock.now()
        return session_rows.end_all(connection, actor.account_id, now, but=digest(token))


def my_sessions(engine: Engine, actor: Actor, token: str) -> list[SessionRow]:
    """My open sessions, the latest seen first."""
    with engine.database.read() as connection:
        return sessions.listed(engine, connection, actor.account_id, token)


def end_my_session(engine: Engine, actor: Actor, session_id: str) -> None:
    """End one of mine; NotFound when it is not mine."""
    with engine.database.write() as connection:
        now = engine.system_clock.now()
        if not session_rows.end_one(connection, actor.account_id, session_id, now):
            raise NotFound("没有找到这个登录，可能已经退出。")
        told = {"username": actor.username, "count": "1"}
        note(engine, connection, "account.sessions_ended", actor.person_id, **told)


def end_my_other_sessions(engine: Engine, actor: Actor, token: str) -> int:
    """End all of mine but the one that asks; how many."""
    with engine.database.write() as connection:
        now = engine.system_clock.now()
        count = session_rows.end_all(connection, actor.account_id, now, but=digest(token))
        told = {"username": actor.username, "count": str(count)}
        note(engine, connection, "account.sessions_ended", actor.person_id, **told)
        return count


# ---- the second factor ------------------------------------------------------------------------


def my_factor(engine: Engine, actor: Actor) -> Factor:
    """How it stands with mine; the enrolment, when one is under way."""
    with engine.database.read() as connection:
        found = _mine(connection, actor)
        demanded = second_factor.is_demanded(connection, found)
    enrolling = None
    if found.factor_secret is not None and found.factor_since is None:
        with engine.database.write() as connection:
            enrolling = second_factor.enrolment(engine, connection, _mine(connection, actor))
    return Factor(found.factor_since, enrolling, demanded, len(found.recovery_hashes or ()))


def begin_factor(engine: Engine, actor: Actor, password: str) -> None:
    """Begin to enrol, after giving the password."""
    _confirm(engine, actor, password, "confirm", password=True)
    with engine.database.write() as connection:
        second_factor.enrolment(engine, connection, _mine(connection, actor))


def confirm_factor(engine: Engine, actor: Actor, code: str) -> list[str]:
    """The app shows the right code: in force. The recovery codes, to be shown once."""
    with engine.database.write() as connection:
        found = _mine(connection, actor)
        return second_factor.confirm_enrolment(engine, connection, found, code)


def stop_factor(engine: Engine, actor: Actor, given: str) -> None:
    """Give up the second factor, or an enrolment under way; after being asked once more."""
    with engine.database.write() as connection:
        found = _mine(connection, actor)
        demanded = second_factor.is_demanded(connection, found)
    if found.factor_since is not None:
        if demanded:
            raise Conflict("您的账号须使用第二因素，不能停用。换手机请联系安全保密管理员重置。")
        _confirm(engine, actor, given, "confirm")
    with engine.database.write() as connection:
        second_factor.remove(connection, actor.account_id)
        told = {"username": actor.username}
        note(engine, connection, "account.factor_removed", actor.person_id, **told)


def new_recovery_codes(engine: Engine, actor: Actor, given: str) -> list[str]:
    """New recovery codes instead of the old ones, after being asked once more."""
    _confirm(engine, actor, given, "confirm")
    with engine.database.write() as connection:
        return second_factor.renew_recovery(engine, connection, _mine(connection, actor))


def _confirm(
    engine: Engine, actor: Actor, given: str, field: str, *, password: bool = False
) -> None:
    """Ask once more; the finding stands at this field. password: a code will not do."""
    if password and second_factor.looks_like_code(given):
        given = passwords.made_up()  # six digits are no password: counted as a wrong one
    try:
        confirm(engine, actor, given)
    except Invalid as refused:
        words = "现在的密码不对，没有修改。请重新输入。" if password else refused.message
        raise Invalid([Finding(words, field=field)]) from refused


def _mine(connection: Connection, actor: Actor) -> Any:
    found = rows.by_id(connection, actor.account_id)
    if found is None or found.disabled_at is not None:
        raise NotSignedIn
    return found
