"""Working days and deadlines of the office. Pure; the one place that counts days.

Published years come from `chinesecalendar`, checked against the State Council's notices; imported
years win. A year that is not published is counted Monday to Friday and stays provisional: nothing
may take effect by silence on it (工作规则第三十三条; 民法典第201–203条 for counting).
"""

from __future__ import annotations

import calendar as months
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import chinese_calendar

from engine.clock import CHINA, aware
from engine.errors import Malformed

if TYPE_CHECKING:
    from engine.conventions import Conventions

UNITS = {"wd": "workday", "d": "day", "mo": "month"}
UNIT_WORDS = {"workday": "个工作日", "day": "日", "month": "个月"}
ONE_DAY = timedelta(days=1)
NOTICES = {
    2023: "国办发明电〔2022〕16号",
    2024: "国办发明电〔2023〕7号",
    2025: "国办发明电〔2024〕12号",
    2026: "国务院办公厅2025年11月4日通知",
}


@dataclass(frozen=True, slots=True)
class Year:
    """One year's arrangement. off: days off → holiday; extra: make-up working days → holiday.

    notice: the document it stands in. A notice may name days of the December before.
    """

    off: Mapping[date, str]
    extra: Mapping[date, str]
    notice: str


@lru_cache(maxsize=1)
def published_years() -> Mapping[int, Year]:
    """The years the library covers. Only from 2023 on: the rules did not exist before."""
    chinese = {each.value: each.chinese for each in chinese_calendar.Holiday}
    holidays, workdays = chinese_calendar.constants.holidays, chinese_calendar.constants.workdays
    years = sorted({day.year for day in holidays if day.year >= 2023})
    return {
        year: Year(
            {day: chinese[name] for day, name in holidays.items() if day.year == year},
            {day: chinese[name] for day, name in workdays.items() if day.year == year},
            NOTICES.get(year, "国务院办公厅通知"),
        )
        for year in years
    }


@dataclass(frozen=True, slots=True)
class Deadline:
    """A due moment and how it came about.

    start_day: the day counting starts after; counted: the days that count (working days only);
    skipped: days off passed over; warning: the sentence to show while provisional.
    """

    at: datetime
    start_day: date
    counted: tuple[date, ...] = ()
    skipped: tuple[date, ...] = ()
    provisional: bool = False
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class Backwards:
    """A deadline counted back from an event. latest: the last day that is in time; advised: the
    last working day by then (the same day unless `latest` is a day off 【约】)."""

    latest: date
    advised: date
    provisional: bool = False
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """The end of office hours 【约】. summer: (end, first day, last day), days as "05-01"."""

    end: time = time(18)
    summer: tuple[time, str, str] | None = None

    def end_of(self, day: date) -> time:
        """When office hours end on a day."""
        if self.summer is None:
            return self.end
        end, first, last = self.summer
        now = f"{day:%m-%d}"
        inside = first <= now <= last if first <= last else now >= first or now <= last
        return end if inside else self.end


def hours_of(conventions: Conventions) -> Hours:
    """The office's hours from its conventions."""
    names = ("summer_hours_end", "summer_hours_from", "summer_hours_to")
    summer_end, first, last = (conventions[name] for name in names)
    normal = time.fromisoformat(conventions["office_hours_end"])
    return Hours(normal, (time.fromisoformat(summer_end), first, last))


class Calendar:
    """The calendar of one moment; a new import makes a new one."""

    def __init__(
        self,
        imported: Mapping[int, Year] | None = None,
        *,
        hours: Hours | None = None,
        revision: int = 0,
    ) -> None:
        self.years: Mapping[int, Year] = {**published_years(), **(imported or {})}
        self.hours = hours or Hours()
        self.revision = revision
        self.off = {day: name for year in self.years.values() for day, name in year.off.items()}
        self.extra = {day: name for year in self.years.values() for day, name in year.extra.items()}

    def with_year(self, number: int, year: Year | None) -> Calendar:
        """The same calendar with another arrangement of one year (None: the published one)."""
        years = {each: kept for each, kept in self.years.items() if each != number}
        if year is not None:
            years[number] = year
        return Calendar(years, hours=self.hours, revision=self.revision)

    def known(self, year: int) -> bool:
        """Whether this year's arrangement is published or imported."""
        return year in self.years

    def version(self) -> str:
        """Which years stand and how often they were revised: "2023-2026", "2023-2027·2"."""
        revised = f"·{self.revision}" if self.revision else ""
        return f"{min(self.years)}-{max(self.years)}{revised}"

    def is_workday(self, day: date) -> bool:
        """Whether people are at work: make-up days count, public holidays do not."""
        return day in self.extra or (day.weekday() < 5 and day not in self.off)

    def add_workdays(self, day: date, count: int) -> date:
        """The count-th working day after `day` (before, when negative), which never counts."""
        step = ONE_DAY if count > 0 else -ONE_DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_workday(day):
                day += step
        return day

    def workdays_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is earlier."""
        if end < start:
            return -self.workdays_between(end, start)
        days = (end - start).days
        return sum(self.is_workday(start + ONE_DAY * n) for n in range(1, days + 1))

    def prev_workday(self, day: date) -> date:
        """The day itself when it is a working day, else the last one before."""
        while not self.is_workday(day):
            day -= ONE_DAY
        return day

    def next_workday(self, day: date) -> date:
        """The day itself when it is a working day, else the first one after."""
        while not self.is_workday(day):
            day += ONE_DAY
        return day

    def start_day(self, moment: datetime) -> date:
        """The day of delivery: after hours or on a day off it is the next working day 【约】."""
        local = aware(moment)
        day = local.date()
        if not self.is_workday(day):
            return self.next_workday(day)
        return day if local <= self.close(day) else self.add_workdays(day, 1)

    def close(self, day: date) -> datetime:
        """The end of office hours of a day: a reply at exactly this moment is in time."""
        return datetime.combine(day, self.hours.end_of(day), tzinfo=CHINA)

    def workdays_end(self, moment: datetime, count: int) -> datetime:
        """The end of the count-th working day after delivery."""
        return self.close(self.add_workdays(self.start_day(moment), count))

    def calendar_end(self, moment: datetime, count: int) -> datetime:
        """The end of the count-th calendar day; a last day off rolls on to the next working day."""
        return self.close(self.next_workday(aware(moment).date() + ONE_DAY * count))

    def months_end(self, moment: datetime, count: int) -> datetime:
        """The same day count months later (or the month's last day), rolling off days off."""
        return self.close(self.next_workday(add_months(aware(moment).date(), count)))

    def days_before(self, day: date, count: int) -> date:
        """Counting back never rolls (工作规则第三十条: 前15日, 前10日)."""
        return day - ONE_DAY * count

    def before(self, event: date, count: int, unit: str) -> Backwards:
        """The latest day `count` units before an event (工作规则第二十六条、第三十条).

        unit: workday, day, month. The event's own day never counts; nothing rolls.
        """
        latest = {
            "workday": lambda: self.add_workdays(event, -count),
            "day": lambda: self.days_before(event, count),
            "month": lambda: add_months(event, -count),
        }[unit]()
        advised = self.prev_workday(latest)
        unknown = self._unknown(advised.year, event.year if unit == "workday" else latest.year)
        warning = self.warning(unknown, count, unit) if unknown else None
        return Backwards(latest, advised, unknown is not None, warning)

    def provisional(self, moment: datetime | date) -> bool:
        """Whether a date lies in a year whose arrangement is not known yet."""
        day = aware(moment).date() if isinstance(moment, datetime) else moment
        return not self.known(day.year)

    def warning(self, year: int, count: int, unit: str = "workday") -> str:
        """The sentence that goes with every provisional deadline."""
        return f"{year}年节假日安排尚未维护，{count}{UNIT_WORDS[unit]}的计算结果不可靠"

    def _unknown(self, first: int, last: int) -> int | None:
        return next((year for year in range(first, last + 1) if not self.known(year)), None)

    def deadline(self, moment: datetime, term: str) -> Deadline:
        """A deadline with its derivation. term: "7wd" working days, "15d" days, "3mo" months."""
        digits = term.rstrip("abcdefghijklmnopqrstuvwxyz")
        unit = UNITS.get(term[len(digits) :])
        if unit is None or not digits.isdigit():
            raise Malformed(f"期限“{term}”读不懂：请写成 7wd（工作日）、15d（日）或 3mo（月）。")
        return self.derive(moment, int(digits), unit)

    def derive(self, moment: datetime, count: int, unit: str) -> Deadline:
        """A deadline with its derivation. unit: workday, day, month."""
        ends = {
            "workday": self.workdays_end,
            "day": self.calendar_end,
            "month": self.months_end,
        }
        at = ends[unit](moment, count)
        begin = self.start_day(moment) if unit == "workday" else aware(moment).date()
        passed = [begin + ONE_DAY * n for n in range(1, (at.date() - begin).days + 1)]
        found = Deadline(
            at=at,
            start_day=begin,
            counted=tuple(day for day in passed if self.is_workday(day)),
            skipped=tuple(day for day in passed if not self.is_workday(day)),
        )
        first = aware(moment).year if unit == "workday" else self._nominal(begin, count, unit).year
        unknown = self._unknown(first, at.year)
        if unknown is None:
            return found
        return replace(found, provisional=True, warning=self.warning(unknown, count, unit))

    def _nominal(self, begin: date, count: int, unit: str) -> date:
        """The last day before it rolls: only from there on does the calendar matter."""
        return add_months(begin, count) if unit == "month" else begin + ONE_DAY * count


def add_months(day: date, count: int) -> date:
    """The same day of a later month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    month += 1
    return date(year, month, min(day.day, months.monthrange(year, month)[1]))


def after(moment: datetime) -> datetime:
    """One second later: the due moment itself belongs to who answers, handling comes after it."""
    return moment + timedelta(seconds=1)
