"""From the password to the open session, and the same question asked once more before a decision.

The sentence is the same for an unknown name, a disabled account and a wrong password, and so is
the time it takes. Steps after the password: the code, a new password, the enrolment of a second
factor, each only where it is due.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from engine.errors import Finding, Invalid, NotSignedIn, SignInRefused, TooMany
from engine.identity import attempts, passwords, second_factor, sessions
from engine.identity.noting import note
from engine.identity.sessions import OPEN, Place, SignedIn
from engine.model import Actor
from engine.storage import accounts as rows
from engine.storage import sessions as session_rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

NOBODY = "（没有这个用户名）"  # what was typed there may have been a password: it is not kept


def sign_in(
    engine: Engine,
    username: str,
    password: str,
    place: Place = Place(),  # noqa: B008
) -> SignedIn:
    """Open a session, or the next step to it. SignInRefused says why not, but not too much."""
    name = username.strip().lower()[:64]
    attempt = attempts.count(engine, name)
    with engine.database.read() as connection:
        seen = rows.by_username(connection, name)
    usable = seen is not None and seen.disabled_at is None
    stored = seen.password_hash if seen is not None and usable else None
    right = passwords.matches(stored, password, demo=engine.settings.demo)
    with engine.database.write() as connection:
        found = rows.by_username(connection, name)
        same = found is not None and found.disabled_at is None and found.password_hash == stored
        if right and same and found is not None:
            return _forward(engine, connection, found, attempt, place)
        told = found.username if found is not None else NOBODY
        _refuse(engine, connection, found, told, attempt)
    raise SignInRefused  # outside: what was counted and noted stays


def by_code(engine: Engine, secret: str | None, code: str) -> SignedIn:
    """The second step: the code of the app, or a recovery code."""
    with engine.database.read() as connection:
        name = sessions.half_way(engine, connection, secret, "code").username
    attempt = attempts.count(engine, name)
    with engine.database.write() as connection:
        half, found = _half(engine, connection, secret, "code")
        if second_factor.accepts(engine, connection, found, code):
            session_rows.end(connection, half.token_hash, engine.system_clock.now())
            place = Place(half.device, half.address)
            return _forward(engine, connection, found, attempt, place, code_given=True)
        _refuse(engine, connection, found, name, attempt, "验证码不对")
    raise SignInRefused("验证码不对，或者已经用过。请等应用显示下一个验证码再输入。")


def by_new_password(engine: Engine, secret: str | None, new: str, again: str) -> SignedIn:
    """The step of who must set a new password first. Invalid when it is not good enough."""
    with engine.database.write() as connection:
        half, found = _half(engine, connection, secret, "password")
        if passwords.matches(found.password_hash, new, demo=engine.settings.demo):
            raise Invalid([Finding("新密码不能与现在的密码相同，请换一个。", field="new")])
        set_password(engine, connection, found, new, again)
        return _after(engine, connection, half)


def on_the_way(engine: Engine, secret: str | None, stage: str) -> str:
    """The username of who is at this step; NotSignedIn when nobody is (any more)."""
    with engine.database.read() as connection:
        return str(sessions.half_way(engine, connection, secret, stage).username)


def enrolling(engine: Engine, secret: str | None) -> second_factor.Enrolment:
    """What the app of somebody who must enrol on the way in needs."""
    with engine.database.write() as connection:
        _, found = _half(engine, connection, secret, "enrol")
        return second_factor.enrolment(engine, connection, found)


def by_enrolment(engine: Engine, secret: str | None, code: str) -> tuple[SignedIn, list[str]]:
    """The step of who must enrol: the open session, and the recovery codes to show once."""
    with engine.database.write() as connection:
        half, found = _half(engine, connection, secret, "enrol")
        codes = second_factor.confirm_enrolment(engine, connection, found, code)
        return _after(engine, connection, half), codes


def set_password(engine: Engine, connection: Connection, found: Any, new: str, again: str) -> None:
    """Check and store a new password; links and steps begun with the old one end."""
    person = _name(connection, found)
    passwords.check(new, again, username=found.username, known=[person])
    now = engine.system_clock.now()
    stored = passwords.hashed(new, demo=engine.settings.demo)
    changed = {"password_hash": stored, "password_at": now, "must_change": False}
    rows.update(connection, found.id, changed)
    rows.void_links(connection, found.id, now)
    note(engine, connection, "account.password_changed", found.person_id, username=found.username)


def confirm(engine: Engine, actor: Actor, given: str) -> str:
    """Ask once more who is at the screen, before a decision that must be his own.

    given: the password, or the code of the second factor. Answers which it was: "password" or
    "code". Invalid (field "confirm") when it is wrong, TooMany while the account is locked.
    """
    try:
        attempt = attempts.count(engine, actor.username)
    except SignInRefused as locked:
        raise TooMany(locked.message) from locked
    way = "code" if second_factor.looks_like_code(given) else "password"
    with engine.database.read() as connection:
        seen = rows.by_id(connection, actor.account_id)
    stored = seen.password_hash if seen is not None else None
    known = way == "password" and passwords.matches(stored, given, demo=engine.settings.demo)
    with engine.database.write() as connection:
        found = rows.by_id(connection, actor.account_id)
        if found is None or found.disabled_at is not None:
            raise NotSignedIn
        if way == "code":
            right = second_factor.accepts(engine, connection, found, given)
        else:
            right = known and found.password_hash == stored
        if right:
            attempts.succeeded(connection, attempt)
            return way
        _refuse(engine, connection, found, found.username, attempt, "再次确认身份时输错")
    raise Invalid([Finding("密码或验证码不对，没有提交。请重新输入。", field="confirm")])


def _half(engine: Engine, connection: Connection, secret: str | None, stage: str) -> Any:
    """(the session on the way in, its account locked)."""
    half = sessions.half_way(engine, connection, secret, stage)
    return half, rows.by_id(connection, half.account_id)


def _forward(
    engine: Engine,
    connection: Connection,
    found: Any,
    attempt: attempts.Attempt,
    place: Place,
    *,
    code_given: bool = False,
) -> SignedIn:
    """One step further after something right."""
    stage = _stage(engine, connection, found, code_given)
    if stage == "code":
        attempts.undo(engine, connection, attempt)  # forgiven only when the code is right too
    else:
        attempts.succeeded(connection, attempt)
    return _opened(engine, connection, found, stage, place)


def _after(engine: Engine, connection: Connection, half: Any) -> SignedIn:
    """One step further from a session on the way in; whoever had to give a code gave it."""
    session_rows.end(connection, half.token_hash, engine.system_clock.now())
    found = rows.by_id(connection, half.account_id)
    stage = _stage(engine, connection, found, True)
    return _opened(engine, connection, found, stage, Place(half.device, half.address))


def _opened(
    engine: Engine, connection: Connection, found: Any, stage: str, place: Place
) -> SignedIn:
    if stage == OPEN:
        told = {"username": found.username, "device": place.device, "address": place.address}
        note(engine, connection, "account.signed_in", found.person_id, **told)
    return sessions.begin(engine, connection, found.id, stage, place)


def _stage(engine: Engine, connection: Connection, found: Any, code_given: bool) -> str:
    if found.factor_since is not None and not code_given:
        return "code"
    if found.must_change or _too_old(engine, found):
        return "password"
    if found.factor_since is None and second_factor.is_demanded(connection, found):
        return "enrol"
    return OPEN


def _too_old(engine: Engine, found: Any) -> bool:
    days = engine.settings.password_days
    if not days or found.password_at is None:
        return False
    return bool(engine.system_clock.now() >= found.password_at + timedelta(days=days))


def _refuse(
    engine: Engine,
    connection: Connection,
    found: Any | None,
    told: str,
    attempt: attempts.Attempt,
    reason: str | None = None,
) -> None:
    kind = "account.locked" if attempt.last else "account.refused"
    person = found.person_id if found is not None else None
    note(engine, connection, kind, person, username=told, reason=reason)


def _name(connection: Connection, found: Any) -> str:
    return rows.person_name(connection, found.person_id)
