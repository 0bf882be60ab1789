"""Records across instances that a procedure declares (收文登记簿, 归档目录 …), and number series.

Everything that writes is part of the command's transaction: a number taken by a command that rolls
back is the next one's, so that a series has no gap. A record is never removed, only voided.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine import directory
from engine.canonical import plain
from engine.clock import parse_moment
from engine.errors import Conflict, NotFound
from engine.ids import new_id
from engine.model import Actor, Page
from engine.sheets.writing import Sheet, write
from engine.storage import registers as storage
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.directory import Directory
    from engine.procedure import Register
    from engine.startup import Engine

COUNTED_UP_TO = 999
PAGE = 50
MOST_EXPORTED = 10_000


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
    record_id = new_id()
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


# ---- for readers -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Book:
    """A register that procedures keep, and how many of its records a person may read."""

    register: Register
    kept_by: tuple[str, ...]  # names of the procedures
    count: int


def books(engine: Engine, actor: Actor) -> tuple[Book, ...]:
    """Every register there is, with what this person may read of it."""
    with engine.database.read() as connection:
        return tuple(
            Book(register, kept_by, _count(connection, register.key, None, actor))
            for register, kept_by in _declared(engine).values()
        )


def read(
    engine: Engine, actor: Actor, key: str, *, page: int = 1, search: str | None = None
) -> tuple[Register, Page[Record]]:
    """A page of a register, newest first: what was entered by instances this person may see.

    The values are words, as people read them.
    """
    register, page = _named(engine, key), max(page, 1)
    with engine.database.read() as connection:
        total = _count(connection, key, search, actor)
        offset = (page - 1) * PAGE
        rows = storage.page(connection, key, limit=PAGE, offset=offset, search=search, reader=actor)
        office = directory.snapshot(engine, connection)
    capped = total > COUNTED_UP_TO
    shown = tuple(_record({**row, "values": _words(register, row, office)}) for row in rows)
    return register, Page(shown, min(total, COUNTED_UP_TO), page, PAGE, capped)


def export(engine: Engine, actor: Actor, key: str, search: str | None = None) -> tuple[str, bytes]:
    """(file name, workbook) of a register as this person may read it, oldest first."""
    register = _named(engine, key)
    with engine.database.read() as connection:
        rows = storage.page(
            connection, key, limit=MOST_EXPORTED, offset=0, search=search, reader=actor
        )
        office = directory.snapshot(engine, connection)
    headings = (*(each.label for each in register.columns), "登记时间", "作废")
    lines = [
        [
            *_words(register, row, office).values(),
            _moment(row["created_at"]),
            row["void_reason"],
        ]
        for row in reversed(rows)
    ]
    name = f"{register.name} {engine.clock.now():%Y-%m-%d}.xlsx"
    return name, write([Sheet(register.name, headings, lines)])


def _words(register: Register, row: Mapping[str, Any], office: Directory) -> dict[str, str]:
    """The values of a record as people read them; an organisation has the name it had then."""
    found: dict[str, str] = {}
    for column in register.columns:
        value = row["values"].get(column.key)
        if value is None:
            found[column.key] = ""
        elif column.kind == "moment":
            found[column.key] = _moment(parse_moment(str(value)))
        elif column.kind == "org":
            found[column.key] = office.org_name(str(value), row["created_at"])
        else:
            found[column.key] = str(value)
    return found


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _count(connection: Connection, key: str, search: str | None, actor: Actor) -> int:
    return storage.count(connection, key, search=search, up_to=COUNTED_UP_TO + 1, reader=actor)


def _declared(engine: Engine) -> dict[str, tuple[Register, tuple[str, ...]]]:
    found: dict[str, tuple[Register, tuple[str, ...]]] = {}
    for procedure in engine.registry:
        for register in procedure.registers:
            _, kept_by = found.get(register.key, (register, ()))
            found[register.key] = register, (*kept_by, procedure.name)
    return found


def _named(engine: Engine, key: str) -> Register:
    found = _declared(engine).get(key)
    if found is None:
        raise NotFound("没有这本登记簿。")
    return found[0]


def _record(row: Mapping[str, Any]) -> Record:
    return Record(**{key: value for key, value in row.items() if key != "unique_key"})
