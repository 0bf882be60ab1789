"""Calendar years imported from the State Council's notices."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from engine.calendar import Year
from engine.storage.database import Connection
from engine.storage.tables import calendar_year
from engine.storage.upsert import insert_into


def load(connection: Connection) -> dict[int, Year]:
    """Every imported year by its number."""
    found = connection.execute(calendar_year.select()).mappings()
    return {row["year"]: decoded(dict(row)) for row in found}


def put(connection: Connection, number: int, year: Year, at: datetime, by: str | None) -> None:
    """Store a year, over the one that was there."""
    told = {**encoded(year), "imported_at": at, "imported_by": by}
    statement = insert_into(connection, calendar_year).values(year=number, **told)
    connection.execute(statement.on_conflict_do_update(index_elements=["year"], set_=told))


def encoded(year: Year) -> dict[str, Any]:
    """A year as JSON: notice, holidays and workdays as ISO date → name of the holiday."""
    return {
        "notice": year.notice,
        "holidays": {day.isoformat(): name for day, name in sorted(year.off.items())},
        "workdays": {day.isoformat(): name for day, name in sorted(year.extra.items())},
    }


def decoded(stored: Mapping[str, Any]) -> Year:
    """Such JSON as a year."""
    off, extra = (
        {date.fromisoformat(day): name for day, name in stored[part].items()}
        for part in ("holidays", "workdays")
    )
    return Year(off, extra, stored["notice"])
