"""A deadline as people read it: how much is left, how it came about, on what it rests."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from engine import deadline_records, deadlines
from engine.calendar import Calendar, Hours
from engine.clock import parse_moment
from engine.holiday_tables import read
from engine.model import Due
from tests.engine.notices import LONGER_NEW_YEAR, NOTICE_2027

CALENDAR = Calendar()
CLAUSE = "工作规则第三十三条第二款"
DELIVERED = "2026-02-11T10:00"


def told(
    now: str,
    fact: str = DELIVERED,
    length: int = 7,
    unit: str = "workday",
    *,
    source: str = CLAUSE,
    calendar: Calendar = CALENDAR,
    **more: Any,
) -> Due:
    at = parse_moment(f"{fact}:00+08:00")
    due_at, basis = deadlines.compute(at, length, unit, calendar=calendar, source=source)
    moment = parse_moment(f"{now}:00+08:00")
    return deadlines.describe(due_at, basis, moment, calendar, **more)


@pytest.mark.parametrize(
    ("now", "css", "words"),
    [
        ("2026-02-11T10:00", "normal", "剩7个工作日"),
        ("2026-02-24T09:00", "soon", "剩3个工作日"),
        ("2026-02-16T09:00", "normal", "剩4个工作日"),  # in the middle of the feast
        ("2026-02-27T09:00", "today", "今天到期"),
        ("2026-02-27T15:30", "today", "剩2小时30分"),
        ("2026-02-27T17:35", "today", "剩25分钟"),
        ("2026-02-27T18:30", "overdue", "已逾期"),
        ("2026-02-28T09:00", "overdue", "逾期1个工作日"),  # a Saturday at work
        ("2026-03-01T09:00", "overdue", "逾期1个工作日"),
        ("2026-03-02T09:00", "overdue", "逾期2个工作日"),
    ],
)
def test_what_is_left_is_told_in_working_days(now: str, css: str, words: str) -> None:
    due = told(now)
    assert (due.css, due.words) == (css, words)
    assert due.until in ("今天18:00 截止", "2月27日18:00 截止")


def test_few_days_are_as_many_as_the_office_has_agreed_on() -> None:
    assert told("2026-02-13T09:00").css == "normal"
    assert told("2026-02-13T09:00", soon=5).css == "soon"


def test_the_derivation_names_what_counts_and_what_does_not() -> None:
    assert told("2026-02-11T10:00").steps == (
        ("送达", "2026年2月11日（星期三）10:00"),
        ("起算", "2026年2月11日（星期三）的次日"),
        ("计入", "2月12日至14日、24日至27日，共7个工作日"),
        ("不计", "2月15日至23日（周末和放假）"),
        ("截止", "2026年2月27日（星期五）18:00"),
    )
    assert told("2026-02-11T10:00", "2026-02-13T10:00", 3, "day").steps[2] == (
        "计入",
        "3日，末日遇放假顺延",
    )


def test_another_convention_about_office_hours_leaves_old_deadlines_as_they_were() -> None:
    early = Calendar(hours=Hours(time(17, 30)))
    at = parse_moment(f"{DELIVERED}:00+08:00")
    due_at, basis = deadlines.compute(at, 7, "workday", calendar=CALENDAR)
    due = deadlines.describe(due_at, basis, at, early)
    assert due.until == "2月27日18:00 截止"
    assert "另定" not in dict(due.steps)


@pytest.mark.parametrize(
    ("source", "kind"),
    [(CLAUSE, "rules"), ("约定：当日登记", "house"), ("立法法第一百零九条", "law")],
)
def test_a_convention_is_told_from_a_rule_and_a_law(source: str, kind: str) -> None:
    assert told("2026-02-11T10:00", source=source).kind == kind


def test_a_provisional_deadline_always_carries_its_sentence() -> None:
    due = told("2026-12-28T10:00", "2026-12-28T10:00")
    assert due.provisional
    assert due.warning == "2027年节假日安排尚未维护，7个工作日的计算结果不可靠"


def test_a_record_in_a_variable_is_renewed_only_where_the_calendar_moved_it() -> None:
    later = CALENDAR.with_year(2027, read(LONGER_NEW_YEAR).year)
    refresh = deadline_records.refresher(CALENDAR, later)
    fact = parse_moment("2026-12-28T10:00:00+08:00")
    moving = {"dept": "a", **deadline_records.counted(CALENDAR, fact, 7, "workday")}
    early = parse_moment("2026-11-02T10:00:00+08:00")
    staying = {"dept": "b", **deadline_records.counted(CALENDAR, early, 7, "workday")}
    agreed = {
        "dept": "c",
        **deadline_records.given(CALENDAR, parse_moment("2027-01-20T18:00:00+08:00")),
    }
    before = {"parties": [moving, staying, agreed], "other": {"due_at": 3}, "n": 1}
    after = refresh(before)
    assert [each["due_at"][:10] for each in after["parties"]] == [
        "2027-01-11",
        staying["due_at"][:10],
        "2027-01-20",
    ]
    assert [each["provisional"] for each in after["parties"]] == [False, False, False]
    assert after["parties"][1] is staying
    assert refresh(after) is after
    unchanged = {"parties": [staying], "text": "x"}
    assert refresh(unchanged) is unchanged


def test_a_record_moved_by_hand_stays_where_it_was_put() -> None:
    first = CALENDAR.with_year(2027, read(NOTICE_2027).year)
    later = CALENDAR.with_year(2027, read(LONGER_NEW_YEAR).year)
    fact = parse_moment("2026-12-28T10:00:00+08:00")
    record = deadline_records.counted(first, fact, 7, "workday")
    moved = {**record, "due_at": "2027-01-15T18:00:00+08:00"}
    assert deadline_records.refresher(first, later)(moved) is moved
