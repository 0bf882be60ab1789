"""Queries of number series and register records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.model import Actor
from engine.storage.access import may_see_instance
from engine.storage.database import Connection
from engine.storage.prepared import insert_or_ignore
from engine.storage.tables import number_series, process_instance, register_record
from engine.storage.upsert import insert_into


def next_number(connection: Connection, series: str, year: int) -> int:
    """Count on and return the number; the row stays locked until the transaction ends."""
    statement = (
        insert_into(connection, number_series)
        .values(series=series, year=year, last=1)
        .on_conflict_do_update(
            index_elements=[number_series.c.series, number_series.c.year],
            set_={"last": number_series.c.last + 1},
        )
        .returning(number_series.c.last)
    )
    return int(connection.execute(statement).scalar_one())


def insert(connection: Connection, record: Mapping[str, Any]) -> bool:
    """False when the register already has a record with this unique key."""
    return insert_or_ignore(connection, register_record, record)


def void(connection: Connection, record_id: str, at: datetime, reason: str) -> bool:
    """Strike a record through; False when there is none that still holds."""
    statement = (
        sa.update(register_record)
        .where(register_record.c.id == record_id, register_record.c.voided_at.is_(None))
        .values(voided_at=at, void_reason=reason)
    )
    return connection.execute(statement).rowcount == 1


def get(connection: Connection, record_id: str) -> dict[str, Any] | None:
    """One record, or None."""
    query = sa.select(register_record).where(register_record.c.id == record_id)
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)


def of_instance(connection: Connection, instance_id: str) -> list[dict[str, Any]]:
    """What an instance has entered in any register, oldest first."""
    query = (
        sa.select(register_record)
        .where(register_record.c.instance_id == instance_id)
        .order_by(register_record.c.created_at, register_record.c.id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def page(
    connection: Connection,
    register: str,
    *,
    limit: int,
    offset: int,
    search: str | None,
    reader: Actor | None = None,
) -> list[dict[str, Any]]:
    """Records newest first; search is looked for anywhere in the record's values.

    reader: only what an instance has entered that this person may see.
    """
    query = (
        sa.select(register_record)
        .where(*_wanted(register, search, reader))
        .order_by(register_record.c.created_at.desc(), register_record.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def count(
    connection: Connection,
    register: str,
    *,
    search: str | None,
    up_to: int,
    reader: Actor | None = None,
) -> int:
    """How many records there are, counted no further than `up_to`."""
    found = sa.select(register_record.c.id).where(*_wanted(register, search, reader)).limit(up_to)
    return int(
        connection.execute(sa.select(sa.func.count()).select_from(found.subquery())).scalar_one()
    )


def _wanted(
    register: str, search: str | None, reader: Actor | None
) -> list[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = [register_record.c.register == register]
    if search:
        text = sa.cast(register_record.c["values"], sa.Text)
        wanted.append(text.icontains(search, autoescape=True))
    if reader is not None:
        seen = sa.exists().where(
            process_instance.c.id == register_record.c.instance_id, may_see_instance(reader)
        )
        wanted.append(seen)
    return wanted
