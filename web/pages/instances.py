"""Instances: the list, one with its timeline and diagram, and cancelling it."""

from __future__ import annotations

import io
from dataclasses import asdict
from typing import Any
from uuid import uuid4

from flask import (
    Blueprint,
    Response,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue

from engine import instances, papers
from engine.errors import Conflict, GuichengError, Invalid, NotAllowed
from web.errors import status_of
from web.pages.parts import page_number, search_words
from web.sessions import actor, engine

blueprint = Blueprint("instances", __name__, url_prefix="/instances")
STATES = ("running", "completed", "cancelled")


@blueprint.get("")
def listing() -> ResponseReturnValue:
    state = request.args.get("state")
    q = search_words()
    found = instances.find(
        engine(),
        actor(),
        page=page_number(),
        state=state if state in STATES else None,
        search=q,
    )
    return render_template("instances.html", rows=found, state=state, q=q)


@blueprint.get("/<instance_id>")
def show(instance_id: str) -> ResponseReturnValue:
    return _page(instance_id)


@blueprint.get("/<instance_id>/elements")
def elements(instance_id: str) -> Response:
    """The diagrams and their markers, for the viewer on the page."""
    found = instances.elements(engine(), actor(), instance_id)
    return jsonify(diagrams=[asdict(diagram) for diagram in found.diagrams])


@blueprint.post("/<instance_id>/papers/<paper>/as/<kind>")
def print_paper(instance_id: str, paper: str, kind: str) -> ResponseReturnValue:
    """One paper as a file; that it was printed is noted."""
    made = papers.print_one(engine(), actor(), instance_id, paper, kind)
    return send_file(
        io.BytesIO(made.content),
        mimetype=made.media_type,
        as_attachment=True,
        download_name=made.name,
    )


@blueprint.post("/<instance_id>/cancel")
def cancel(instance_id: str) -> ResponseReturnValue:
    reason, key = request.form.get("reason", ""), request.form.get("key", "")
    if request.form.get("do") == "refresh":
        return _page(instance_id, reason=reason)
    if request.form.get("do") != "confirmed":
        view = instances.before_cancelling(engine(), actor(), instance_id, reason)
        return render_template(
            "confirm-cancel.html", view=view, row=view.row, reason=reason, key=key or uuid4().hex
        )
    outcome = instances.cancel(engine(), actor(), instance_id, reason, key=key)
    flash(outcome.message, "done")
    return redirect(url_for("instances.show", instance_id=instance_id), 303)


@blueprint.errorhandler(NotAllowed)
@blueprint.errorhandler(Conflict)
@blueprint.errorhandler(Invalid)
def refused(error: GuichengError) -> ResponseReturnValue:
    """A refused cancellation: the page again, with the sentence and the reason typed."""
    instance_id = str((request.view_args or {}).get("instance_id"))
    page = _page(instance_id, reason=request.form.get("reason", ""), refusal=error.message)
    return page, status_of(error)


def _page(instance_id: str, **more: Any) -> str:
    view = instances.get(engine(), actor(), instance_id, with_papers=True)
    return render_template("instance.html", view=view, row=view.row, key=uuid4().hex, **more)
