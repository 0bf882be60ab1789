"""One step of somebody's work: see it, take it, fill it in, keep a draft, decide."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import instances, phrases, tasks
from engine.errors import Conflict, Invalid, StaleVersion, TooMany
from engine.forms import REASONS
from engine.model import Outcome, TaskView
from web import conditions, entering, words
from web.errors import problem, wants_json
from web.pages.choices import choices_of
from web.pages.starting import next_page
from web.sessions import actor, engine

blueprint = Blueprint("tasks", __name__, url_prefix="/tasks")
TOLD_EVENTS = 3  # of the history, on the page that says somebody else was quicker


@blueprint.get("/<task_id>")
def show(task_id: str) -> ResponseReturnValue:
    view = tasks.get(engine(), actor(), task_id)
    values = dict(view.values)
    noted = values.pop(view.form.comment.key, None) if view.form and view.form.comment else None
    return _page(view, entering.Typed(values=values, comment=noted, version=view.row.version))


@blueprint.post("/<task_id>")
def submit(task_id: str) -> ResponseReturnValue:
    view = tasks.get(engine(), actor(), task_id)
    typed = entering.read(engine(), actor(), view.form)
    typed.check()
    if typed.do == "complete":
        return _complete(task_id, typed)
    if typed.do == "draft":
        _keep(view, typed)
        return redirect(url_for("tasks.show", task_id=task_id), 303)
    if typed.do == "phrase":
        _put_in(typed)
    main = next((each.outcome for each in view.actions if each.primary), None)
    seen: tuple[str, ...] = ()
    if view.may_act:
        seen = tasks.foreseen(engine(), actor(), task_id, values=typed.values, outcome=main)
    return _page(view, typed, seen=seen)


def _put_in(typed: entering.Typed) -> None:
    """A phrase into the opinion, for pages without scripts."""
    chosen = [each for each in phrases.offered(engine(), actor()) if each.id == typed.outcome]
    typed.outcome = None
    if chosen:
        typed.comment = phrases.joined(typed.comment, chosen[0].text)


def _complete(task_id: str, typed: entering.Typed) -> ResponseReturnValue:
    outcome = tasks.complete(
        engine(),
        actor(),
        task_id,
        version=typed.version,
        values=typed.values,
        outcome=typed.outcome,
        comment=typed.comment,
        confirm=request.form.get("confirm") or None,
        key=typed.key,
    )
    flash(outcome.message, "done")
    return redirect(next_page(outcome), 303)


def _keep(view: TaskView, typed: entering.Typed) -> Outcome:
    """A draft has a key of its own each time: the last one stands."""
    values = {key: value for key, value in typed.values.items() if key != REASONS}
    if view.form and view.form.comment and typed.comment:
        values[view.form.comment.key] = typed.comment
    return tasks.save_draft(
        engine(),
        actor(),
        view.row.id,
        version=typed.version,
        values=values,
        comment=typed.comment,
        key=uuid4().hex,
    )


@blueprint.post("/<task_id>/draft")
def autosave(task_id: str) -> ResponseReturnValue:
    """Keep what is typed, for the script of the page."""
    view = tasks.get(engine(), actor(), task_id)
    typed = entering.read(engine(), actor(), view.form)
    saved = _keep(view, typed)
    return jsonify(version=saved.version, saved=f"草稿已保存 {engine().clock.now():%H:%M}")


@blueprint.post("/<task_id>/preview")
def preview(task_id: str) -> ResponseReturnValue:
    """Who gets it next with what is typed so far, for the script of the page."""
    view = tasks.get(engine(), actor(), task_id)
    typed = entering.read(engine(), actor(), view.form)
    seen = tasks.foreseen(engine(), actor(), task_id, values=typed.values, outcome=typed.outcome)
    return jsonify(next=list(seen))


@blueprint.post("/<task_id>/fields")
def fields(task_id: str) -> ResponseReturnValue:
    """Which fields are in play with what is typed so far, for the script of the page."""
    view = tasks.get(engine(), actor(), task_id)
    typed = entering.read(engine(), actor(), view.form)
    state = conditions.state_of(view.form, {**_here(view), **typed.values}, engine().registry)
    return jsonify(hidden=sorted(state.hidden), required=sorted(state.required))


@blueprint.post("/<task_id>/claim")
def claim(task_id: str) -> ResponseReturnValue:
    key, version = request.form.get("key", ""), request.form.get("version", 0, type=int)
    outcome = tasks.claim(engine(), actor(), task_id, version=version, key=f"{key}:claim")
    flash(outcome.message, "done")
    return redirect(url_for("tasks.show", task_id=task_id), 303)


@blueprint.post("/<task_id>/release")
def release(task_id: str) -> ResponseReturnValue:
    key, version = request.form.get("key", ""), request.form.get("version", 0, type=int)
    outcome = tasks.release(engine(), actor(), task_id, version=version, key=f"{key}:release")
    flash(outcome.message, "done")
    return redirect(url_for("workbench.show"), 303)


# ---- refusals keep what was typed -------------------------------------------------------------


@blueprint.errorhandler(Invalid)
def refused(error: Invalid) -> ResponseReturnValue:
    if wants_json():
        return problem(422, error.message, error.code)
    return _page(_view_again(), _typed(), findings=error.findings, message=error.message), 422


@blueprint.errorhandler(TooMany)
def locked(error: TooMany) -> ResponseReturnValue:
    """Wrongly confirmed too often: what was typed stays."""
    if wants_json():
        return problem(429, error.message, error.code)
    return _page(_view_again(), _typed(), message=error.message), 429


@blueprint.errorhandler(Conflict)
def overtaken(error: Conflict) -> ResponseReturnValue:
    """Somebody was quicker: say who did what, and keep the text on the page."""
    if wants_json():
        return problem(409, error.message, error.code)
    view, typed = _view_again(), _typed()
    typed.version, typed.key = view.row.version, uuid4().hex
    told = instances.history(engine(), actor(), view.row.instance_id)
    events = [each for each in told if each.actor is not None][-TOLD_EVENTS:]
    again = isinstance(error, StaleVersion) and view.may_act
    return _page(view, typed, conflict=error.message, events=events[::-1], again=again), 409


def _view_again() -> TaskView:
    return tasks.get(engine(), actor(), str((request.view_args or {})["task_id"]))


def _typed() -> entering.Typed:
    typed: entering.Typed = g.get("typed") or entering.Typed()
    return typed


def _here(view: TaskView) -> dict[str, Any]:
    """What conditions may ask about besides the fields: at which step this is, what is known."""
    return {**view.known, "task_id": view.row.element_id}


def _page(view: TaskView, typed: entering.Typed, *, seen: tuple[str, ...] = (), **more: Any) -> str:
    asked = {**_here(view), **typed.values}
    if view.form and view.form.outcome:
        asked[view.form.outcome.key] = typed.outcome
    return render_template(
        "task.html",
        view=view,
        row=view.row,
        form=view.form,
        phrases=phrases.offered(engine(), actor()) if view.form and view.form.comment else (),
        typed=typed,
        values=typed.values,
        following=words.following(view, seen),
        state=conditions.state_of(view.form, asked, engine().registry),
        choices=choices_of(engine(), actor(), view.form),
        file_names=entering.file_names(engine(), actor(), view.form, typed.values),
        **more,
    )
