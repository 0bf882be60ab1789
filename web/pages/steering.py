"""事项调度: what may be reassigned, suspended, terminated, found by number, state and lateness."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from engine import steering
from web.pages.parts import page_number, search_words
from web.sessions import actor, engine

blueprint = Blueprint("steering", __name__)
STATES = {"going": "办理中", "resting": "已挂起"}


@blueprint.get("/steering")
def show() -> ResponseReturnValue:
    state, q = request.args.get("state"), search_words()
    state, overdue = state if state in STATES else None, "overdue" in request.args
    rows = steering.listing(
        engine(),
        actor(),
        state=cast("Any", state),
        overdue=overdue,
        number=q,
        page=page_number(),
    )
    return render_template(
        "steering.html", rows=rows, q=q, state=state, overdue=overdue, states=STATES
    )
