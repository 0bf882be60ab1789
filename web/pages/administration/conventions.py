"""约定参数: every convention of the office, its value, where it is used, and how it changed."""

from __future__ import annotations

from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import conventions, duties
from engine.errors import Invalid
from web.errors import status_of
from web.pages.administration.rooms import Room
from web.sessions import actor, engine

ROOM = Room(
    "conventions",
    duties.CONVENTIONS,
    "约定参数",
    "规则和法律没有写明、由办公室约定的数值：现行值、用在哪里、改动记录。",
    icon="pen",
)
blueprint: Blueprint = ROOM.blueprint(__name__)


@blueprint.get("")
def show() -> ResponseReturnValue:
    rows = conventions.listing(engine(), actor())
    return render_template("administration/conventions.html", rows=rows)


@blueprint.get("/<key>")
def one(key: str) -> ResponseReturnValue:
    return _page(key)


@blueprint.post("/<key>")
def change(key: str) -> ResponseReturnValue:
    posted = request.form
    value, reason = posted.get("value", ""), posted.get("reason", "")
    done = conventions.change(engine(), actor(), key, value, reason, key=posted.get("key", ""))
    flash(done["message"], "done")
    return redirect(url_for(".one", key=key), 303)


@blueprint.post("/<key>/reset")
def reset(key: str) -> ResponseReturnValue:
    posted = request.form
    reason = posted.get("reason", "")
    done = conventions.reset(engine(), actor(), key, reason, key=posted.get("key", ""))
    flash(done["message"], "done")
    return redirect(url_for(".one", key=key), 303)


@blueprint.errorhandler(Invalid)
def refused(error: Invalid) -> ResponseReturnValue:
    """A value that can not be: the page again, with the sentence and what was typed."""
    typed = {name: request.form.get(name) for name in ("value", "reason")}
    return _page(str((request.view_args or {}).get("key")), typed, error), status_of(error)


def _page(
    key: str, typed: dict[str, str | None] | None = None, refused: Invalid | None = None
) -> str:
    row = conventions.one(engine(), actor(), key)
    findings = {each.field: each.message for each in refused.findings} if refused else {}
    return render_template(
        "administration/convention.html",
        row=row,
        typed=typed or {},
        findings=findings,
        key=uuid4().hex,
    )
