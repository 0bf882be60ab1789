"""我的账号: one's password, where one is signed in, the second factor."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import accounts
from engine.errors import Conflict, GuichengError, Invalid
from web import qr, sessions
from web.errors import status_of
from web.security import shown_once
from web.sessions import actor, engine

blueprint = Blueprint("own", __name__, url_prefix="/account")


@blueprint.get("/password")
def password() -> ResponseReturnValue:
    return render_template("account/password.html", policy=accounts.POLICY)


@blueprint.post("/password")
def change_password() -> ResponseReturnValue:
    old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
    ended = accounts.change_password(engine(), actor(), sessions.token(), old, new, again)
    others = f"另外{ended}处登录已经退出。" if ended else ""
    flash(f"密码已修改。{others}", "done")
    return redirect(url_for("account.show"), 303)


@blueprint.get("/sessions")
def listing() -> ResponseReturnValue:
    found = accounts.my_sessions(engine(), actor(), sessions.token())
    return render_template("account/sessions.html", rows=found)


@blueprint.post("/sessions/<session_id>/end")
def end(session_id: str) -> ResponseReturnValue:
    accounts.end_my_session(engine(), actor(), session_id)
    flash("这处登录已经退出。", "done")
    return redirect(url_for("own.listing"), 303)


@blueprint.post("/sessions/end-others")
def end_others() -> ResponseReturnValue:
    ended = accounts.end_my_other_sessions(engine(), actor(), sessions.token())
    flash(f"其他{ended}处登录已经退出。" if ended else "没有别处的登录。", "done")
    return redirect(url_for("own.listing"), 303)


# ---- the second factor ------------------------------------------------------------------------


@blueprint.get("/factor")
def factor() -> ResponseReturnValue:
    return _factor_page()


@blueprint.post("/factor/begin")
def begin_factor() -> ResponseReturnValue:
    accounts.begin_factor(engine(), actor(), request.form.get("confirm", ""))
    return redirect(url_for("own.factor"), 303)


@blueprint.post("/factor/confirm")
def confirm_factor() -> ResponseReturnValue:
    codes = accounts.confirm_factor(engine(), actor(), request.form.get("code", ""))
    return _factor_page(codes=codes)


@blueprint.post("/factor/codes")
def new_codes() -> ResponseReturnValue:
    codes = accounts.new_recovery_codes(engine(), actor(), request.form.get("confirm", ""))
    return _factor_page(codes=codes)


@blueprint.post("/factor/stop")
def stop_factor() -> ResponseReturnValue:
    accounts.stop_factor(engine(), actor(), request.form.get("confirm", ""))
    flash("第二因素已停用，以后登录只用密码。", "done")
    return redirect(url_for("own.factor"), 303)


@blueprint.errorhandler(Invalid)
@blueprint.errorhandler(Conflict)
def refused(error: GuichengError) -> ResponseReturnValue:
    """The page again with the sentence at the field it is about."""
    at = next((each.field for each in getattr(error, "findings", ()) if each.field), None)
    if request.endpoint == "own.change_password":
        page = render_template(
            "account/password.html", policy=accounts.POLICY, refusal=error.message, at=at
        )
    else:
        page = _factor_page(refusal=error.message, at=at)
    return page, status_of(error)


def _factor_page(**more: Any) -> str:
    shown_once()
    found = accounts.my_factor(engine(), actor())
    if found.enrolling is not None:
        more |= {"enrolment": found.enrolling, "qr": qr.picture(found.enrolling.uri)}
    return render_template("account/factor.html", factor=found, **more)
