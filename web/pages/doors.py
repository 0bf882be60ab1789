"""Signing in and out. Whoever was typing when the session ran out gets the text back."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import accounts
from engine.errors import SignInRefused
from web import sessions
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
    engine = sessions.engine()
    username, password = request.form.get("username", ""), request.form.get("password", "")
    token = accounts.sign_in(engine, username.strip(), password)
    who = accounts.actor_of_session(engine, token)
    typed = sessions.typed_before(request.form.get("kept"), who)
    if typed is not None:
        response = make_response(render_template("welcome-back.html", typed=typed, me=who))
    else:
        response = make_response(redirect(local(request.form.get("next")), 303))
    return sessions.open_session(response, token, who)


@blueprint.errorhandler(SignInRefused)
def refused(error: SignInRefused) -> ResponseReturnValue:
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
    accounts.sign_out(sessions.engine(), request.cookies.get(sessions.COOKIE, ""))
    return sessions.close_session(make_response(redirect(url_for("doors.sign_in"), 303)))
