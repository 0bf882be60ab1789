"""审计记录: who did what, when, on which number; exported; the chains verified."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from engine import audit, directory, duties
from engine.audit import AREAS, Found, Question
from engine.clock import CHINA
from web.pages.administration.rooms import Room
from web.pages.parts import LONGEST_SEARCH, page_number
from web.sessions import actor, engine

ROOM = Room(
    "audit",
    duties.AUDIT,
    "审计记录",
    "查询谁在何时对哪一件做了什么，导出，核验记录有没有被改动。",
    "list",
)
blueprint = ROOM.blueprint(__name__)
DAYS_AT_FIRST = 7
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run what begins so


@blueprint.get("")
def show() -> ResponseReturnValue:
    return _page()


@blueprint.get("/export.csv")
def export() -> ResponseReturnValue:
    found = audit.export(engine(), actor(), _question())
    name = f"audit-{engine().clock.now():%Y%m%d-%H%M}.csv"
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(_lines(found), mimetype="text/csv", headers=headers)


@blueprint.post("/verify")
def verify() -> ResponseReturnValue:
    return render_template(
        "administration/audit-verified.html", found=audit.verify(engine(), actor())
    )


def _page() -> str:
    asked = _question()
    office = directory.snapshot(engine())
    return render_template(
        "administration/audit.html",
        rows=audit.search(engine(), actor(), asked, page_number()),
        asked=asked,
        since=_day("since") or _first_day(),
        until=_day("until"),
        areas=AREAS,
        people=sorted((name, person_id) for person_id, name in office.person_names.items()),
        most=audit.MOST_EXPORTED,
        query={key: value for key, value in request.args.items() if key != "page"},
    )


def _question() -> Question:
    """What the address asks for; without a first day the last week."""
    until = _day("until")
    return Question(
        since=_midnight(_day("since") or _first_day()),
        until=_midnight(until + timedelta(days=1)) if until else None,
        person_id=_text("person"),
        area=_text("area") if request.args.get("area") in AREAS else None,
        number=_text("number"),
        words=_text("q"),
    )


def _first_day() -> date:
    return engine().clock.now().date() - timedelta(days=DAYS_AT_FIRST)


def _day(name: str) -> date | None:
    """A day from the address; None for anything that is none, or out of all reason."""
    try:
        found = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return found if 2000 <= found.year < 9999 else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)


def _text(name: str) -> str | None:
    return request.args.get(name, "").replace("\0", "").strip()[:LONGEST_SEARCH] or None


def _lines(found: Iterator[Found]) -> Iterator[str]:
    """Lines of CSV, with the mark by which spreadsheets know UTF-8."""
    buffer = io.StringIO("\ufeff")
    buffer.seek(1)
    writer = csv.writer(buffer)
    writer.writerow(["时间", "所属", "序号", "谁", "代谁", "类别", "内容", "校验值"])
    for each in found:
        entry = each.entry
        cells = (
            f"{entry.at:%Y-%m-%d %H:%M:%S}",
            each.place,
            entry.seq,
            entry.actor or "系统",
            entry.acted_for or "",
            entry.kind,
            entry.text,
            entry.hash,
        )
        writer.writerow([_harmless(str(cell)) for cell in cells])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
