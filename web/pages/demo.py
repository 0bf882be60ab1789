"""The demo clock. Only in demo mode is there such a page."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from engine import timers
from engine.errors import NotFound
from web.pages.parts import typed_moment
from web.security import local
from web.sessions import actor, engine

blueprint = Blueprint("demo", __name__, url_prefix="/demo")


@blueprint.post("/clock")
def clock() -> ResponseReturnValue:
    if not engine().settings.demo:
        raise NotFound
    now = timers.move_clock(engine(), actor(), wanted())
    day = f"{now.year}年{now.month}月{now.day}日 {now:%H:%M}"
    flash(f"演示时钟现在是{day}，到期的步骤已处理。", "done")
    return redirect(local(request.form.get("next")), 303)


def wanted() -> datetime:
    """The moment asked for: some working days or hours on, or a moment typed in."""
    now, by = engine().clock.now(), request.form.get("by", "")
    number = int(by[:-1]) if by[:-1].isdigit() and len(by) < 4 else 0
    if number and by.endswith("w"):
        day = engine().calendar().add_workdays(now.date(), number)
        return datetime.combine(day, now.timetz())
    if number and by.endswith("h"):
        return now + timedelta(hours=number)
    return typed_moment(request.form.get("to", ""))
