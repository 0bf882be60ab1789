"""One page for every staff verb: fill in, see what it will do, confirm.

What is confirmed must be what was looked at; refusals show the page again with what was typed.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import verbs
from engine.errors import Conflict, GuichengError, Invalid, StaleVersion
from web import conditions, entering
from web.errors import page, status_of
from web.pages.changing import digest
from web.pages.choices import choices_of
from web.sessions import actor, engine

blueprint = Blueprint("verbs", __name__)


@blueprint.route("/tasks/<task_id>/verbs/<verb>", methods=["GET", "POST"])
def on_task(task_id: str, verb: str) -> ResponseReturnValue:
    return _handle(verb, task_id, verbs.TASK)


@blueprint.route("/instances/<instance_id>/verbs/<verb>", methods=["GET", "POST"])
def on_instance(instance_id: str, verb: str) -> ResponseReturnValue:
    return _handle(verb, instance_id, verbs.INSTANCE)


def _handle(word: str, target: str, on: str) -> ResponseReturnValue:
    key = word.replace("-", "_")
    sheet = verbs.sheet(engine(), actor(), key, target, on)
    g.sheet = sheet
    if request.method == "GET":
        values = {each.key: each.default for each in sheet.form.fields if each.default}
        return _page(sheet, entering.Typed(values=values, version=sheet.version))
    typed = entering.read(engine(), actor(), sheet.form)
    typed.check()
    if typed.do == "complete" and request.form.get("seen") == digest(typed):
        done = verbs.do(
            engine(),
            actor(),
            key,
            target,
            values=typed.values,
            version=typed.version,
            key=typed.key,
            on=on,
        )
        flash(done.message, "done")
        return redirect(_afterwards(sheet, done.next_task_id or target, on), 303)
    foreseen = verbs.foresee(engine(), actor(), key, target, typed.values, on)
    return _page(sheet, typed, foreseen=foreseen, altered=typed.do == "complete")


def _afterwards(sheet: verbs.Sheet, target: str, on: str) -> str:
    """Back to the task or instance; to the list they came from for who steer without reading it."""
    if sheet.title is None:
        return url_for("steering.show")
    if on == verbs.TASK:
        return url_for("tasks.show", task_id=target)
    return url_for("instances.show", instance_id=target)


@blueprint.errorhandler(Invalid)
@blueprint.errorhandler(Conflict)
def refused(error: GuichengError) -> ResponseReturnValue:
    """What was typed stays; after a change in between it is looked at once more."""
    sheet: verbs.Sheet | None = g.get("sheet")
    if sheet is None:
        return page(status_of(error), error.message, code=error.code)
    typed = g.get("typed") or entering.Typed()
    findings = error.findings if isinstance(error, Invalid) else []
    if isinstance(error, StaleVersion):
        typed.version = sheet.version
    message = None if findings else error.message
    return _page(sheet, typed, findings=findings, message=message), status_of(error)


def _page(sheet: verbs.Sheet, typed: entering.Typed, **more: Any) -> str:
    form = sheet.form
    foreseen = more.pop("foreseen", None) or sheet.foreseen
    return render_template(
        "verb.html",
        sheet=sheet,
        form=form,
        typed=typed,
        values=typed.values,
        seen=digest(typed),
        foreseen=foreseen,
        state=conditions.state_of(form, typed.values, engine().registry),
        choices=choices_of(engine(), actor(), form),
        file_names={},
        **more,
    )
