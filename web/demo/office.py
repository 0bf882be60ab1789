"""Loads the demo office: real organisations, invented people, one password for all of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask

from engine import accounts
from engine import office as office_door
from web import start

if TYPE_CHECKING:
    from engine.startup import Engine

FILE = Path(__file__).with_name("office.json")
SHOWN = (
    "mayor",
    "evm",
    "vm1",
    "sg",
    "dsg1",
    "office_director",
    "docs",
    "sec1",
    "gov_clerk",
    "finance_clerk",
    "finance_head",
    "judicial_head",
    "xinfu_clerk",
    "xinfu_head",
    "designer",
    "manager",
    "sysadmin",
    "secadmin",
    "auditadmin",
)


def read() -> dict[str, Any]:
    """The organisations and posts every office starts with, and the people of the demo."""
    people: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return {**start.read(), **people}


def load(engine: Engine) -> None:
    """Bring the demo office in; what is there already stays."""
    data = read()
    office_door.import_office(engine, data)
    for each in data["account"]:
        accounts.add(
            engine,
            each["username"],
            each["person_id"],
            data["password"],
            each["roles"],
            is_demo=True,
        )


def invite(app: Flask, engine: Engine) -> None:
    """Tell on the sign-in page how to get in; for a demo, which nobody else can reach."""
    app.config["TO_TRY"] = {"accounts": shown_accounts(engine), "password": read()["password"]}


def shown_accounts(engine: Engine) -> list[tuple[str, str, str]]:
    """(username, name, what they are) of one account per post that matters."""
    people = (accounts.actor_named(engine, username) for username in SHOWN)
    return [(actor.username, actor.name, actor.title) for actor in people]
