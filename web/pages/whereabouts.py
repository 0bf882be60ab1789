"""One's own absences, who stands in for one, and the lists of what was signed in one's place."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import signing_lists
from engine import whereabouts as door
from web.pages import absences, changing
from web.pages.changing import handle
from web.sessions import actor, engine

blueprint = Blueprint("whereabouts", __name__)
changing.keep_typed(blueprint)


@blueprint.route("/account/absences/new", methods=["GET", "POST"])
def add_absence() -> ResponseReturnValue:
    me = actor().person_id
    return handle(absences.new(person_id=me, back=_home(), nav="me", crumbs=_placed()))


@blueprint.route("/account/absences/<absence_id>", methods=["GET", "POST"])
def correct_absence(absence_id: str) -> ResponseReturnValue:
    row = door.absence(engine(), actor(), absence_id)
    return handle(absences.correct(row, back=_home(), nav="me", crumbs=_placed()))


@blueprint.route("/account/absences/<absence_id>/end", methods=["GET", "POST"])
def end_absence(absence_id: str) -> ResponseReturnValue:
    row = door.absence(engine(), actor(), absence_id)
    return handle(absences.end(row, back=_home(), nav="me", crumbs=_placed()))


@blueprint.get("/signing-lists/<list_id>")
def signing_list(list_id: str) -> ResponseReturnValue:
    return render_template("signing-list.html", found=signing_lists.get(engine(), actor(), list_id))


@blueprint.post("/signing-lists/<list_id>/read")
def note(list_id: str) -> ResponseReturnValue:
    key = request.form.get("key", "")
    noted = signing_lists.mark_read(engine(), actor(), list_id, key=key)
    flash(noted["message"], "done")
    return redirect(url_for(".signing_list", list_id=list_id), 303)


def _home() -> str:
    return url_for("account.show")


def _placed() -> tuple[tuple[str, str], ...]:
    return (("我的账号", _home()),)
