"""Failures are counted before a password or code is checked, so that many at once count too.

Five failures lock a name for fifteen minutes 【约】, whether or not there is such an account: a
lock tells nothing about who is here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from engine.errors import SignInRefused
from engine.identity.noting import digest
from engine.storage import attempts as rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

FAILURES_BEFORE_LOCK = 5
LOCK = timedelta(minutes=15)
KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try that was counted as a failure already. last: one more is not allowed."""

    name_hash: str
    last: bool


def key_of(username: str) -> str:
    """Under which key a name is counted."""
    return digest(username.strip().lower())


def count(engine: Engine, username: str) -> Attempt:
    """Count a try; SignInRefused while the name is locked. On success: `succeeded` or `undo`."""
    now, key = engine.system_clock.now(), key_of(username)
    with engine.database.write() as connection:
        rows.forget_before(connection, now - KEPT)
        found = rows.get(connection, key, now)
        if found.locked_until is not None and now < found.locked_until:
            raise SignInRefused(_locked(found.locked_until, now))
        failures = (0 if found.locked_until is not None else found.failures) + 1
        last = failures >= FAILURES_BEFORE_LOCK
        rows.put(connection, key, failures, now, now + LOCK if last else None)
    return Attempt(key, last)


def _locked(until: datetime, now: datetime) -> str:
    minutes = int((until - now).total_seconds() // 60) + 1
    return f"连续输错次数过多，账号暂时锁定。请{minutes}分钟后再试，或请安全保密管理员解锁。"


def succeeded(connection: Connection, attempt: Attempt) -> None:
    """All of it was right: start from nothing again."""
    rows.forget(connection, attempt.name_hash)


def undo(engine: Engine, connection: Connection, attempt: Attempt) -> None:
    """This one was right, but there is more to come: only this one does not count."""
    now = engine.system_clock.now()
    found = rows.get(connection, attempt.name_hash, now)
    rows.put(connection, attempt.name_hash, max(0, found.failures - 1), now, None)


def locked_until(connection: Connection, username: str, now: datetime) -> datetime | None:
    """Until when a name is locked, None when it is not."""
    until = rows.lock_of(connection, key_of(username))
    return until if until is not None and now < until else None


def unlock(connection: Connection, username: str) -> None:
    """The lock is lifted."""
    rows.forget(connection, key_of(username))
