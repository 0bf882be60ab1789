"""Every address of a room of the administration opens to its duty and to nobody else."""

from __future__ import annotations

import pytest
from flask import Flask

from engine import accounts
from engine.startup import Engine
from tests.conventions.walkers import Objects, Walker, routes
from web.app import create_app
from web.pages.administration import ROOMS

PEOPLE = ("gov_clerk", "vm2", "designer", "manager", "sysadmin", "secadmin", "auditadmin", "sg")
NOTHING = Objects(*(str(each) * 32 for each in range(len(Objects.__dataclass_fields__))))


@pytest.fixture
def app(engine: Engine) -> Flask:
    return create_app(engine)


@pytest.mark.parametrize("username", PEOPLE)
def test_a_room_opens_to_its_duty_only(app: Flask, engine: Engine, username: str) -> None:
    rooms = {room.ROOM.blueprint_name: room.ROOM for room in ROOMS}
    who, walker, wrong = accounts.actor_named(engine, username), Walker(app, username), []
    for rule, method in routes(app):
        room = rooms.get(rule.endpoint.partition(".")[0])
        if room is None:
            continue
        status = walker.walk(rule, method, NOTHING).status_code
        fits = status < 500 and status != 403 if room.duty.allows(who) else status == 403
        if not fits:
            wrong.append((method, rule.rule, status))
    assert wrong == []
