"""Calendar years imported from the State Council's notices."""

from __future__ import annotations

from datetime import date

from engine.storage.database import Connection
from engine.storage.tables import calendar_year

Year = tuple[frozenset[date], frozenset[date], str]


def load(connection: Connection) -> dict[int, Year]:
    """year → (days off, make-up working days, the notice's number)."""
    return {
        row.year: (
            frozenset(date.fromisoformat(day) for day in row.holidays),
            frozenset(date.fromisoformat(day) for day in row.workdays),
            row.notice,
        )
        for row in connection.execute(calendar_year.select())
    }
