"""规则对照: every article of the work rules, where it is drawn, and which tests name it."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from engine import rules
from web.sessions import engine

blueprint = Blueprint("rules", __name__, url_prefix="/rules")


@blueprint.get("")
def show() -> ResponseReturnValue:
    compared = rules.compare(engine())
    gaps = request.args.get("only") == "gaps"
    shown = [each for each in compared if not (gaps and each.places and each.tests)]
    return render_template("rules.html", compared=compared, shown=shown, gaps=gaps)
