"""What may be asked after the password: a code, a new password, the enrolment of a second factor.

The session that opens pages exists only after the last of them. What was typed when an earlier
session ran out travels along in the forms.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import accounts
from engine.accounts import SignedIn
from engine.errors import Invalid, SignInRefused
from web import qr, sessions
from web.api import limits
from web.security import local, shown_once

blueprint = Blueprint("steps", __name__, url_prefix=sessions.STEP_PATH)


def go_on(signed: SignedIn, **once: Any) -> ResponseReturnValue:
    """To what comes next: the next step, what was typed before, or the page asked for.

    once: what must be seen before (recovery codes); then the way on is a button.
    """
    kept, back = request.form.get("kept"), local(request.form.get("next"))
    if signed.stage != "open":
        if kept:
            answer = make_response(_page(signed.stage, signed.secret))
        else:
            answer = make_response(redirect(url_for(f"steps.{signed.stage}", next=back), 303))
        return sessions.keep_step(answer, signed.secret)
    if once:
        shown_once()
    who = accounts.actor_of_session(sessions.engine(), signed.secret)
    sessions.start_afresh(who)
    typed = sessions.typed_before(kept, who)
    if typed is not None or once:
        page = render_template("welcome-back.html", typed=typed, me=who, next=back, **once)
        response = make_response(page)
    else:
        response = make_response(redirect(back, 303))
    return sessions.open_session(response, signed.secret)


@blueprint.get("/code")
def code() -> ResponseReturnValue:
    return _page("code", _secret())


@blueprint.post("/code")
def give_code() -> ResponseReturnValue:
    limits.check_sign_ins()
    signed = accounts.by_code(sessions.engine(), _secret(), request.form.get("code", ""))
    return go_on(signed)


@blueprint.get("/password")
def password() -> ResponseReturnValue:
    return _page("password", _secret())


@blueprint.post("/password")
def set_password() -> ResponseReturnValue:
    new, again = request.form.get("new", ""), request.form.get("again", "")
    return go_on(accounts.by_new_password(sessions.engine(), _secret(), new, again))


@blueprint.get("/enrol")
def enrol() -> ResponseReturnValue:
    return _page("enrol", _secret())


@blueprint.post("/enrol")
def confirm() -> ResponseReturnValue:
    given = request.form.get("code", "")
    signed, codes = accounts.by_enrolment(sessions.engine(), _secret(), given)
    return go_on(signed, codes=codes)


@blueprint.errorhandler(SignInRefused)
def wrong_code(error: SignInRefused) -> ResponseReturnValue:
    limits.count_wrong_sign_in()
    return _page("code", _secret(), refusal=error.message), 401


@blueprint.errorhandler(Invalid)
def not_yet(error: Invalid) -> ResponseReturnValue:
    stage = request.path.rpartition("/")[2]
    return _page(stage, _secret(), refusal=error.message), 422


def _secret() -> str | None:
    return request.cookies.get(sessions.STEP)


def _page(stage: str, secret: str | None, **more: Any) -> str:
    """The page of a step. NotSignedIn when its time is over."""
    shown_once()
    username = accounts.on_the_way(sessions.engine(), secret, stage)
    if stage == "enrol":
        enrolment = accounts.enrolling(sessions.engine(), secret)
        more |= {"enrolment": enrolment, "qr": qr.picture(enrolment.uri)}
    return render_template(
        f"sign-in/{stage}.html",
        username=username,
        policy=accounts.POLICY,
        kept=request.form.get("kept"),
        next=local(request.values.get("next")),
        **more,
    )
