"""Working days, calendar days, months: every figure of the specification, and laws for all days."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar import Calendar, Hours, Year
from engine.clock import CHINA, parse_moment
from tests.engine import almanac

CALENDAR = Calendar()
DAYS = st.dates(date(2023, 1, 1), date(2026, 12, 31))
MIDDLE = st.dates(date(2023, 3, 1), date(2026, 10, 31))


def at(text: str, clock: str = "10:00") -> datetime:
    return parse_moment(f"{text}T{clock}:00+08:00")


@pytest.mark.parametrize(
    ("start", "count", "expected"),
    [
        # the assertions of 04 §4.4
        ("2023-06-21", 7, "2023-07-03"),
        ("2023-01-19", 7, "2023-02-02"),
        ("2024-02-05", 7, "2024-02-20"),
        ("2024-09-27", 7, "2024-10-12"),
        ("2025-01-23", 7, "2025-02-08"),
        ("2025-04-25", 7, "2025-05-08"),
        ("2026-04-29", 7, "2026-05-12"),
        ("2026-09-18", 7, "2026-09-29"),
        ("2026-09-30", 7, "2026-10-15"),
        ("2026-11-23", 7, "2026-12-02"),
        ("2026-05-12", -10, "2026-04-24"),
        ("2025-05-09", -10, "2025-04-23"),
        ("2026-12-10", -10, "2026-11-26"),
        ("2025-02-18", -10, "2025-02-05"),
        # R1: seven working days after a meeting
        ("2023-06-01", 7, "2023-06-12"),
        ("2023-06-01", 15, "2023-06-25"),
        ("2026-02-12", 7, "2026-02-28"),
        ("2026-02-14", 7, "2026-03-03"),
        ("2025-09-28", 7, "2025-10-14"),
        ("2026-09-24", 7, "2026-10-12"),
        # R3: ten working days before an event
        ("2026-03-03", -10, "2026-02-11"),
        ("2026-10-16", -10, "2026-09-28"),
        ("2025-10-16", -10, "2025-09-26"),
        # R17, R18, R19
        ("2025-09-30", 20, "2025-11-04"),
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-02-13", 15, "2026-03-12"),
        ("2026-02-13", 7, "2026-03-02"),
    ],
)
def test_working_days_are_counted_as_the_specification_says(
    start: str, count: int, expected: str
) -> None:
    found = CALENDAR.add_workdays(date.fromisoformat(start), count)
    assert found.isoformat() == expected
    assert almanac.counted(date.fromisoformat(start), count) == found


@pytest.mark.parametrize(
    ("delivered", "term", "expected"),
    [
        ("2026-02-11T10:00", "7wd", "2026-02-27"),  # R2
        ("2026-02-11T18:00", "7wd", "2026-02-27"),
        ("2026-02-11T18:01", "7wd", "2026-02-28"),  # R2b
        ("2026-06-16T09:00", "7wd", "2026-06-26"),  # R2c
        ("2026-02-15T09:00", "7wd", "2026-03-04"),  # on a day off: the next working day starts it
        ("2026-02-14T09:00", "7wd", "2026-03-03"),  # a Saturday at work is a working day
        ("2026-02-05T09:00", "3mo", "2026-05-06"),  # R22 and 3.4.7
        ("2024-07-03T09:00", "3mo", "2024-10-08"),
        ("2025-11-30T09:00", "3mo", "2026-02-28"),  # a Saturday at work: no rolling
        ("2026-02-05T09:00", "6mo", "2026-08-05"),
        ("2024-11-30T09:00", "3mo", "2025-02-28"),  # no such day: the month's last
        ("2023-12-31T09:00", "2mo", "2024-02-29"),
        ("2026-02-13T09:00", "3d", "2026-02-24"),  # R23 rolls over the feast
        ("2026-02-13T09:00", "7d", "2026-02-24"),
        ("2026-02-13T09:00", "1mo", "2026-03-13"),
        ("2026-02-13T09:00", "0d", "2026-02-13"),
        ("2026-03-02T09:00", "30d", "2026-04-01"),  # R20, R21, R24b
        ("2026-03-02T09:00", "15d", "2026-03-17"),  # R24
        ("2026-03-02T09:00", "60d", "2026-05-06"),
        ("2026-03-02T09:00", "20wd", "2026-03-30"),  # R24d
    ],
)
def test_deadlines_start_end_and_roll_as_the_specification_says(
    delivered: str, term: str, expected: str
) -> None:
    found = CALENDAR.deadline(parse_moment(f"{delivered}:00+08:00"), term)
    assert found.at.isoformat() == f"{expected}T18:00:00+08:00"
    assert not found.provisional


@pytest.mark.parametrize(
    ("event", "count", "unit", "latest", "advised"),
    [
        ("2026-03-02", 15, "day", "2026-02-15", "2026-02-14"),  # R4 falls into the feast
        ("2026-12-31", 15, "day", "2026-12-16", "2026-12-16"),
        ("2025-02-14", 10, "day", "2025-02-04", "2025-01-27"),  # R5
        ("2026-12-31", 10, "day", "2026-12-21", "2026-12-21"),
        ("2026-02-28", 7, "day", "2026-02-21", "2026-02-14"),  # R24c
        ("2026-03-03", 10, "workday", "2026-02-11", "2026-02-11"),
        ("2026-05-31", 3, "month", "2026-02-28", "2026-02-28"),
    ],
)
def test_counting_back_never_rolls_but_advises_the_working_day_before(
    event: str, count: int, unit: str, latest: str, advised: str
) -> None:
    found = CALENDAR.before(date.fromisoformat(event), count, unit)
    assert (found.latest.isoformat(), found.advised.isoformat()) == (latest, advised)
    assert not found.provisional


@pytest.mark.parametrize(("year", "days"), [(2023, 249), (2024, 251), (2025, 248), (2026, 248)])
def test_a_year_has_so_many_working_days(year: int, days: int) -> None:
    assert CALENDAR.workdays_between(date(year - 1, 12, 31), date(year, 12, 31)) == days


def test_the_eve_of_2024_is_a_working_day() -> None:
    assert CALENDAR.is_workday(date(2024, 2, 9))
    assert CALENDAR.is_workday(date(2023, 6, 25))
    assert not CALENDAR.is_workday(date(2026, 2, 16))


@pytest.mark.parametrize(
    ("moment", "term", "provisional"),
    [
        ("2026-12-21", "7wd", False),
        ("2026-12-24", "7wd", True),
        ("2026-12-01", "30d", False),  # ends on the last day of the year, a Thursday
        ("2026-12-02", "30d", True),
        ("2026-11-30", "1mo", False),
        ("2026-10-31", "3mo", True),
    ],
)
def test_what_rests_on_an_unknown_year_says_so(moment: str, term: str, provisional: bool) -> None:
    found = CALENDAR.deadline(at(moment), term)
    assert found.provisional == provisional
    if provisional:
        words = term.replace("wd", "个工作日").replace("mo", "个月").replace("d", "日")
        assert found.warning == f"2027年节假日安排尚未维护，{words}的计算结果不可靠"


def test_counting_back_from_an_unknown_year_says_so_too() -> None:
    found = CALENDAR.before(date(2027, 1, 8), 10, "workday")
    assert found.provisional
    assert found.warning == "2027年节假日安排尚未维护，10个工作日的计算结果不可靠"
    assert not CALENDAR.before(date(2027, 1, 8), 15, "day").provisional


def test_summer_hours_end_the_day_later() -> None:
    summer = Calendar(hours=Hours(time(18), (time(18, 30), "05-01", "09-30")))
    assert summer.deadline(at("2026-07-01", "18:20"), "1wd").at == at("2026-07-02", "18:30")
    assert summer.deadline(at("2026-04-28", "18:20"), "1wd").at == at("2026-04-30", "18:00")
    assert summer.deadline(at("2026-09-28", "17:00"), "3wd").at == at("2026-10-08", "18:00")


def test_a_season_may_lie_across_the_new_year() -> None:
    winter = Hours(time(18), (time(17, 30), "10-01", "03-31"))
    days = [date(2026, 1, 5), date(2026, 5, 6), date(2026, 10, 9)]
    assert [winter.end_of(day).hour for day in days] == [17, 18, 17]


def test_a_notice_may_give_away_days_of_the_december_before() -> None:
    given_ = Year({date(2026, 12, 31): "元旦", date(2027, 1, 1): "元旦"}, {}, "通知")
    later = Calendar({2027: given_})
    assert CALENDAR.is_workday(date(2026, 12, 31))
    assert not later.is_workday(date(2026, 12, 31))
    assert later.with_year(2027, None).is_workday(date(2026, 12, 31))


@given(DAYS)
def test_every_day_agrees_with_the_notices(day: date) -> None:
    assert CALENDAR.is_workday(day) == almanac.at_work(day)


@settings(max_examples=300)
@given(MIDDLE, st.integers(-40, 40))
def test_counting_agrees_with_a_second_way_of_counting(day: date, count: int) -> None:
    assert CALENDAR.add_workdays(day, count) == almanac.counted(day, count)


@given(MIDDLE, MIDDLE, st.integers(1, 40))
def test_a_later_start_never_ends_earlier(one: date, other: date, count: int) -> None:
    first, second = sorted((one, other))
    assert CALENDAR.add_workdays(first, count) <= CALENDAR.add_workdays(second, count)
    moments = [datetime.combine(day, time(12), CHINA) for day in (first, second)]
    for unit in ("workday", "day", "month"):
        ends = [CALENDAR.derive(each, count % 4, unit).at for each in moments]
        assert ends == sorted(ends)


@given(st.dates(date(2026, 2, 13), date(2026, 2, 22)))
def test_but_a_later_start_may_end_no_later(day: date) -> None:
    following = day + timedelta(1)
    if not CALENDAR.is_workday(following):
        assert CALENDAR.add_workdays(day, 7) == CALENDAR.add_workdays(following, 7)


@given(MIDDLE, st.integers(1, 40))
def test_counting_back_undoes_counting_on_for_working_days(day: date, count: int) -> None:
    start = CALENDAR.next_workday(day)
    end = CALENDAR.add_workdays(start, count)
    assert CALENDAR.add_workdays(end, -count) == start
    assert CALENDAR.workdays_between(start, end) == count
    assert CALENDAR.workdays_between(end, start) == -count


@given(MIDDLE, st.times(), st.integers(0, 40))
def test_a_deadline_ends_on_a_working_day_after_as_many_as_were_asked(
    day: date, clock: time, count: int
) -> None:
    moment = datetime.combine(day, clock.replace(microsecond=0), CHINA)
    found = CALENDAR.derive(moment, count, "workday")
    assert len(found.counted) == count
    assert CALENDAR.is_workday(found.at.date())
    assert CALENDAR.is_workday(found.start_day)
    assert (found.at.hour, found.at.minute) == (18, 0)
