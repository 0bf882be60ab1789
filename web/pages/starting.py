"""Starting a procedure: the list of what one may start, and the start form."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import definitions, instances
from engine.errors import Invalid, NotFound
from engine.forms import Form
from engine.model import Outcome
from web import conditions, entering
from web.errors import problem, wants_json
from web.pages.choices import choices_of
from web.sessions import actor, engine

blueprint = Blueprint("starting", __name__, url_prefix="/start")


@blueprint.get("")
def listing() -> ResponseReturnValue:
    rows = definitions.listing(engine(), actor())
    others = [row for row in rows if not row.startable and _has_starters(row.key)]
    return render_template(
        "start-list.html",
        mine=[row for row in rows if row.startable and not _asks_of_another(row.key)],
        others=others,
    )


def _has_starters(key: str) -> bool:
    procedure = engine().registry.get(key)
    return procedure is not None and bool(procedure.starter_roles) and procedure.request is None


def _asks_of_another(key: str) -> bool:
    """A request is started from the page of what it is about, nowhere else."""
    procedure = engine().registry.get(key)
    return procedure is not None and procedure.request is not None


def _about() -> str | None:
    return request.values.get("about") or None


@blueprint.get("/<key>")
def form(key: str) -> ResponseReturnValue:
    if _asks_of_another(key) != (_about() is not None):
        raise NotFound
    return _page(key, definitions.start_form(engine(), actor(), key), entering.Typed())


@blueprint.post("/<key>")
def submit(key: str) -> ResponseReturnValue:
    asked = definitions.start_form(engine(), actor(), key)
    typed = entering.read(engine(), actor(), asked)
    if typed.do != "complete":
        return _page(key, asked, typed)
    typed.check()
    outcome = instances.start(engine(), actor(), key, typed.values, key=typed.key, about=_about())
    flash(outcome.message, "done")
    return redirect(next_page(outcome), 303)


@blueprint.post("/<key>/preview")
def preview(key: str) -> ResponseReturnValue:
    """Which fields are in play with what is typed so far."""
    asked = definitions.start_form(engine(), actor(), key)
    typed = entering.read(engine(), actor(), asked)
    state = conditions.state_of(asked, typed.values, engine().registry)
    return jsonify(hidden=sorted(state.hidden), required=sorted(state.required))


@blueprint.errorhandler(Invalid)
def refused(error: Invalid) -> ResponseReturnValue:
    if wants_json():
        return problem(422, error.message, error.code)
    key = str((request.view_args or {})["key"])
    asked = definitions.start_form(engine(), actor(), key)
    return _page(key, asked, g.typed, findings=error.findings), 422


def next_page(outcome: Outcome) -> str:
    """Where to go after a command: on to one's next step, else to the instance."""
    if outcome.next_task_id:
        return url_for("tasks.show", task_id=outcome.next_task_id)
    return url_for("instances.show", instance_id=outcome.instance_id)


def _page(key: str, asked: Form | None, typed: entering.Typed, **more: Any) -> str:
    row = next(row for row in definitions.listing(engine(), actor()) if row.key == key)
    values = starting_values(asked, typed)
    return render_template(
        "start-form.html",
        row=row,
        about=_about(),
        form=asked,
        typed=typed,
        values=values,
        state=conditions.state_of(asked, values, engine().registry),
        choices=choices_of(engine(), actor(), asked),
        file_names=entering.file_names(engine(), actor(), asked, values),
        **more,
    )


def starting_values(asked: Form | None, typed: entering.Typed) -> dict[str, Any]:
    """What a start form shows: what was typed; at first the form's own defaults, and the only
    organisation one may choose."""
    if request.method == "POST" or asked is None:
        return typed.values
    mine = sorted(actor().orgs)
    found = {each.key: each.default for each in asked.fields if each.default is not None}
    return found | {
        each.key: mine[0]
        for each in asked.fields
        if each.kind == "org" and each.own_orgs and len(mine) == 1
    }
