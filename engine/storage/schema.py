"""What all tables share: the metadata with its names for constraints, and the kinds of columns.

Moments are text in ISO 8601 with +08:00 and microseconds: fixed width, so they sort as they read.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, MetaData, String, text
from sqlalchemy.types import TypeDecorator

from engine.clock import aware

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware datetime kept as fixed-width text in +08:00; a naive one is refused."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> str | None:
        return None if value is None else aware(value).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Any) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


Id = String(64)
Json = JSON(none_as_null=True)


def some_rows(name: str, condition: str, *columns: str) -> Index:
    """An index of the rows that a condition holds for: what is not in it costs a change nothing.

    A query uses it only if it asks for the condition in the same words.
    """
    return Index(name, *columns, sqlite_where=text(condition), postgresql_where=text(condition))
