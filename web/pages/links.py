"""A one-time link: whoever holds it sets the password of its account, once."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import accounts
from engine.errors import Invalid
from web import sessions
from web.api import limits
from web.security import shown_once

blueprint = Blueprint("links", __name__, url_prefix="/entry")


@blueprint.get("/<secret>")
def show(secret: str) -> ResponseReturnValue:
    return _page(secret)


@blueprint.post("/<secret>")
def enter(secret: str) -> ResponseReturnValue:
    new, again = request.form.get("new", ""), request.form.get("again", "")
    username = accounts.enter(sessions.engine(), secret, new, again)
    answer = sessions.close_session(make_response(redirect(url_for("doors.sign_in"), 303)))
    flash(f"账号 {username} 的密码已设好，请登录。", "done")
    return answer


@blueprint.errorhandler(Invalid)
def not_good_enough(error: Invalid) -> ResponseReturnValue:
    return _page(str((request.view_args or {})["secret"]), refusal=error.message), 422


def _page(secret: str, refusal: str | None = None) -> str:
    limits.check_sign_ins()
    shown_once()
    username = accounts.whose(sessions.engine(), secret)
    return render_template(
        "sign-in/link.html", username=username, policy=accounts.POLICY, refusal=refusal
    )
