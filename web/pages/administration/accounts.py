"""账号: opened for people, given roles, closed and opened again, reset; who needs a second factor.

What is shown once (a link, a password made up) is on the page that answers, in no address.
"""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import accounts, directory, duties
from engine.accounts import Invitation
from engine.errors import Conflict, GuichengError, Invalid, NotAllowed
from web.errors import page, status_of
from web.pages.administration.rooms import Room
from web.pages.parts import page_number, search_words
from web.security import shown_once
from web.sessions import actor, engine

ROOM = Room(
    "accounts",
    duties.ACCOUNTS,
    "账号",
    "开设账号、定角色、停用和重置；规定谁须使用第二因素。",
    "user",
)
blueprint = ROOM.blueprint(__name__)


@blueprint.get("")
def show() -> ResponseReturnValue:
    q = search_words()
    found = accounts.accounts_page(engine(), actor(), search=q, page=page_number())
    demanded = accounts.demanded_roles(engine(), actor())
    return render_template("administration/accounts.html", rows=found, q=q, demanded=demanded)


@blueprint.post("/demand")
def demand() -> ResponseReturnValue:
    accounts.demand_of_roles(engine(), actor(), request.form.getlist("role"))
    flash("已保存。下次登录起生效。", "done")
    return redirect(url_for("admin_accounts.show"), 303)


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    return _new_page()


@blueprint.post("/new")
def open_account() -> ResponseReturnValue:
    made = accounts.open_account(
        engine(),
        actor(),
        username=request.form.get("username", "").strip(),
        person_id=request.form.get("person", ""),
        roles=request.form.getlist("role"),
        by_link=_by_link(),
    )
    return _shown_once(made, "账号已开设")


@blueprint.get("/<account_id>")
def one(account_id: str) -> ResponseReturnValue:
    return _page(account_id)


@blueprint.post("/<account_id>/roles")
def roles(account_id: str) -> ResponseReturnValue:
    accounts.set_roles(engine(), actor(), account_id, request.form.getlist("role"))
    return _back(account_id, "角色已修改。这个账号的登录已全部退出。")


@blueprint.post("/<account_id>/disable")
def disable(account_id: str) -> ResponseReturnValue:
    accounts.disable(engine(), actor(), account_id)
    return _back(account_id, "账号已停用，登录、令牌和未用的链接同时失效。")


@blueprint.post("/<account_id>/enable")
def enable(account_id: str) -> ResponseReturnValue:
    accounts.enable(engine(), actor(), account_id)
    return _back(account_id, "账号已启用。令牌须重新签发。")


@blueprint.post("/<account_id>/unlock")
def unlock(account_id: str) -> ResponseReturnValue:
    accounts.unlock(engine(), actor(), account_id)
    return _back(account_id, "已解除锁定。")


@blueprint.post("/<account_id>/reset")
def reset(account_id: str) -> ResponseReturnValue:
    made = accounts.reset_password(engine(), actor(), account_id, by_link=_by_link())
    return _shown_once(made, "密码已重置")


@blueprint.post("/<account_id>/factor")
def factor(account_id: str) -> ResponseReturnValue:
    do = request.form.get("do")
    if do == "reset":
        accounts.reset_factor(engine(), actor(), account_id)
        return _back(account_id, "第二因素已重置，原手机的验证码不再有效。")
    accounts.demand_of_account(engine(), actor(), account_id, do == "demand")
    return _back(account_id, "已保存。下次登录起生效。")


@blueprint.post("/<account_id>/sessions/end")
def end_sessions(account_id: str) -> ResponseReturnValue:
    ended = accounts.end_sessions(engine(), actor(), account_id)
    return _back(account_id, f"已退出{ended}处登录。" if ended else "现在没有登录。")


@blueprint.errorhandler(Invalid)
@blueprint.errorhandler(Conflict)
@blueprint.errorhandler(NotAllowed)
def refused(error: GuichengError) -> ResponseReturnValue:
    """The page the post came from, with the sentence."""
    account_id = (request.view_args or {}).get("account_id")
    if not duties.ACCOUNTS.allows(actor()):
        return page(status_of(error), error.message, code=error.code)
    if account_id is not None:
        return _page(str(account_id), error.message), status_of(error)
    return _new_page(error.message), status_of(error)


def _by_link() -> bool:
    return request.form.get("way") != "password"


def _back(account_id: str, message: str) -> ResponseReturnValue:
    flash(message, "done")
    return redirect(url_for("admin_accounts.one", account_id=account_id), 303)


def _page(account_id: str, refusal: str | None = None) -> str:
    return render_template(
        "administration/account.html",
        row=accounts.account(engine(), actor(), account_id),
        demanded=accounts.demanded_roles(engine(), actor()),
        refusal=refusal,
    )


def _new_page(refusal: str | None = None) -> str:
    office, now = directory.snapshot(engine()), engine().clock.now()
    people = sorted(
        (name, person_id, office.title_of(person_id, now))
        for person_id, name in office.person_names.items()
    )
    return render_template("administration/account-new.html", people=people, refusal=refusal)


def _shown_once(made: Invitation, heading: str) -> ResponseReturnValue:
    """A link or a password, on this page only."""
    shown_once()
    address = url_for("links.show", secret=made.secret, _external=True) if made.until else None
    return render_template("administration/once.html", made=made, address=address, heading=heading)
