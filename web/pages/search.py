"""Search in everything one may see, with what was found marked where it stands."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from engine import search
from engine.errors import Invalid
from web.pages.parts import search_words
from web.sessions import actor, engine

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
def show() -> ResponseReturnValue:
    q = search_words()
    try:
        found = search.find(engine(), actor(), q or "", at=request.args.get("at"))
    except Invalid:  # a place that is none: from the beginning
        found = search.find(engine(), actor(), q or "")
    return render_template("search.html", q=q, rows=found)
