"""工作日历: a year at a glance, and taking the next from the State Council's notice."""

from __future__ import annotations

from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import duties, holiday_tables, years
from engine.errors import Invalid
from web.errors import status_of
from web.pages.administration.rooms import Room
from web.sessions import actor, engine

ROOM = Room(
    "calendar",
    duties.CALENDAR,
    "工作日历",
    "放假和调休安排：查看全年，导入国务院办公厅的通知，先看哪些时限会变。",
    icon="meet",
)
EXAMPLE = "年份,2027\n文号,国办发明电〔2026〕…号\n放假,元旦,1月1日,1月3日\n上班,春节,2月13日"
blueprint: Blueprint = ROOM.blueprint(__name__)


@blueprint.get("")
def show() -> ResponseReturnValue:
    raw = request.args.get("year", "")
    number = int(raw) if raw.isascii() and raw.isdigit() and len(raw) == 4 else None
    return _page(number)


@blueprint.post("/preview")
def preview() -> ResponseReturnValue:
    text = _table()
    seen = years.preview(engine(), actor(), text)
    return render_template(
        "administration/calendar-preview.html",
        seen=seen,
        spans=list(years.spans_of(seen.after)),
        text=text,
        key=uuid4().hex,
    )


@blueprint.post("/import")
def take() -> ResponseReturnValue:
    key = request.form.get("key", "")
    done = years.take(engine(), actor(), request.form.get("table", ""), key=key)
    flash(done["message"], "done")
    return redirect(url_for(ROOM.endpoint, year=done["year"]), 303)


@blueprint.errorhandler(Invalid)
def refused(error: Invalid) -> ResponseReturnValue:
    """A table that can not be taken: the page again, with every line that is wrong."""
    page = _page(None, text=request.form.get("table", ""), refused=error)
    return page, status_of(error)


def _table() -> str:
    """What was typed, or the file that was chosen instead."""
    file = request.files.get("file")
    if file is not None and file.filename:
        return holiday_tables.decode(file.stream.read(holiday_tables.LONGEST * 4 + 1))
    return request.form.get("table", "")


def _page(number: int | None, *, text: str = "", refused: Invalid | None = None) -> str:
    view = years.view(engine(), actor(), number or engine().clock.now().year)
    return render_template(
        "administration/calendar.html",
        view=view,
        months=years.dates_of(view),
        spans=list(years.spans_of(view)),
        example=EXAMPLE,
        known=years.known(engine()),
        recount=years.last_recount(engine()),
        text=text,
        refused=refused,
    )
