"""运行故障: what failed, trying again, giving up; whether time passes; what the doctor finds."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import duties, incidents, waking
from engine.errors import Conflict, GuichengError, Invalid
from web import doctor
from web.errors import status_of
from web.pages.administration.rooms import Room
from web.pages.parts import page_number
from web.sessions import actor, engine

ROOM = Room(
    "incidents",
    duties.INCIDENTS,
    "运行故障",
    "没有办成的到期处理和作业：原因、重试、放弃；系统自检。",
    icon="alert",
)
blueprint: Blueprint = ROOM.blueprint(__name__)


@blueprint.get("")
def show() -> ResponseReturnValue:
    return _page()


@blueprint.post("/<key>/retry")
def retry(key: str) -> ResponseReturnValue:
    done = incidents.retry(engine(), actor(), key, key=request.form.get("key", ""))
    flash(done["message"], "done")
    return redirect(url_for(ROOM.endpoint), 303)


@blueprint.post("/<key>/give-up")
def give_up(key: str) -> ResponseReturnValue:
    reason = request.form.get("reason", "")
    done = incidents.give_up(engine(), actor(), key, reason, key=request.form.get("key", ""))
    flash(done["message"], "done")
    return redirect(url_for(ROOM.endpoint), 303)


@blueprint.errorhandler(Invalid)
@blueprint.errorhandler(Conflict)
def refused(error: GuichengError) -> ResponseReturnValue:
    """The list again, with the sentence."""
    key = str((request.view_args or {}).get("key"))
    return _page(refusal=error.message, at=key), status_of(error)


def _page(*, refusal: str | None = None, at: str | None = None) -> str:
    return render_template(
        "administration/incidents.html",
        rows=incidents.listing(engine(), actor(), page=page_number()),
        counts=incidents.counts(engine()),
        waking=waking.status(engine()),
        found=doctor.look_at(engine()),
        refusal=refusal,
        at=at,
    )
