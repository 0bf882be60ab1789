"""常用语: one's own and those of one's unit; added, worded anew, put in order, taken away."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import phrases
from engine.errors import Conflict, GuichengError, Invalid
from web.errors import status_of
from web.sessions import actor, engine

blueprint = Blueprint("phrases", __name__, url_prefix="/account/phrases")


@blueprint.get("")
def show() -> ResponseReturnValue:
    return _page()


@blueprint.post("/new")
def add() -> ResponseReturnValue:
    org = request.form.get("org") or None
    phrases.add(engine(), actor(), request.form.get("text", ""), org)
    return _back("已添加。办理事项时，可在意见框旁的“常用语”里选用。")


@blueprint.post("/<phrase_id>")
def change(phrase_id: str) -> ResponseReturnValue:
    """Three buttons of one row: 保存, 上移, 删除."""
    do = request.form.get("do")
    if do == "up":
        phrases.up(engine(), actor(), phrase_id)
        return _back("已上移。")
    if do == "delete":
        phrases.delete(engine(), actor(), phrase_id)
        return _back("已删除。")
    phrases.change(engine(), actor(), phrase_id, request.form.get("text", ""))
    return _back("已保存。")


@blueprint.errorhandler(Invalid)
@blueprint.errorhandler(Conflict)
def refused(error: GuichengError) -> ResponseReturnValue:
    typed = {request.form.get("org") or "": request.form.get("text", "")}
    return _page(refusal=error.message, typed=typed), status_of(error)


def _page(**shown: Any) -> str:
    own, units = phrases.mine(engine(), actor()), phrases.of_units(engine(), actor())
    return render_template("account/phrases.html", rows=own, units=units, **shown)


def _back(message: str) -> ResponseReturnValue:
    flash(message, "done")
    return redirect(url_for("phrases.show"), 303)
