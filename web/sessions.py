"""Who is at the screen: the session cookie, and what was typed when a session has run out."""

from __future__ import annotations

from typing import Any, cast

from flask import (
    Flask,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer

from engine import accounts
from engine.errors import NotSignedIn
from engine.model import Actor
from engine.startup import Engine
from web.errors import problem, wants_json
from web.security import local

COOKIE = "guicheng_session"
STEP = "guicheng_step"  # of somebody on the way in; sent to the sign-in pages only
STEPS = frozenset(
    {
        "steps.code",
        "steps.give_code",
        "steps.password",
        "steps.set_password",
        "steps.enrol",
        "steps.confirm",
    }
)
OPEN_TO_ALL = STEPS | frozenset(
    {
        "static",
        "doors.sign_in",
        "doors.enter",
        "links.show",
        "links.enter",
        "health.alive",
        "health.ready",
    }
)
STEP_PATH = "/sign-in"
KEPT_FOR = 24 * 3600  # seconds that a typed form waits for its writer to sign in again
RETURNABLE = frozenset({"tasks.submit", "starting.submit", "instances.cancel"})
NOT_KEPT = frozenset({"csrf_token", "password", "confirm"})


def engine() -> Engine:
    """The engine of this application."""
    return cast(Engine, current_app.extensions["guicheng"])


def actor() -> Actor:
    """Who asks. NotSignedIn without a session in force."""
    if "actor" not in g:
        if not token():
            raise NotSignedIn("请先登录。")
        g.actor = accounts.actor_of_session(engine(), token())
    return cast(Actor, g.actor)


def known_actor() -> Actor | None:
    """Who asks, when that is already known; for the page head of error pages."""
    return cast("Actor | None", g.get("actor"))


def token() -> str:
    """The secret of the session that asks."""
    return request.cookies.get(COOKIE, "")


def start_afresh(who: Actor) -> None:
    """Before anything is rendered for somebody who comes in: nothing of the page's own cookie
    stays, its CSRF token neither, whoever had put it there."""
    session.clear()
    g.pop("csrf_token", None)
    session["who"] = who.person_id


def open_session(response: Response, secret: str) -> Response:
    """Hand the open session to the browser."""
    response.delete_cookie(STEP, path=STEP_PATH)
    _give(response, COOKIE, secret, "/")
    return response


def keep_step(response: Response, secret: str) -> Response:
    """Hand the next step on the way in to the browser."""
    _give(response, STEP, secret, STEP_PATH)
    return response


def _give(response: Response, name: str, secret: str, path: str) -> None:
    secure = engine().settings.secure_cookies
    response.set_cookie(name, secret, httponly=True, samesite="Lax", secure=secure, path=path)


def close_session(response: Response) -> Response:
    """Take the session and everything kept from the browser."""
    session.clear()
    response.delete_cookie(COOKIE, path="/")
    return response


# ---- what was typed when the session ran out -------------------------------------------------


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="kept-form")


def keep_typed() -> str | None:
    """The posted fields, signed, to travel through the sign-in page. Files can not travel."""
    if request.method != "POST" or request.endpoint not in RETURNABLE:
        return None
    fields = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in NOT_KEPT and name != "do"
    ]
    kept = {"path": request.path, "fields": fields, "who": session.get("who")}
    return str(_serializer().dumps({**kept, "files": bool(request.files)}))


def typed_before(kept: str | None, who: Actor) -> dict[str, Any] | None:
    """What this person typed before: path, fields, files (some were chosen). None for others."""
    if not kept:
        return None
    try:
        found = cast("dict[str, Any]", _serializer().loads(kept, max_age=KEPT_FOR))
    except BadData:
        return None
    return found if found["who"] in (None, who.person_id) else None


# ---- the door --------------------------------------------------------------------------------


def register(app: Flask) -> None:
    """Nobody gets past without a session, except to the few open pages and the API's own check."""

    @app.before_request
    def ask_for_session() -> None:
        endpoint = request.endpoint
        if endpoint is None or endpoint in OPEN_TO_ALL:
            return
        if request.path.startswith("/api/"):
            return
        actor()

    @app.errorhandler(NotSignedIn)
    def to_the_door(error: NotSignedIn) -> ResponseReturnValue:
        if wants_json():
            return problem(401, error.message, error.code)
        expired = COOKIE in request.cookies
        if request.method == "GET":
            back = request.full_path.rstrip("?")
            return redirect(url_for("doors.sign_in", next=back, expired=1 if expired else None))
        kept, back = keep_typed(), _page_of_post()
        if request.endpoint in STEPS:  # what was typed before travels on
            kept, back = request.form.get("kept"), local(request.form.get("next"))
        page = render_template("sign-in.html", kept=kept, expired=True, next=back, username="")
        return make_response(page, 401)


def _page_of_post() -> str:
    """The page a refused post came from, to go back to after signing in."""
    if request.endpoint in RETURNABLE:
        return request.path.removesuffix("/cancel")
    return "/"
