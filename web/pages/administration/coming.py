"""待生效的变动: what was ordered for a day to come, and taking it back."""

from __future__ import annotations

from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import duties, reforms
from web.pages.administration.rooms import Room
from web.security import local
from web.sessions import actor, engine

ROOM = Room(
    "coming",
    duties.OFFICE,
    "待生效的变动",
    "已登记、到期自动生效的更名、合并、职务变动和离任；生效前可以取消。",
    "clock",
)
blueprint = ROOM.blueprint(__name__)


@blueprint.get("")
def show() -> ResponseReturnValue:
    rows = reforms.coming(engine(), actor())
    return render_template("administration/coming.html", rows=rows, key=uuid4().hex)


@blueprint.post("/<reform_id>/cancel")
def cancel(reform_id: str) -> ResponseReturnValue:
    key = request.form.get("key", "")
    answer = reforms.cancel(engine(), actor(), reform_id, key=key)
    flash(answer["message"], "done")
    return redirect(local(request.form.get("next"), url_for("admin_coming.show")), 303)
