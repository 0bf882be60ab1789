"""The years of the working calendar: looking at one, taking the next from the State Council's
notice, seeing beforehand what moves, and counting again what rests on a year that has changed.

The import is one command; counting again is one job behind it (`recount_all`), an instance at a
time, so that one broken instance holds up no other (04 §4.0 item 2).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

from engine import conventions, holiday_tables
from engine.calendar import ONE_DAY, Calendar, Year, hours_of, published_years
from engine.clock import CHINA
from engine.commands import run_once
from engine.deadlines import ranges
from engine.duties import CALENDAR, require
from engine.errors import Finding, GuichengError, Invalid, NotFound, StorageUnavailable
from engine.history import record_system
from engine.holiday_tables import Arrangement
from engine.ids import new_id
from engine.leases import Lease, LeaseLost
from engine.model import Actor
from engine.running import recounting, words
from engine.running.opening import load, take_up
from engine.running.recounting import Move
from engine.running.settle import settle
from engine.storage import instances as instance_rows
from engine.storage import jobs, versions
from engine.storage import years as rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

log = logging.getLogger(__name__)

RECOUNT = "recount"  # kind of the job
REMIND_FROM = (11, 1)  # month, day: from then on the next year's arrangement is waited for
SHOWN = 200  # moves that a preview lists
MONTHS = range(1, 13)


@dataclass(frozen=True, slots=True)
class YearView:
    """One year for the screen. notice: None while it is not known; imported: here, not shipped."""

    number: int
    notice: str | None
    imported: bool
    workdays: int
    off: int
    extra: int
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class Moved:
    """A move with the head of its instance, for people who must not see what it is about."""

    move: Move
    number: str | None
    procedure: str

    @property
    def words(self) -> str:
        """“部门会签”（市司法局）办理时限：原…，现…."""
        move = self.move
        party = f"（{move.party}）" if move.party else ""
        before = words.moment(move.before) if move.before else "暂不触发"
        after = words.moment(move.after) if move.after else "暂不触发"
        firm = "，由暂定转为确定" if move.firm else "，暂定" if move.provisional else ""
        return f"“{move.name}”{party}{recounting.PARTS[move.part]}：原{before}，现{after}{firm}"


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do. unreadable: instances that could not be counted."""

    arrangement: Arrangement
    before: YearView
    after: YearView
    same: bool
    moved: tuple[Moved, ...]
    total: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class Recount:
    """How counting again stands. moved: deadlines so far; state: waiting, done, failed."""

    year: int
    state: str
    moved: int


# ---- looking ---------------------------------------------------------------------------------


def known(engine: Engine) -> tuple[int, ...]:
    """The years whose arrangement is known, and the next one."""
    calendar = engine.calendar()
    return tuple(sorted({*calendar.years, max(calendar.years) + 1, engine.clock.now().year}))


def view(engine: Engine, actor: Actor, number: int) -> YearView:
    """One year as it stands. NotFound far outside the years there are."""
    require(actor, CALENDAR)
    if number not in holiday_tables.YEARS:
        raise NotFound
    with engine.database.read() as connection:
        calendar, imported = engine.calendar(connection), rows.load(connection)
    return _view(calendar, number, number in imported)


def _view(calendar: Calendar, number: int, imported: bool) -> YearView:
    year = calendar.years.get(number)
    days = [date(number, 1, 1) + ONE_DAY * n for n in range(366)]
    days = [day for day in days if day.year == number]
    return YearView(
        number,
        year.notice if year else None,
        imported,
        sum(map(calendar.is_workday, days)),
        sum(day in calendar.off for day in days),
        sum(day in calendar.extra for day in days),
        calendar,
    )


def reminder(engine: Engine) -> str | None:
    """From 1 November on, while next year's arrangement is missing: what to do about it."""
    now = engine.clock.now()
    calendar = engine.calendar()
    for year in (now.year, now.year + 1):
        late = year == now.year or (now.month, now.day) >= REMIND_FROM
        if late and not calendar.known(year):
            return (
                f"{year}年节假日安排尚未维护，涉及{year}年的期限都是暂定，不会因逾期未复而生效。"
                "请在国务院办公厅通知公布后导入。"
            )
    return None


# ---- taking a year ---------------------------------------------------------------------------


def preview(engine: Engine, actor: Actor, text: str) -> Preview:
    """What taking this table would move; changes nothing. Raises Invalid for a wrong table."""
    require(actor, CALENDAR)
    return preview_of(engine, holiday_tables.read(text))


def preview_of(engine: Engine, found: Arrangement) -> Preview:
    """The same for the command line, which has no actor."""
    moved: list[Moved] = []
    total = unreadable = 0
    with engine.database.read() as connection:
        before, imported = engine.calendar(connection), rows.load(connection)
        after = before.with_year(found.number, found.year)
        for head in instance_rows.with_deadlines(connection, _from(found.number)):
            try:
                moves = _would_move(engine, connection, head, before, after)
            except GuichengError:
                unreadable += 1
                continue
            total += len(moves)
            room = SHOWN - len(moved)
            moved += [Moved(each, head.number, head.procedure) for each in moves[:room]]
    was = _view(before, found.number, found.number in imported)
    now = _view(after, found.number, True)
    same = before.years.get(found.number) == found.year
    return Preview(found, was, now, same, tuple(moved), total, unreadable)


def _would_move(
    engine: Engine, connection: Connection, head: Any, before: Calendar, after: Calendar
) -> list[Move]:
    row = instance_rows.plain(connection, head.id)
    work = load(
        engine,
        connection,
        row,
        engine.clock.now(),
        only_look=True,
        calendar=after,
        suspended_too=True,
    )
    return recounting.recount(work, before)


def take(engine: Engine, actor: Actor, text: str, *, key: str) -> dict[str, Any]:
    """Import a year from its table. Raises NotAllowed, Invalid."""
    require(actor, CALENDAR)
    return import_year(engine, actor.person_id, holiday_tables.read(text), key=key)


def import_year(
    engine: Engine, by: str | None, found: Arrangement, *, key: str | None = None
) -> dict[str, Any]:
    """Store a year and order the job that counts again. by: a person, None for the command line."""

    def work(connection: Connection) -> dict[str, Any]:
        versions.bump(connection, versions.CALENDAR)  # first: it locks out another import
        kept = rows.load(connection)
        before = {**published_years(), **kept}.get(found.number)
        if before == found.year:
            raise Invalid([Finding(f"{found.number}年的安排与现有的完全相同，没有改动。", "table")])
        now = engine.clock.now()
        rows.put(connection, found.number, found.year, now, by)
        hours = hours_of(conventions.fresh(engine, connection))
        revision = versions.read(connection)[versions.CALENDAR]
        years = {**kept, found.number: found.year}
        calendar = Calendar(years, hours=hours, revision=revision)
        shown = _view(calendar, found.number, True)
        told = {
            "year": found.number,
            "notice": found.year.notice,
            "workdays": shown.workdays,
            "calendar": calendar.version(),
        }
        record_system(connection, at=now, kind="calendar.imported", actor_id=by, data=told)
        _order(connection, found, before, now)
        return {
            "year": found.number,
            "message": f"已导入{found.number}年工作日历（{found.year.notice}），"
            f"全年{shown.workdays}个工作日；受影响的时限正在重算。",
        }

    if by is None or key is None:
        with engine.database.write() as connection:
            return work(connection)
    body = {"year": found.number, **rows.encoded(found.year)}
    answer, _ = run_once(engine, by, key, "calendar", body, work)
    return answer


def _order(connection: Connection, found: Arrangement, before: Year | None, now: datetime) -> None:
    payload = {
        "year": found.number,
        "notice": found.year.notice,
        "before": rows.encoded(before) if before is not None else None,
        "moved": 0,
    }
    identity = new_id()
    job = {"id": identity, "kind": RECOUNT, "due_at": now, "status": "waiting", "attempts": 0}
    jobs.add(connection, [{**job, "payload": payload, "dedupe_key": f"{RECOUNT}:{identity}"}])


# ---- counting again --------------------------------------------------------------------------


def last_recount(engine: Engine) -> Recount | None:
    """How the newest job of counting again stands."""
    with engine.database.read() as connection:
        job = jobs.newest_of_kind(connection, RECOUNT)
    if job is None:
        return None
    return Recount(job.payload["year"], job.status, job.payload["moved"])


def recount_all(engine: Engine, job: Any, lease: Lease) -> None:
    """The job: every instance that may be concerned, each in a transaction of its own.

    The lease is renewed with every instance: a process that stood still is refused when it comes
    back. What was counted before a crash or a failure is not counted again. Raises Invalid at the
    end when an instance could not be counted, so that the job is tried again and shown as an
    incident.
    """
    payload = job.payload
    with engine.database.read() as connection:
        calendar = engine.calendar(connection)
        heads = list(instance_rows.with_deadlines(connection, _from(payload["year"])))
    kept = payload["before"]
    before = calendar.with_year(payload["year"], rows.decoded(kept) if kept else None)
    failed = []
    for head in heads:
        try:
            with engine.database.write() as connection:
                lease.hold(connection)
                moved = _recount(engine, connection, head.id, before, payload["notice"])
                if moved:
                    payload = {**payload, "moved": payload["moved"] + moved}
                    jobs.note(connection, job.id, payload)
        except (StorageUnavailable, LeaseLost):
            raise
        except Exception:
            log.exception("deadlines of instance %s could not be counted again", head.id)
            failed.append(head.number or head.id)
    if failed:
        raise Invalid([Finding(f"{len(failed)}件的时限没有重算成功：{'、'.join(failed[:10])}。")])
    lease.finish()


def _recount(
    engine: Engine, connection: Connection, instance_id: str, before: Calendar, notice: str
) -> int:
    row = instance_rows.lock(connection, instance_id)
    if row is None or row.state != "running":
        return 0
    work = take_up(engine, connection, instance_id, engine.clock.now(), suspended_too=True)
    moves = recounting.recount(work, before)
    if moves:
        recounting.keep(work, moves, notice)
        settle(work)
    return len(moves)


def _from(year: int) -> datetime:
    """Deadlines before this moment can not rest on the year, unless they are provisional."""
    return datetime(year - 1, 12, 1, tzinfo=CHINA)


def spans_of(view: YearView) -> Iterator[str]:
    """The year's arrangement in words: “元旦：1月1日至3日放假；1月4日上班。”, feast by feast."""
    feasts: dict[str, tuple[list[date], list[date]]] = {}
    for place, found in enumerate((view.calendar.off, view.calendar.extra)):
        for day in sorted(found):
            if day.year == view.number:
                feasts.setdefault(found[day] or "其他", ([], []))[place].append(day)
    for name, (off, extra) in sorted(feasts.items(), key=lambda each: min(chain(*each[1]))):
        parts = [f"{ranges(tuple(off))}放假"] if off else []
        parts += [f"{ranges(tuple(extra))}上班"] if extra else []
        yield f"{name}：{'；'.join(parts)}"


def dates_of(view: YearView) -> Iterator[tuple[int, list[list[date | None]]]]:
    """(month, its weeks from Monday to Sunday; None for days of other months)."""
    for month in MONTHS:
        first = date(view.number, month, 1)
        days: list[date | None] = [None] * first.weekday()
        day = first
        while day.month == month:
            days.append(day)
            day += ONE_DAY
        days += [None] * (-len(days) % 7)
        yield month, [days[start : start + 7] for start in range(0, len(days), 7)]
