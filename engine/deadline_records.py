"""Deadlines inside variables, kept with the facts they were counted from. Pure.

A diagram that keeps a due moment in a variable keeps it as such a record, so that it can be counted
again when a year's arrangement becomes known or is changed:

    {"due_at": "2027-01-08T18:00:00+08:00", "provisional": true,
     "due_basis": {"fact_at": "2026-12-28T10:00:00+08:00", "length": 7, "unit": "workday"}}

It may have other keys beside these. A moment that people agreed on has the unit "given".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from engine.calendar import UNIT_WORDS, Calendar
from engine.clock import parse_moment

GIVEN = "given"
KEYS = frozenset({"due_at", "provisional", "due_basis"})


def counted(calendar: Calendar, fact_at: datetime, length: int, unit: str) -> dict[str, Any]:
    """A record of `length` units after a fact. unit: workday, day, month."""
    found = calendar.derive(fact_at, length, unit)
    basis = {"fact_at": fact_at.isoformat(), "length": length, "unit": unit}
    return {
        "due_at": found.at.isoformat(),
        "provisional": found.provisional,
        "due_basis": basis,
    }


def given(calendar: Calendar, due_at: datetime) -> dict[str, Any]:
    """A record of a moment somebody decided on."""
    return {
        "due_at": due_at.isoformat(),
        "provisional": calendar.provisional(due_at),
        "due_basis": {"fact_at": None, "length": None, "unit": GIVEN},
    }


def again(
    due_at: datetime, basis: Mapping[str, Any], before: Calendar, now: Calendar
) -> tuple[datetime, bool] | None:
    """(due moment, provisional) by the calendar as it is now; None when the change is none of it.

    Only what the change of the calendar moves is moved: a moment agreed otherwise stays, and so
    does the hour of one that keeps its day (another convention about office hours counts for later
    deadlines only).
    """
    unit, length, fact = basis.get("unit"), basis.get("length"), basis.get("fact_at")
    if unit == GIVEN:
        return due_at, now.provisional(due_at)
    if unit not in UNIT_WORDS or length is None or not fact:
        return None
    was, is_ = (each.derive(parse_moment(fact), length, unit) for each in (before, now))
    if due_at.date() != was.at.date():  # agreed otherwise, or counted again already
        return due_at, now.provisional(due_at)
    return (due_at if is_.at.date() == due_at.date() else is_.at), is_.provisional


def refresher(before: Calendar, now: Calendar) -> Callable[[Any], Any]:
    """A function that renews every record in a value; the same object when nothing changed."""

    def refresh(value: Any) -> Any:
        if isinstance(value, dict):
            fresh = {key: refresh(each) for key, each in value.items()}
            changed = any(fresh[key] is not value[key] for key in value)
            fresh = fresh if changed else value
            return _renewed(fresh, before, now) if value.keys() >= KEYS else fresh
        if isinstance(value, list):
            items = [refresh(each) for each in value]
            return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
        return value

    return refresh


def _renewed(record: dict[str, Any], before: Calendar, now: Calendar) -> dict[str, Any]:
    if not isinstance(record["due_basis"], dict) or not isinstance(record["due_at"], str):
        return record
    due_at = parse_moment(record["due_at"])
    found = again(due_at, record["due_basis"], before, now)
    if found is None or found == (due_at, record["provisional"]):
        return record
    return {**record, "due_at": found[0].isoformat(), "provisional": found[1]}
