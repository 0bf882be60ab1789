"""Somebody with an authenticator app, and the time it takes until it shows another code."""

from __future__ import annotations

import pyotp

from engine import accounts
from engine.clock import ManualClock
from engine.model import Actor
from engine.startup import Engine
from web.demo import office

RIGHT: str = office.read()["password"]


class Phone:
    """An authenticator app."""

    def __init__(self, engine: Engine, secret: str) -> None:
        self.engine, self.totp = engine, pyotp.TOTP(secret)

    def shows(self, seconds: int = 0) -> str:
        return self.totp.at(int(self.engine.system_clock.now().timestamp()) + seconds)


def later(engine: Engine, seconds: float) -> None:
    assert isinstance(engine.system_clock, ManualClock)
    engine.system_clock.advance(seconds=seconds)


def enrolled(engine: Engine, username: str = "mayor") -> tuple[Actor, Phone, list[str]]:
    """Somebody who has enrolled, half a minute ago."""
    actor = accounts.actor_named(engine, username)
    accounts.begin_factor(engine, actor, RIGHT)
    enrolment = accounts.my_factor(engine, actor).enrolling
    assert enrolment is not None
    phone = Phone(engine, enrolment.secret)
    codes = accounts.confirm_factor(engine, actor, phone.shows())
    later(engine, 30)
    return actor, phone, codes
