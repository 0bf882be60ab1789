"""管理: one room for each duty of the three administrators and of who registers absences.

A room is a module here with `ROOM` and `blueprint`; adding it to ROOMS is all.
"""

from __future__ import annotations

from types import ModuleType

from flask import Blueprint, Flask, render_template
from flask.typing import ResponseReturnValue

from engine import duties, years
from engine.errors import NotAllowed
from engine.model import Actor
from web.pages.administration import (
    accounts,
    audit,
    calendar,
    coming,
    conventions,
    division,
    incidents,
    organisations,
    people,
    posts,
    sessions,
    sheets,
    substitution,
    tokens,
)
from web.pages.administration.rooms import Room
from web.sessions import actor, engine, known_actor

ROOMS: tuple[ModuleType, ...] = (
    substitution,
    *(organisations, people, posts, division, coming, sheets),
    *(calendar, conventions, incidents),
    *(accounts, sessions, tokens, audit),
)

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


def rooms_of(who: Actor | None) -> list[Room]:
    """The rooms this person may enter."""
    return [room.ROOM for room in ROOMS if who is not None and room.ROOM.duty.allows(who)]


@blueprint.get("")
def show() -> ResponseReturnValue:
    rooms = rooms_of(actor())
    if not rooms:
        raise NotAllowed(
            "管理页面由系统管理员、安全保密管理员、安全审计员各管一部分，您的账号没有管理权限。"
        )
    return render_template("administration/rooms.html", rooms=rooms)


def register(app: Flask) -> None:
    """Open every room, and show the way to those who may enter any."""
    app.register_blueprint(blueprint)
    for room in ROOMS:
        app.register_blueprint(room.blueprint)

    @app.context_processor
    def way_in() -> dict[str, object]:
        who = known_actor()
        keeps_calendar = who is not None and duties.CALENDAR.allows(who)
        return {
            "admin_rooms": rooms_of(who),
            "calendar_reminder": years.reminder(engine()) if keeps_calendar else None,
        }
