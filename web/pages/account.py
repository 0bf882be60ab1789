"""One's own account: who one is, which posts one holds, what one's roles may do; size of type."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import accounts, contacts, directory, phrases, signing_lists, substitution, whereabouts
from web import sessions
from web.security import local
from web.sessions import actor, engine

blueprint = Blueprint("account", __name__, url_prefix="/account")
SIZE = "guicheng_size"
A_YEAR = 365 * 24 * 3600


@blueprint.get("")
def show() -> ResponseReturnValue:
    office, now = directory.snapshot(engine()), engine().clock.now()
    held = [
        (office.org_name(row.org), office.post_name(row.post))
        for row in office.memberships_of(actor().person_id, now)
    ]
    groups = sorted(office.group_name(group) for group in actor().groups)
    absence = office.absence_of(actor().person_id, now)
    kind = substitution.ABSENCES.get(absence.kind) if absence is not None else None
    return render_template(
        "account.html",
        held=held,
        groups=groups,
        absence=absence,
        absence_kind=kind,
        factor=accounts.my_factor(engine(), actor()),
        sessions=accounts.my_sessions(engine(), actor(), sessions.token()),
        phrases=phrases.mine(engine(), actor()),
        absences=whereabouts.absences(engine(), actor(), everybody=False),
        deputies=whereabouts.deputies(engine(), actor().person_id),
        contact=contacts.of(engine(), actor().person_id),
        lists=signing_lists.find(engine(), actor(), mine=True),
    )


@blueprint.post("/mail")
def mail() -> ResponseReturnValue:
    wanted = request.form.get("mail") == "on"
    contacts.want_mail(engine(), actor(), wanted)
    flash("通知今后同时发邮件。" if wanted else "通知不再发邮件，在本系统里仍看得到。", "done")
    return redirect(url_for("account.show"), 303)


@blueprint.post("/size")
def size() -> ResponseReturnValue:
    large = request.form.get("size") == "large"
    response = make_response(redirect(local(request.form.get("next")), 303))
    secure = engine().settings.secure_cookies
    response.set_cookie(
        SIZE,
        "large" if large else "normal",
        max_age=A_YEAR,
        samesite="Lax",
        httponly=True,
        secure=secure,
    )
    return response
