"""The demo clock; opened only in a demo installation."""

from __future__ import annotations

from datetime import datetime

from flask import Response

from engine import timers
from web.api import auth
from web.api.schemas import Answer, Body, Keyed, Moment, answer
from web.sessions import engine

blueprint = auth.blueprint("demo", "演示时钟")


class ClockBody(Body):
    """The moment to move to."""

    now: Moment


class ClockAnswer(Answer):
    """The moment it is."""

    now: datetime


@blueprint.get("/demo/clock", summary="演示时钟", responses={200: ClockAnswer})
def clock() -> Response:
    return answer(ClockAnswer(now=engine().clock.now()))


@blueprint.post("/demo/clock", summary="向前拨演示时钟", responses={200: ClockAnswer})
def move(header: Keyed, body: ClockBody) -> Response:
    """What became due fires in its order, each at its own moment, before this answers."""
    now = timers.move_clock(engine(), auth.caller(), body.now, key=header.key)
    return answer(ClockAnswer(now=now))
