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


def after(moment: str) -> str:
    """One second later: the moment itself still belongs to who answers (04 §4.0)."""
    return calendar.after(parse_moment(moment)).isoformat()


@with_context
def workdays_end(context: Context, moment: str, count: int) -> str:
    """The end of office hours of the count-th working day after delivery (04 §4.0)."""
    return context.calendar.workdays_end(parse_moment(moment), count).isoformat()


FUNCTIONS: dict[str, Any] = {
    "FAR": FAR.isoformat(),
    "now_iso": now_iso,
    "after": after,
    "workdays_end": workdays_end,
}
