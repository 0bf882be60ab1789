"""令牌: what programs come in with; listed, issued for a purpose and a time, taken back."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import accounts, duties
from engine.errors import Conflict, GuichengError, Invalid, NotAllowed, NotFound
from web.errors import page, status_of
from web.pages.administration.rooms import Room
from web.pages.parts import page_number
from web.security import shown_once
from web.sessions import actor, engine

ROOM = Room(
    "tokens", duties.ACCOUNTS, "令牌", "其他系统用来调用接口的令牌：签发、查看使用、撤回。", "send"
)
blueprint = ROOM.blueprint(__name__)


@blueprint.get("")
def show() -> ResponseReturnValue:
    return _page()


@blueprint.post("")
def issue() -> ResponseReturnValue:
    token = accounts.grant_token(
        engine(),
        actor(),
        request.form.get("username", "").strip().lower(),
        name=request.form.get("name", ""),
        scope=request.form.getlist("scope"),
        days=request.form.get("days", 0, type=int),
    )
    return _page(token=token)


@blueprint.post("/<token_id>/revoke")
def revoke(token_id: str) -> ResponseReturnValue:
    accounts.withdraw_token(engine(), actor(), token_id)
    flash("令牌已撤回，立即失效。", "done")
    return redirect(url_for("admin_tokens.show"), 303)


@blueprint.errorhandler(Invalid)
@blueprint.errorhandler(Conflict)
@blueprint.errorhandler(NotAllowed)
@blueprint.errorhandler(NotFound)
def refused(error: GuichengError) -> ResponseReturnValue:
    if not duties.ACCOUNTS.allows(actor()) or request.endpoint != "admin_tokens.issue":
        return page(status_of(error), error.message, code=error.code)
    return _page(refusal=error.message), status_of(error)


def _page(token: str | None = None, refusal: str | None = None) -> str:
    if token is not None:
        shown_once()
    return render_template(
        "administration/tokens.html",
        rows=accounts.tokens_page(engine(), actor(), page=page_number()),
        words=accounts.SCOPE_WORDS,
        token=token,
        refusal=refusal,
    )
