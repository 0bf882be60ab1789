"""机构: every organisation, one with its people and work; add, correct, rename, merge, end."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from engine import directory, duties, office_lists
from engine.org_reforms import (
    KINDS,
    AddOrganisation,
    CorrectOrganisation,
    End,
    Merge,
    Rename,
    known,
)
from web.pages.administration.reforming import (
    Act,
    address,
    offer,
    orgs_to_choose,
    refusals,
    today,
    typed,
    typed_day,
    typed_number,
)
from web.pages.administration.rooms import Room
from web.pages.parts import page_number, search_words
from web.sessions import actor, engine

ROOM = Room(
    "organisations",
    duties.OFFICE,
    "机构",
    "单位名录：新增、更正、更名、合并和停用；组成部门以任命文件为准。",
    "home",
)
blueprint = ROOM.blueprint(__name__)
LAST = 900  # sort of a new organisation that was given none


@blueprint.get("")
def show() -> ResponseReturnValue:
    kind, state = request.args.get("kind"), request.args.get("state", office_lists.PRESENT)
    q = search_words()
    rows = office_lists.organisations(
        engine(),
        actor(),
        search=q,
        kind=kind if kind in KINDS else None,
        state=state if state in office_lists.STATES else None,
        page=page_number(),
    )
    return render_template(
        "administration/organisations.html",
        rows=rows,
        q=q,
        kind=kind,
        state=state,
        kinds=KINDS,
        states=office_lists.STATES,
    )


@blueprint.get("/<code>")
def one(code: str) -> ResponseReturnValue:
    view = office_lists.organisation(engine(), actor(), code)
    return render_template(
        "administration/organisation.html", view=view, row=view.row, states=office_lists.STATES
    )


# ---- changes -----------------------------------------------------------------------------------


def _details(code: str) -> dict[str, Any]:
    return {
        "subject": code,
        "name": typed("name"),
        "org_kind": typed("org_kind"),
        "is_constituent": "is_constituent" in request.form,
        "sort": typed_number("sort", LAST),
        "note": typed("note") or None,
    }


def _current(code: str) -> dict[str, Any]:
    row = _known(code)
    return {
        "name": row.name,
        "org_kind": row.kind,
        "is_constituent": row.is_constituent,
        "sort": row.sort,
        "note": row.note or "",
    }


def _known(code: str) -> Any:
    return known(directory.snapshot(engine()), code)


def _more(code: str) -> dict[str, Any]:
    row = _known(code) if code else None
    return {"org": row, "kinds": KINDS, "orgs": orgs_to_choose(but=code), "today": today()}


def _today(_code: str) -> dict[str, Any]:
    return {"effective": f"{today():%Y-%m-%d}"}


DONE = address("admin_organisations.one", "code")
FORM = "administration/organisation-form.html"
ACTS = {
    act.name: act
    for act in (
        Act(
            "new",
            "新增机构",
            FORM,
            lambda _: AddOrganisation(**_details(typed("code")), effective=typed_day()),
            DONE,
            start=lambda _: {"org_kind": "dept", **_today("")},
            more=_more,
            asks=False,
        ),
        Act(
            "correct",
            "更正",
            FORM,
            lambda code: CorrectOrganisation(**_details(code), effective=engine().clock.now()),
            DONE,
            start=_current,
            more=_more,
            asks=False,
        ),
        Act(
            "rename",
            "更名",
            FORM,
            lambda code: Rename(code, typed("name"), typed_day(), typed("evidence")),
            DONE,
            start=_today,
            more=_more,
        ),
        Act(
            "merge",
            "合并",
            FORM,
            lambda code: Merge(code, typed("successor"), typed_day(), typed("evidence")),
            DONE,
            start=_today,
            more=_more,
        ),
        Act(
            "end",
            "停用",
            FORM,
            lambda code: End(code, typed_day(), typed("evidence")),
            DONE,
            start=_today,
            more=_more,
        ),
    )
}
offer(blueprint, "/-/new", ACTS["new"])
for _name in ("correct", "rename", "merge", "end"):
    offer(blueprint, f"/<code>/{_name}", ACTS[_name])
refusals(blueprint, ACTS)
