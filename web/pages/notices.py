"""通知: what I was told; opening one marks it as read."""

from __future__ import annotations

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import notices
from web.pages.parts import page_number
from web.sessions import actor, engine

blueprint = Blueprint("notices", __name__, url_prefix="/notices")


@blueprint.get("")
def show() -> ResponseReturnValue:
    only_unread = request.args.get("show") == "unread"
    rows = notices.listing(engine(), actor(), page=page_number(), only_unread=only_unread)
    return render_template("notices.html", rows=rows, only_unread=only_unread)


@blueprint.post("/<notice_id>")
def read(notice_id: str) -> ResponseReturnValue:
    """Read, and on to what it is about as far as that may be seen."""
    found = notices.read(engine(), actor(), notice_id)
    if request.form.get("do") != "open":
        return redirect(url_for("notices.show"), 303)
    if found.work_item_id is not None:
        return redirect(url_for("tasks.show", task_id=found.work_item_id), 303)
    if found.instance_id is not None:
        return redirect(url_for("instances.show", instance_id=found.instance_id), 303)
    return redirect(url_for("notices.show"), 303)


@blueprint.post("/read")
def read_all() -> ResponseReturnValue:
    count = notices.read_all(engine(), actor())
    flash(f"已把{count}条通知标为已读。" if count else "没有未读的通知。", "done")
    return redirect(url_for("notices.show"), 303)


@blueprint.get("/unread")
def unread() -> ResponseReturnValue:
    """How many are unread, for the page head to look at every half minute."""
    response = jsonify(unread=notices.unread(engine(), actor()))
    response.add_etag()
    return response.make_conditional(request)
