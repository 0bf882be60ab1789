"""Who was asked and what came of it: one page, with the two acts of the asking side."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import instances, replies
from engine.errors import Conflict, GuichengError, Invalid, NotAllowed
from web.errors import status_of
from web.pages.parts import typed_moment
from web.sessions import actor, engine

blueprint = Blueprint("replies", __name__, url_prefix="/instances")
TYPED = ("party", "opinion", "received_at", "handling")


@blueprint.get("/<instance_id>/replies")
def show(instance_id: str) -> ResponseReturnValue:
    return _page(instance_id)


@blueprint.post("/<instance_id>/replies/late")
def late(instance_id: str) -> ResponseReturnValue:
    if not replies.listing(engine(), actor(), instance_id).late_from:
        raise NotAllowed("没有可以登记迟到意见的单位，或者不由您登记。")
    typed = {name: request.form.get(name, "") for name in TYPED}
    done = replies.register_late(
        engine(),
        actor(),
        instance_id,
        party=typed["party"],
        opinion=typed["opinion"],
        received_at=typed_moment(typed["received_at"]),
        handling=typed["handling"],
        key=request.form.get("key", ""),
    )
    flash(done["message"], "done")
    return redirect(url_for("replies.show", instance_id=instance_id), 303)


@blueprint.post("/<instance_id>/replies/close")
def close(instance_id: str) -> ResponseReturnValue:
    task_id, key = request.form.get("task_id", ""), request.form.get("key", "")
    done = replies.close_unanswered(engine(), actor(), instance_id, task_id, key=key)
    flash(done.message, "done")
    return redirect(url_for("replies.show", instance_id=instance_id), 303)


@blueprint.errorhandler(NotAllowed)
@blueprint.errorhandler(Conflict)
@blueprint.errorhandler(Invalid)
def refused(error: GuichengError) -> ResponseReturnValue:
    """The page again, with the sentences and what was typed."""
    instance_id = str((request.view_args or {}).get("instance_id"))
    findings = error.findings if isinstance(error, Invalid) else ()
    typed = {name: request.form.get(name, "") for name in TYPED}
    page = _page(instance_id, typed=typed, refusal=error.message, findings=findings)
    return page, status_of(error)


def _page(instance_id: str, **more: Any) -> str:
    view = instances.get(engine(), actor(), instance_id)
    found = replies.listing(engine(), actor(), instance_id)
    given = {"typed": {}, "findings": (), **more}
    return render_template(
        "replies.html", view=view, row=view.row, found=found, key=uuid4().hex, **given
    )
