"""Idempotency: a double click or a retried request is applied once and gets the same answer.

The client sends a key of its own with every change. The answer is stored under it at the end of the
same transaction, so nothing is asked of the database before the work. A second request with the key
is refused by what the first one changed, or finds the key taken at its end; either way everything
of it is undone and it gets the answer of the first. A refused command leaves its key free.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from engine.canonical import canonical, digest
from engine.errors import KeyReused, Malformed, StorageUnavailable
from engine.storage import commands as storage
from engine.storage.commands import Asked
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

LONGEST_KEY = 128
NUL_SPELLED = rb"\u0000"
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")  # as canonical JSON spells the character


def run_once(
    engine: Engine,
    actor_id: str,
    key: str,
    operation: str,
    body: Any,
    work: Callable[[Connection], dict[str, Any]],
) -> tuple[dict[str, Any], bool]:
    """Do `work` in one transaction, once for this key: (answer, whether it is a repetition).

    body: what was asked, as JSON values; the same key with another body or operation is refused
    (KeyReused). A refusal raised by `work` rolls everything back and leaves the key free.
    """
    asked = _asked(actor_id, key, operation, body)
    try:
        with engine.database.write() as connection:
            answer = work(connection)
            if not storage.keep(connection, asked, answer, engine.system_clock.now()):
                raise _Taken
            return answer, False
    except StorageUnavailable:
        raise
    except Exception:
        earlier = _earlier(engine, asked)
        if earlier is None:
            raise
        return earlier, True


def is_known(connection: Connection, actor_id: str, key: str) -> bool:
    """Whether something was answered under this key."""
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
        return False  # the command itself refuses it
    return storage.find(connection, Asked(actor_id, key, "", "")) is not None


def answered(
    engine: Engine, actor_id: str, key: str, operation: str, body: Any
) -> dict[str, Any] | None:
    """The answer already given under this key, None when it is free; takes nothing."""
    return _earlier(engine, _asked(actor_id, key, operation, body))


class _Taken(Exception):
    """Undoes what was done under a key that somebody had taken meanwhile."""


def _earlier(engine: Engine, asked: Asked) -> dict[str, Any] | None:
    with engine.database.read() as connection:
        row = storage.find(connection, asked)
    if row is None:
        return None
    if (row.operation, row.body_hash) != (asked.operation, asked.body_hash):
        raise KeyReused
    return dict(row.answer)


def _asked(actor_id: str, key: str, operation: str, body: Any) -> Asked:
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
        raise Malformed(f"幂等键（Idempotency-Key）应为1到{LONGEST_KEY}个可见字符，请换一个键。")
    return Asked(actor_id, key, operation, _body_hash(body))


def _body_hash(body: Any) -> str:
    """The hash of what was asked. What no database can keep as text is refused at this door."""
    try:
        spelled = canonical(body)
    except (TypeError, ValueError, RecursionError) as error:
        raise Malformed from error
    if NUL_SPELLED in spelled and NUL.search(spelled):  # the search alone reads every byte
        raise Malformed("内容里有不能保存的字符（U+0000），请删去后重试。")
    return digest(spelled)
