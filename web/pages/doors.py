"""Signing in and out. Whoever was typing when the session ran out gets the text back."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import accounts
from engine.errors import SignInRefused
from web import devices, sessions
from web.api import limits
from web.pages import steps
from web.security import local

blueprint = Blueprint("doors", __name__)


@blueprint.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    return render_template(
        "sign-in.html",
        next=local(request.args.get("next")),
        expired="expired" in request.args,
        kept=None,
        username="",
    )


@blueprint.post("/sign-in")
def enter() -> ResponseReturnValue:
    limits.check_sign_ins()
    username, password = request.form.get("username", ""), request.form.get("password", "")
    signed = accounts.sign_in(sessions.engine(), username, password, devices.place())
    return steps.go_on(signed)


@blueprint.errorhandler(SignInRefused)
def refused(error: SignInRefused) -> ResponseReturnValue:
    limits.count_wrong_sign_in()
    form = request.form
    return render_template(
        "sign-in.html",
        refusal=error.message,
        next=local(form.get("next")),
        kept=form.get("kept"),
        username=form.get("username", ""),
    ), 401


@blueprint.post("/sign-out")
def leave() -> ResponseReturnValue:
    accounts.sign_out(sessions.engine(), sessions.token())
    return sessions.close_session(make_response(redirect(url_for("doors.sign_in"), 303)))
