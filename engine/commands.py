"""Idempotency: a double click or a retried request is applied once and gets the same answer.

The client sends a key of its own with every change. The key is taken at the beginning of the
transaction and the answer stored at its end: a second request with the same key waits, then gets
the answer of the first; if the first fails, its key is free again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from engine.canonical import canonical, digest
from engine.errors import KeyReused, Malformed
from engine.storage import commands as storage
from engine.storage.database import Connection

if TYPE_CHECKING:
    from datetime import datetime

    from engine.startup import Engine

LONGEST_KEY = 128
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
    with engine.database.write() as connection:
        answer = replay(connection, actor_id, key, operation, body)
        if answer is not None:
            return answer, True
        answer = work(connection)
        remember(connection, actor_id, key, operation, body, answer, engine.system_clock.now())
        return answer, False


def answered(
    engine: Engine, actor_id: str, key: str, operation: str, body: Any
) -> dict[str, Any] | None:
    """The answer already given under this key, None when it is free; takes nothing."""
    answer: dict[str, Any] | None = None
    with suppress(_Free), engine.database.write() as connection:
        answer = replay(connection, actor_id, key, operation, body)
        if answer is None:
            raise _Free
    return answer


class _Free(Exception):
    """Undoes the taking of a key that was only looked at."""


def replay(
    connection: Connection, actor_id: str, key: str, operation: str, body: Any
) -> dict[str, Any] | None:
    """The answer already given under this key, or None: then the key is taken, go on and work.

    To be called first in the transaction, before any row is read that the work depends on.
    """
    if not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
        raise Malformed(f"幂等键（Idempotency-Key）应为1到{LONGEST_KEY}个可见字符，请换一个键。")
    wanted = _body_hash(body)
    row = storage.take(connection, actor_id, key, operation, wanted)
    if row is None:
        return None
    if (row["operation"], row["body_hash"]) != (operation, wanted):
        raise KeyReused
    return dict(row["answer"])


def remember(
    connection: Connection,
    actor_id: str,
    key: str,
    operation: str,
    body: Any,
    answer: dict[str, Any],
    at: datetime,
) -> None:
    """Store the answer under the key that `replay` took in this transaction."""
    if not storage.fill_in(connection, actor_id, key, answer, at):
        raise LookupError(f"key {key!r} of {operation} was not taken with replay() before")


def _body_hash(body: Any) -> str:
    """The hash of what was asked. What no database can keep as text is refused at this door."""
    try:
        spelled = canonical(body)
    except (TypeError, ValueError, RecursionError) as error:
        raise Malformed from error
    if NUL.search(spelled):
        raise Malformed("内容里有不能保存的字符（U+0000），请删去后重试。")
    return digest(spelled)
