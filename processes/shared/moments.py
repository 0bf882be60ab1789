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


FUNCTIONS: dict[str, Any] = {
    "FAR": FAR.isoformat(),
    "now_iso": now_iso,
    "after": after,
}
