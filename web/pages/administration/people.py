"""人员: everybody, one with all posts over time; add, correct, move, leave."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import contacts, directory, duties, office_lists
from engine.staff_reforms import AddPerson, CorrectPerson, Leave, MovePerson, known_person
from web.errors import status_of
from web.pages.administration.reforming import (
    Act,
    address,
    offer,
    orgs_to_choose,
    refusals,
    today,
    typed,
    typed_day,
)
from web.pages.administration.rooms import Room
from web.pages.parts import page_number, search_words
from web.sessions import actor, engine

ROOM = Room(
    "people",
    duties.OFFICE,
    "人员",
    "人员和任职：新增、职务变动、离任；看得到每个人历来的职务。",
    "user",
)
blueprint = ROOM.blueprint(__name__)
SEATS = 3  # posts that one form takes


@blueprint.get("")
def show() -> ResponseReturnValue:
    state, org, q = request.args.get("state"), request.args.get("org"), search_words()
    office = directory.snapshot(engine())
    rows = office_lists.people(
        engine(),
        actor(),
        search=q,
        org=org if org and office.organisation(org) else None,
        state=state if state in office_lists.PEOPLE_STATES else None,
        page=page_number(),
    )
    return render_template(
        "administration/people.html",
        rows=rows,
        q=q,
        state=state,
        org=org,
        orgs=orgs_to_choose(),
        states=office_lists.PEOPLE_STATES,
    )


@blueprint.get("/<person_id>")
def one(person_id: str) -> ResponseReturnValue:
    return _one(person_id)


@blueprint.post("/<person_id>/contact")
def contact(person_id: str) -> ResponseReturnValue:
    email, key = request.form.get("email", ""), request.form.get("key", "")
    done = contacts.set_email(engine(), actor(), person_id, email, key=key)
    flash(done["message"], "done")
    return redirect(url_for("admin_people.one", person_id=person_id), 303)


@blueprint.errorhandler(contacts.AddressRefused)
def refused_address(error: contacts.AddressRefused) -> ResponseReturnValue:
    """The person again, with what is wrong and what was typed."""
    person_id = str((request.view_args or {})["person_id"])
    typed_email = request.form.get("email", "")
    return _one(person_id, mail_refusal=error.message, typed_email=typed_email), status_of(error)


def _one(person_id: str, **more: str) -> str:
    view = office_lists.person(engine(), actor(), person_id)
    return render_template(
        "administration/person.html",
        view=view,
        row=view.row,
        states=office_lists.PEOPLE_STATES,
        contact=contacts.of(engine(), person_id),
        **more,
    )


# ---- changes -----------------------------------------------------------------------------------


def _seats() -> tuple[tuple[str, str, str], ...]:
    """The posts typed in; a row without post and organisation is empty."""
    rows = [(typed(f"post{n}"), typed(f"org{n}"), typed(f"field{n}")) for n in range(SEATS)]
    return tuple(row for row in rows if row[0] or row[1])


def _more(person_id: str) -> dict[str, Any]:
    office, now = directory.snapshot(engine()), engine().clock.now()
    held = office.memberships_of(person_id, now) if person_id else []
    return {
        "person": known_person(office, person_id) if person_id else None,
        "held": [
            (row.id, f"{office.org_name(row.org)}　{office.post_name(row.post)}") for row in held
        ],
        "posts": office.posts(),
        "orgs": orgs_to_choose(),
        "fields": engine().registry.fields,
        "seats": range(SEATS),
        "today": today(),
    }


def _ends() -> tuple[str, ...]:
    return tuple(request.form.getlist("ends"))


def _today(_person_id: str) -> dict[str, Any]:
    return {"effective": f"{today():%Y-%m-%d}"}


DONE = address("admin_people.one", "person_id")
FORM = "administration/person-form.html"
ACTS = {
    act.name: act
    for act in (
        Act(
            "new",
            "新增人员",
            FORM,
            lambda _: AddPerson(
                typed("person_id") or f"p-{uuid4().hex[:8]}", typed("name"), _seats(), typed_day()
            ),
            DONE,
            start=_today,
            more=_more,
            asks=False,
            part="person_id",
        ),
        Act(
            "correct",
            "更正姓名",
            FORM,
            lambda person_id: CorrectPerson(person_id, typed("name"), engine().clock.now()),
            DONE,
            start=lambda person_id: {
                "name": known_person(directory.snapshot(engine()), person_id).name
            },
            more=_more,
            asks=False,
            part="person_id",
        ),
        Act(
            "move",
            "职务变动",
            FORM,
            lambda person_id: MovePerson(
                person_id, _ends(), _seats(), typed_day(), typed("evidence")
            ),
            DONE,
            start=_today,
            more=_more,
            part="person_id",
        ),
        Act(
            "leave",
            "离任",
            FORM,
            lambda person_id: Leave(person_id, typed_day(), typed("evidence")),
            DONE,
            start=_today,
            more=_more,
            part="person_id",
        ),
    )
}
offer(blueprint, "/-/new", ACTS["new"])
for _name in ("correct", "move", "leave"):
    offer(blueprint, f"/<person_id>/{_name}", ACTS[_name])
refusals(blueprint, ACTS)
