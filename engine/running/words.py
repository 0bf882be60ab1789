"""Moments and states in the words people read."""

from __future__ import annotations

from datetime import datetime

WEEKDAYS = "一二三四五六日"


def moment(value: datetime) -> str:
    """2026年2月27日18:00."""
    return f"{value.year}年{value.month}月{value.day}日{value:%H:%M}"
