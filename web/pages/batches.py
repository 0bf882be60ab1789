"""批量办理: tick one's tasks of one step, decide once, read what came of each."""

from __future__ import annotations

from uuid import uuid4

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from engine import batches, phrases
from engine.errors import Invalid
from web.errors import status_of
from web.sessions import actor, engine

blueprint = Blueprint("batches", __name__)


@blueprint.get("/tasks/<task_id>/batch")
def show(task_id: str) -> ResponseReturnValue:
    return _page(task_id)


@blueprint.post("/tasks/<task_id>/batch")
def decide(task_id: str) -> ResponseReturnValue:
    """The button names the outcome; every row posts its id and the version that was seen."""
    batches.like(engine(), actor(), task_id)
    _, _, outcome = request.form.get("do", "").partition(":")
    chosen = [
        (each, request.form.get(f"version.{each}", 0, type=int))
        for each in request.form.getlist("task")
    ]
    results = batches.complete(
        engine(),
        actor(),
        chosen,
        outcome=outcome or None,
        comment=request.form.get("comment", "").replace("\r\n", "\n") or None,
        key=request.form.get("key", ""),
    )
    return render_template("batch-done.html", results=results)


@blueprint.errorhandler(Invalid)
def refused(error: Invalid) -> ResponseReturnValue:
    task_id = str((request.view_args or {})["task_id"])
    comment = request.form.get("comment", "")
    return _page(task_id, message=error.message, comment=comment), status_of(error)


def _page(task_id: str, *, message: str | None = None, comment: str = "") -> str:
    return render_template(
        "batch.html",
        batch=batches.like(engine(), actor(), task_id),
        task_id=task_id,
        ticked=request.form.getlist("task") or [task_id],
        phrases=phrases.offered(engine(), actor()),
        message=message,
        comment=comment,
        key=uuid4().hex,
    )
