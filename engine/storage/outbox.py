"""The outbox: what a command leaves to be delivered, written in its transaction.

Mark after delivery: a crash in between delivers again, under the same id. Who takes a row counts
its attempts up; that number is the fencing token, a late holder's result is refused with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from engine.storage import prepared
from engine.storage.database import Connection
from engine.storage.tables import outbox
from engine.storage.upsert import insert_into

WAITING = outbox.c.sent_at.is_(None) & outbox.c.failed_at.is_(None)


def add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """What is to be delivered after the commit."""
    prepared.insert(connection, outbox, [{"attempts": 0, **each} for each in rows])


def add_once(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """The same, but what stands there under its dedupe key already is left alone."""
    if rows:
        statement = insert_into(connection, outbox).on_conflict_do_nothing()
        connection.execute(statement, [{"attempts": 0, **each} for each in rows])


def due(
    connection: Connection, system_now: datetime, last: Sequence[str], *, limit: int
) -> list[Any]:
    """(id, kind) of what may be tried now, the oldest first, these kinds last; locks nothing."""
    query = select(outbox.c.id, outbox.c.kind).where(WAITING, _free(system_now))
    order = (outbox.c.kind.in_(last), outbox.c.created_at, outbox.c.id)
    return list(connection.execute(query.order_by(*order).limit(limit)))


def take(connection: Connection, outbox_id: str, system_now: datetime) -> Any | None:
    """One row that may be tried, locked; None when another process has it or had it."""
    query = select(outbox).where(outbox.c.id == outbox_id, WAITING, _free(system_now))
    return connection.execute(query.with_for_update(skip_locked=True)).one_or_none()


def lease(connection: Connection, row: Any, until: datetime) -> int:
    """Hold a taken row beyond this transaction; the fencing token."""
    token = int(row.attempts) + 1
    changed = outbox.update().where(outbox.c.id == row.id)
    connection.execute(changed.values(attempts=token, lease_until=until))
    return token


def sent(
    connection: Connection,
    outbox_id: str,
    at: datetime,
    token: int | None = None,
    note: str | None = None,
) -> bool:
    """Delivered, or (note) why there was nothing to deliver. token: of who holds it; False when
    somebody else holds it by now."""
    statement = outbox.update().where(outbox.c.id == outbox_id, WAITING)
    if token is not None:
        statement = statement.where(outbox.c.attempts == token)
    done = statement.values(sent_at=at, lease_until=None, last_error=note)
    return connection.execute(done).rowcount == 1


def fail(
    connection: Connection,
    outbox_id: str,
    error: str,
    *,
    attempts: int,
    retry_at: datetime | None,
    now: datetime,
) -> bool:
    """Not delivered: again at a moment, or (None) never by itself. False for a late holder."""
    statement = outbox.update().where(
        outbox.c.id == outbox_id, WAITING, outbox.c.attempts <= attempts
    )
    values = {"attempts": attempts, "last_error": error, "lease_until": retry_at}
    given_up = now if retry_at is None else None
    return connection.execute(statement.values(failed_at=given_up, **values)).rowcount == 1


def again(connection: Connection, outbox_id: str) -> None:
    """Try once more from the beginning what was given up."""
    values = {"failed_at": None, "attempts": 0, "lease_until": None}
    own = (outbox.c.id == outbox_id, outbox.c.sent_at.is_(None))
    connection.execute(outbox.update().where(*own).values(**values))


def forget(connection: Connection, before: datetime) -> int:
    """Delete what was delivered before a moment; how many. What stands for “told once” stays."""
    old = outbox.delete().where(outbox.c.sent_at < before, outbox.c.dedupe_key.is_(None))
    return connection.execute(old).rowcount


def _free(system_now: datetime) -> Any:
    return or_(outbox.c.lease_until.is_(None), outbox.c.lease_until <= system_now)
