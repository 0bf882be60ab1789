"""职务: the posts and sections, who holds them, which steps of procedures are given to them."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from engine import duties, office_lists
from engine.staff_reforms import KeepPost
from web.pages.administration.reforming import Act, address, offer, refusals, typed
from web.pages.administration.rooms import Room
from web.sessions import actor, engine

ROOM = Room(
    "posts",
    duties.OFFICE,
    "职务和科室",
    "个人职务和可认领的科室；每个职务现在由谁担任，流程中哪些步骤送给它。",
    "flag",
)
blueprint = ROOM.blueprint(__name__)


@blueprint.get("")
def show() -> ResponseReturnValue:
    rows = office_lists.posts(engine(), actor())
    return render_template("administration/posts.html", rows=rows)


@blueprint.get("/<post_code>")
def one(post_code: str) -> ResponseReturnValue:
    row, seats = office_lists.post(engine(), actor(), post_code)
    return render_template("administration/post.html", row=row, seats=seats)


def _built(code: str, is_new: bool) -> KeepPost:
    kind = typed("kind")
    return KeepPost(
        code,
        typed("name"),
        kind == "group",
        "is_single" in request.form,
        engine().clock.now(),
        is_new=is_new,
    )


def _current(code: str) -> dict[str, Any]:
    row, _ = office_lists.post(engine(), actor(), code)
    kind = "group" if row.is_group else "person"
    return {"name": row.name, "kind": kind, "is_single": row.is_single}


DONE = address("admin_posts.one", "post_code")
FORM = "administration/post-form.html"
ACTS = {
    act.name: act
    for act in (
        Act(
            "new",
            "新增职务或科室",
            FORM,
            lambda _: _built(typed("code"), is_new=True),
            DONE,
            start=lambda _: {"kind": "person"},
            asks=False,
            part="post_code",
        ),
        Act(
            "correct",
            "更正",
            FORM,
            lambda code: _built(code, is_new=False),
            DONE,
            start=_current,
            more=lambda code: {"post": office_lists.post(engine(), actor(), code)[0]},
            asks=False,
            part="post_code",
        ),
    )
}
offer(blueprint, "/-/new", ACTS["new"])
offer(blueprint, "/<post_code>/correct", ACTS["correct"])
refusals(blueprint, ACTS)
