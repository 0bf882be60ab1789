"""批量办理: tick one's tasks of one step, decide once, read what came of each."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from engine import batches, phrases
from engine.errors import Invalid
from web import conditions, entering
from web.errors import status_of
from web.pages.choices import choices_of
from web.sessions import actor, engine

blueprint = Blueprint("batches", __name__)


@blueprint.get("/tasks/<task_id>/batch")
def show(task_id: str) -> ResponseReturnValue:
    return _page(task_id)


@blueprint.post("/tasks/<task_id>/batch")
def decide(task_id: str) -> ResponseReturnValue:
    """The button names the outcome; every row posts its id and the version that was seen."""
    form = batches.like(engine(), actor(), task_id).form
    typed = entering.read(engine(), actor(), form)
    chosen = [
        (each, request.form.get(f"version.{each}", 0, type=int))
        for each in request.form.getlist("task")
    ]
    results = batches.complete(
        engine(),
        actor(),
        chosen,
        outcome=typed.outcome,
        comment=typed.comment,
        key=request.form.get("key", ""),
        values=typed.values,
    )
    refused_ids = [each.task_id for each in results if not each.done]
    still = [each.id for each in batches.like(engine(), actor(), task_id).rows]
    again = [each for each in still if each in refused_ids]
    if again:  # what was typed stays for those that can still be done
        return _page(task_id, typed, results=results, ticked=again), 422
    return render_template("batch-done.html", results=results)


@blueprint.errorhandler(Invalid)
def refused(error: Invalid) -> ResponseReturnValue:
    task_id = str((request.view_args or {})["task_id"])
    return _page(task_id, g.get("typed"), message=error.message), status_of(error)


def _page(
    task_id: str,
    typed: entering.Typed | None = None,
    *,
    message: str | None = None,
    results: Sequence[batches.Result] = (),
    ticked: Sequence[str] = (),
) -> str:
    batch, typed = batches.like(engine(), actor(), task_id), typed or entering.Typed()
    return render_template(
        "batch.html",
        batch=batch,
        form=batch.form,
        values=typed.values,
        state=conditions.state_of(batch.form, typed.values, engine().registry),
        choices=choices_of(engine(), actor(), batch.form),
        file_names={},
        task_id=task_id,
        results=results,
        ticked=ticked or request.form.getlist("task") or [task_id],
        phrases=phrases.offered(engine(), actor()),
        message=message,
        comment=typed.comment or "",
        key=uuid4().hex,
    )
