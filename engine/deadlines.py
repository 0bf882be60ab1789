"""Deadlines of steps: computed from a fact, kept with their basis, told in working days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from engine.calendar import UNIT_WORDS, Calendar
from engine.clock import parse_moment
from engine.model import Due

WEEKDAYS = "一二三四五六日"
HOURS_SHOWN = timedelta(hours=4)


def compute(
    fact_at: datetime,
    length: int,
    unit: str,
    *,
    calendar: Calendar,
    fact: str | None = None,
    source: str | None = None,
) -> tuple[datetime, dict[str, Any]]:
    """The due moment counted from a fact, its basis as JSON. unit: workday, day, month, hour."""
    basis = make_basis(fact_at, length, unit, calendar=calendar, fact=fact, source=source)
    if unit == "hour":
        return fact_at + timedelta(hours=length), basis
    return calendar.derive(fact_at, length, unit).at, basis


def make_basis(
    fact_at: datetime,
    length: int | None,
    unit: str | None,
    *,
    calendar: Calendar,
    fact: str | None = None,
    source: str | None = None,
    note: str | None = None,
) -> dict[str, Any]:
    """From which fact, how many of which unit, on which calendar, by which rule.

    note: why it is not simply counted (另定、延期、停计), in the words the screen shows.
    """
    counted = length is not None and unit in ("workday", "day", "month")
    found = calendar.derive(fact_at, length, str(unit)) if counted and length is not None else None
    return {
        "fact": fact or "送达",
        "fact_at": fact_at.isoformat(),
        "length": length,
        "unit": unit,
        "source": source,
        "calendar": calendar.version(),
        "provisional": found is not None and found.provisional,
        "warning": found.warning if found is not None else None,
        "note": note,
    }


def describe(
    due_at: datetime | None,
    basis: Mapping[str, Any] | None,
    now: datetime,
    calendar: Calendar,
    *,
    done_at: datetime | None = None,
    soon: int = 3,
) -> Due:
    """A deadline in colour, words and derivation. soon: working days left that are few 【约】."""
    basis = basis or {}
    plain = Due(
        at=due_at,
        css="none",
        words="没有时限",
        until="",
        provisional=bool(basis.get("provisional")),
        warning=basis.get("warning"),
        steps=_steps(due_at, basis, calendar),
        kind=_kind(basis.get("source")),
        source=basis.get("source"),
    )
    if done_at is not None:
        until = f"{_day(done_at, now)}{done_at:%H:%M}"
        return replace(plain, css="done", words="已完成", until=until)
    if due_at is None:
        return plain
    css, words = _remaining(due_at, now, calendar, soon)
    return replace(plain, css=css, words=words, until=f"{_day(due_at, now)}{due_at:%H:%M} 截止")


def _remaining(due_at: datetime, now: datetime, calendar: Calendar, soon: int) -> tuple[str, str]:
    if now > due_at:
        late = calendar.workdays_between(due_at.date(), now.date())
        return "overdue", f"逾期{late}个工作日" if late else "已逾期"
    if due_at.date() == now.date():
        left = due_at - now
        if left < HOURS_SHOWN:
            hours, minutes = divmod(int(left.total_seconds()) // 60, 60)
            return "today", f"剩{hours}小时{minutes}分" if hours else f"剩{minutes}分钟"
        return "today", "今天到期"
    days = calendar.workdays_between(now.date(), due_at.date())
    return "soon" if days <= soon else "normal", f"剩{days}个工作日"


def _day(moment: datetime, now: datetime) -> str:
    if moment.date() == now.date():
        return "今天"
    year = "" if moment.year == now.year else f"{moment.year}年"
    return f"{year}{moment.month}月{moment.day}日"


def _kind(source: str | None) -> str | None:
    if not source:
        return None
    if source.startswith("工作规则"):
        return "rules"
    return "house" if source.startswith("约定") else "law"


def _steps(
    due_at: datetime | None, basis: Mapping[str, Any], calendar: Calendar
) -> tuple[tuple[str, str], ...]:
    """How the due moment came about, line by line."""
    if due_at is None or not basis.get("fact_at"):
        return ()
    fact_at = parse_moment(basis["fact_at"])
    steps = [(str(basis["fact"]), f"{_long(fact_at.date())}{fact_at:%H:%M}")]
    length, unit = basis.get("length"), basis.get("unit")
    if length and unit in ("workday", "day", "month"):
        found = calendar.derive(fact_at, length, unit)
        if found.at.date() == due_at.date():  # the hour may be that of other office hours
            steps += _counting(found.start_day, found.counted, found.skipped, length, unit)
        else:
            usual = f"一般为{length}{UNIT_WORDS[unit]}，本件另行商定"
            steps.append(("另定", basis.get("note") or usual))
    elif basis.get("note"):
        steps.append(("另定", basis["note"]))
    steps.append(("截止", f"{_long(due_at.date())}{due_at:%H:%M}"))
    return tuple(steps)


def _counting(
    start: date,
    counted: tuple[date, ...],
    skipped: tuple[date, ...],
    length: int,
    unit: str,
) -> list[tuple[str, str]]:
    steps = [("起算", f"{_long(start)}的次日")]
    if unit == "workday":
        steps.append(("计入", f"{ranges(counted)}，共{length}{UNIT_WORDS[unit]}"))
        if skipped:
            steps.append(("不计", f"{ranges(skipped)}（周末和放假）"))
    else:
        steps.append(("计入", f"{length}{UNIT_WORDS[unit]}，末日遇放假顺延"))
    return steps


def ranges(days: tuple[date, ...]) -> str:
    """2月12日至14日、24日: neighbours joined, months named once."""
    groups: list[list[date]] = []
    for day in days:
        if groups and (day - groups[-1][-1]).days == 1:
            groups[-1].append(day)
        else:
            groups.append([day])
    out, month = [], 0
    for group in groups:
        text = (
            f"{group[0].month}月{group[0].day}日"
            if group[0].month != month
            else f"{group[0].day}日"
        )
        month = group[0].month
        if len(group) > 1:
            last = group[-1]
            text += "至" + (
                f"{last.month}月{last.day}日" if last.month != month else f"{last.day}日"
            )
            month = last.month
        out.append(text)
    return "、".join(out)


def _long(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日（星期{WEEKDAYS[day.weekday()]}）"
