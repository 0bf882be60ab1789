"""Every address × every role × a document of others: nobody sees it, nobody changes it.

A manager may look at every instance (that is the role), and change none. An address that is added
without being thought of here fails these tests.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from engine import accounts, notices, phrases, posting, substitution
from engine.clock import parse_moment
from engine.model import Actor
from engine.startup import Engine
from engine.storage import outbox, tables
from tests.conventions.walkers import Objects, Walker, is_foreign, may_enter, routes
from tests.story import PREPARED, Story
from web.app import create_app
from web.demo import office

pytestmark = pytest.mark.slow

ROLES = {
    "staff": "water_clerk",
    "leader": "vm2",
    "designer": "designer",
    "manager": "manager",
    "system_admin": "sysadmin",
    "security_admin": "secadmin",
    "audit_admin": "auditadmin",
}
OF_STAFF = ("staff", "leader")
MARK = "关于做好防汛工作"  # stands in the title of the document of others
MANAGER_SEES = frozenset(
    {
        "tasks.show",
        "tasks.fields",
        "instances.show",
        "instances.elements",
        "replies.show",
        "files.download",
        "api_instances.one",
        "api_instances.history",
        "api_instances.elements",
        "api_replies.listing",
        "api_tasks.one",
        "api_files.download",
        "api_verbs.on_task",
        "api_verbs.on_instance",
        "api_verbs.urge",
    }
)
ADMINISTRATOR_STEERS = frozenset(
    {f"api_verbs.{verb}" for verb in ("reassign", "suspend", "resume", "terminate")}
)  # without reading; refused here for want of a reason
OF_REGISTRARS = frozenset({"api_office.absence", "api_office.mandate"})  # none of those walking
OF_STARTERS = frozenset(
    {"starting.form", "starting.submit", "starting.preview", "api_definitions.start"}
)


@pytest.fixture
def app(engine: Engine) -> Flask:
    settings = dataclasses.replace(engine.settings, demo=True, rate_limit=100_000)
    return create_app(dataclasses.replace(engine, settings=settings))


@pytest.fixture
def objects(engine: Engine) -> Objects:
    """A document between the clerk of the government office and the document section."""
    assert MARK in PREPARED["title"]
    story = Story(engine)
    story.start()
    story.prepare()
    file = story.see().files[0].id
    mandate = substitution.give_mandate(
        engine,
        story.who("sg"),
        principal_id="mayor",
        substitute_id="evm",
        scope=["instruct"],
        starts_at=parse_moment("2026-02-12T08:00:00+08:00"),
        ends_at=parse_moment("2026-02-20T18:00:00+08:00"),
        evidence="市长2026年2月11日书面委托",
        key="mandate",
    )
    away = substitution.add_absence(
        engine,
        story.who("sg"),
        person_id="mayor",
        kind="business_trip",
        starts_at=parse_moment("2026-02-12T08:00:00+08:00"),
        ends_at=parse_moment("2026-02-20T18:00:00+08:00"),
        key="absence",
    )
    task = story.item("docs", "UT_register").id
    others = (str(mandate["id"]), str(away["id"]), signing_list(engine, str(mandate["id"])))
    access, notice = access_of(engine, story.who("mayor")), told(engine, story.who("mayor"))
    return Objects(story.instance_id, task, file, *others, *access, notice=notice)


def told(engine: Engine, mayor: Actor) -> str:
    """A notice of somebody who does not walk here."""
    with engine.database.write() as connection:
        row = notices.told("commented", [mayor.person_id], at=engine.clock.now(), step="批示")
        outbox.add(connection, [row])
    posting.deliver_due(engine)
    return str(notices.listing(engine, mayor).items[0].id)


def access_of(engine: Engine, mayor: Actor) -> tuple[str, str, str, str]:
    """Account, session, token and phrase of somebody who does not walk here."""
    accounts.sign_in(engine, mayor.username, office.read()["password"])
    accounts.issue_token(engine, mayor.username)
    phrases.add(engine, mayor, "同意。")
    with engine.database.read() as connection:
        mine = [
            connection.execute(
                sa.select(table.c.id).where(table.c.account_id == mayor.account_id)
            ).scalar_one()
            for table in (tables.session, tables.api_token)
        ]
    return (mayor.account_id, *mine, phrases.mine(engine, mayor)[0].id)


def signing_list(engine: Engine, mandate: str) -> str:
    """A list of what was signed on the strength of a mandate."""
    values = {"id": "a" * 32, "substitution_id": mandate, "since": None, "read_at": None}
    moments = {"until": engine.clock.now(), "made_at": engine.clock.now()}
    with engine.database.write() as connection:
        connection.execute(sa.insert(tables.signing_list), values | moments)
    return str(values["id"])


def changes(engine: Engine, objects: Objects, *, overseeing: bool = False) -> list[object]:
    """Everything that a change would leave a trace in. overseeing: but for accounts."""
    instance, item, mandate = tables.process_instance, tables.work_item, tables.substitution
    absence, signings = tables.absence, tables.signing_list
    queries: tuple[sa.Select[Any], ...] = (
        sa.select(instance).where(instance.c.id == objects.instance),
        sa.select(item).where(item.c.instance_id == objects.instance).order_by(item.c.id),
        sa.select(mandate),
        sa.select(absence).where(absence.c.id == objects.absence),
        sa.select(signings),
        sa.select(tables.phrase),
        sa.select(tables.notice).where(tables.notice.c.id == objects.notice),
        sa.select(tables.contact).where(tables.contact.c.person_id == "mayor"),
        sa.select(tables.responsibility).order_by(tables.responsibility.c.id),
        sa.select(tables.assistant_link).order_by(tables.assistant_link.c.id),
    )
    if not overseeing:
        queries += (
            sa.select(tables.account),
            sa.select(tables.session).where(tables.session.c.id == objects.session),
            sa.select(tables.api_token).where(tables.api_token.c.id == objects.token),
        )
    with engine.database.read() as connection:
        return [list(connection.execute(query)) for query in queries]


def test_without_a_session_every_address_leads_to_the_door(app: Flask, objects: Objects) -> None:
    walker, wrong = Walker(app, None), []
    for rule, method in routes(app):
        answer = walker.walk(rule, method, objects)
        to_the_door = answer.status_code == 302 and answer.location.startswith("/sign-in")
        if not (to_the_door or answer.status_code == 401) or MARK.encode() in answer.data:
            wrong.append((method, rule.rule, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_what_belongs_to_others_is_neither_seen_nor_changed(
    app: Flask, engine: Engine, objects: Objects, role: str
) -> None:
    walker, wrong = Walker(app, ROLES[role]), []
    overseeing = role == "security_admin"
    before = changes(engine, objects, overseeing=overseeing)
    for rule, method in routes(app):
        answer = walker.walk(rule, method, objects)
        allowed = role == "manager" and rule.endpoint in MANAGER_SEES
        allowed |= role == "system_admin" and rule.endpoint in ADMINISTRATOR_STEERS
        if rule.rule.startswith("/admin/"):
            mine = may_enter(engine, ROLES[role], rule)
            fits = answer.status_code < 500 if mine else answer.status_code == 403
        elif is_foreign(rule) and not allowed:
            fits = answer.status_code in (403, 404)
        elif (
            rule.endpoint in OF_STARTERS and role not in OF_STAFF
        ) or rule.endpoint in OF_REGISTRARS:
            fits = answer.status_code == 403
        else:
            fits = answer.status_code < 500
        seen = MARK.encode() in answer.data and role != "manager"
        if not fits or seen:
            wrong.append((method, rule.rule, answer.status_code, seen))
    assert wrong == []
    assert changes(engine, objects, overseeing=overseeing) == before


@pytest.mark.parametrize("role", ROLES)
def test_what_does_not_exist_is_not_found_by_anybody(
    app: Flask, objects: Objects, role: str
) -> None:
    letters = (f"{each:x}" * 32 for each in range(len(dataclasses.fields(Objects))))
    nothing = Objects(*letters)
    walker, wrong = Walker(app, ROLES[role]), []
    for rule, method in routes(app):
        if is_foreign(rule):
            status = walker.walk(rule, method, nothing).status_code
            if status not in (403, 404):
                wrong.append((method, rule.rule, status))
    assert wrong == []
