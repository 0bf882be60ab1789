"""How moments, organisations and choices read on paper."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine.clock import parse_moment
from engine.model import Opinion
from engine.paper import Happened

DEEMED = "逾期未回复，视为无不同意见（工作规则第三十三条）"
NO_SIGNATURE = "——"
BY_THE_SYSTEM = "系统自动记录，无人签字"


def moment(at: datetime | None) -> str:
    """2026年2月27日18:00; empty without one."""
    return f"{at.year}年{at.month}月{at.day}日{at:%H:%M}" if at is not None else ""


def day(at: datetime | None) -> str:
    """2026年2月27日; empty without one."""
    return f"{at.year}年{at.month}月{at.day}日" if at is not None else ""


def told_moment(value: Any) -> str:
    """A moment as a form keeps it."""
    return moment(parse_moment(value)) if isinstance(value, str) and value else ""


def text(value: Any) -> str:
    """A value of a form; empty when nothing was entered."""
    return "" if value is None else str(value)


def grouped(digits: str) -> str:
    """A hash in groups of eight, so that it can be read and breaks in a column."""
    return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8))


def signature(said: Opinion) -> str:
    """Who signed, in whose place when it was somebody else's."""
    return said.on_paper or said.person or ""


def lines(happened: Happened, *elements: str) -> tuple[tuple[str, str, str], ...]:
    """What was said at these steps, for a box: words, signature, day."""
    return tuple(
        (_words(said), signature(said), day(said.at)) for said in happened.said_at(*elements)
    )


def _words(said: Opinion) -> str:
    parts = [each for each in (said.outcome_label, said.text) if each]
    return "：".join(parts) or "已阅"


def organisation(happened: Happened, code: Any, at: datetime | None = None) -> str:
    """The name an organisation had when it was entered."""
    return happened.office.org_name(code, at or happened.row.started_at) if code else ""
