"""会话: who is signed in where; one is ended, or all of a person."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import accounts, duties
from web import sessions
from web.pages.administration.rooms import Room
from web.sessions import actor, engine

ROOM = Room(
    "sessions", duties.ACCOUNTS, "会话", "谁在哪里登录着；结束一处，或一个人的全部登录。", "now"
)
blueprint = ROOM.blueprint(__name__)


@blueprint.get("")
def show() -> ResponseReturnValue:
    chosen = request.args.get("account") or None
    found = accounts.all_sessions(engine(), actor(), sessions.token(), chosen)
    return render_template("administration/sessions.html", rows=found, chosen=chosen)


@blueprint.post("/<session_id>/end")
def end(session_id: str) -> ResponseReturnValue:
    accounts.end_session(engine(), actor(), session_id)
    flash("这处登录已经结束。", "done")
    return redirect(url_for("admin_sessions.show"), 303)
