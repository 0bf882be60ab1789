"""Functions of time that diagrams may call. Moments are ISO 8601 text with +08:00."""

from __future__ import annotations

from typing import Any

from engine import calendar
from engine.clock import FAR, parse_moment
from engine.procedure import Context, with_context


@with_context
def now_iso(context: Context) -> str:
    """The command's business moment."""
    return context.now.isoformat()


@with_context
def workdays_end(context: Context, moment: str, count: int) -> str:
    """The end of the count-th working day after delivery."""
    return context.calendar.workdays_end(parse_moment(moment), count).isoformat()


@with_context
def calendar_end(context: Context, moment: str, count: int) -> str:
    """The end of the count-th calendar day, rolled on off holidays."""
    return context.calendar.calendar_end(parse_moment(moment), count).isoformat()


def after(moment: str) -> str:
    """One second later: the moment itself still belongs to who answers (04 §4.0)."""
    return calendar.after(parse_moment(moment)).isoformat()


FUNCTIONS: dict[str, Any] = {
    "FAR": FAR.isoformat(),
    "now_iso": now_iso,
    "workdays_end": workdays_end,
    "calendar_end": calendar_end,
    "after": after,
}
