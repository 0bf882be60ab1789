"""Records across instances that a procedure declares (收文登记簿, 归档目录 …), and number series.

Everything that writes is part of the command's transaction: a number taken by a command that rolls
back is the next one's, so that a series has no gap. A record is never removed, only voided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from engine.canonical import plain
from engine.errors import Conflict, NotFound
from engine.model import Page
from engine.storage import registers as storage
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

COUNTED_UP_TO = 999


class AlreadyRegistered(Conflict):
    """登记簿里已有同一项，没有重复登记。请先查阅原有登记。"""

    code = "already-registered"


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a register. values: column key → value; voided_at: when it was struck out."""

    id: str
    register: str
    instance_id: str | None
    values: Mapping[str, Any]
    created_at: datetime
    voided_at: datetime | None
    void_reason: str | None


def take_number(connection: Connection, series: str, year: int) -> int:
    """The next number of a series: 1, 2, 3 … anew each year, continuous, no two alike.

    Others who want a number of this series wait until the transaction ends.
    """
    return storage.next_number(connection, series, year)


def add(
    connection: Connection,
    register: str,
    values: Mapping[str, Any],
    *,
    unique_key: str | None = None,
    instance_id: str | None = None,
    at: datetime,
) -> str:
    """Add a record and return its id. A unique key that is taken raises AlreadyRegistered."""
    record_id = uuid4().hex
    record = {
        "id": record_id,
        "register": register,
        "unique_key": unique_key,
        "instance_id": instance_id,
        "values": plain(dict(values)),
        "created_at": at,
    }
    if not storage.insert(connection, record):
        raise AlreadyRegistered(register=register, unique_key=unique_key)
    return record_id


def void(connection: Connection, record_id: str, reason: str, *, at: datetime) -> None:
    """Strike a record out with a reason; it stays to be read, and its unique key stays taken."""
    if not storage.void(connection, record_id, at, reason):
        raise NotFound


def get(connection: Connection, record_id: str) -> Record:
    """One record by its id; NotFound without it."""
    row = storage.get(connection, record_id)
    if row is None:
        raise NotFound
    return _record(row)


def find(
    engine: Engine, register: str, *, page: int = 1, size: int = 20, search: str | None = None
) -> Page[Record]:
    """One page of a register, newest first, voided records included."""
    page, size = max(page, 1), min(max(size, 1), 200)
    with engine.database.read() as connection:
        total = storage.count(connection, register, search=search, up_to=COUNTED_UP_TO + 1)
        rows = storage.page(
            connection, register, limit=size, offset=(page - 1) * size, search=search
        )
    capped = total > COUNTED_UP_TO
    return Page(tuple(map(_record, rows)), min(total, COUNTED_UP_TO), page, size, capped)


def _record(row: Mapping[str, Any]) -> Record:
    return Record(**{key: value for key, value in row.items() if key != "unique_key"})
