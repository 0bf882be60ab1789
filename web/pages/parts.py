"""Small readings of the address that several pages share."""

from __future__ import annotations

from datetime import date, datetime

from flask import request

from engine.clock import CHINA
from engine.errors import Invalid

LONGEST_SEARCH = 100
LAST_PAGE = 10_000
FIRST_YEAR, LAST_YEAR = 2000, 2100


def page_number(parameter: str = "page") -> int:
    """Which page of a list is asked for; 1 for anything that is not a number."""
    raw = request.args.get(parameter, "")
    return min(max(1, int(raw)), LAST_PAGE) if raw.isascii() and raw.isdigit() else 1


def search_words() -> str | None:
    """What is searched for, None without."""
    return request.args.get("q", "").strip()[:LONGEST_SEARCH] or None


def typed_day(text: str) -> date | None:
    """A day as a date input sends it; None when there is none or it cannot be read."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def typed_moment(text: str) -> datetime:
    """A moment typed into a datetime-local input, in the office's time; Invalid when unreadable."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=CHINA)
    except ValueError:
        raise Invalid(message="请填写日期和时间，如2026-02-24 18:00。") from None
