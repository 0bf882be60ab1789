"""The workbench: what is to do, was done, was started, lies in draft, has come to an end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, cast

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from engine import instances, signing_lists, tasks, whereabouts
from engine.duties import SUBSTITUTION
from engine.errors import NotFound
from engine.model import InstanceRow, Page, WorkItemRow
from web.pages.parts import page_number, search_words
from web.sessions import actor, engine

blueprint = Blueprint("workbench", __name__)
TABS = ("todo", "done", "started", "drafts", "completed")
GROUPS = (
    ("已逾期", ("overdue",)),
    ("今天到期", ("today",)),
    ("3个工作日内", ("soon",)),
    ("其余", ("normal", "paused", "none", "done")),
)


@blueprint.get("/")
def show() -> ResponseReturnValue:
    tab = request.args.get("tab", "todo")
    if tab not in TABS:
        raise NotFound
    q = search_words()
    lists = _lists(tab, q)
    return render_template(
        "workbench.html",
        tab=tab,
        q=q,
        counts=tasks.counts(engine(), actor()),
        unread=signing_lists.unread(engine(), actor()),
        stuck=_stuck(),
        **lists,
    )


def _stuck() -> int:
    """How many steps nobody proper can act on, for those who can put it right."""
    return len(whereabouts.stuck(engine(), actor())) if SUBSTITUTION.allows(actor()) else 0


def _lists(tab: str, q: str | None) -> dict[str, Any]:
    if tab == "todo":
        mine = _items("mine", "page", q)
        group = _items("group", "group_page", q)
        return {
            "mine": mine,
            "mine_groups": by_deadline(mine.items),
            "group": group,
            "group_groups": by_deadline(group.items),
        }
    if tab == "completed":
        found = instances.find(engine(), actor(), state="completed", page=page_number(), search=q)
        return {"rows": found}
    if tab == "started":
        return {"rows": tasks.worklist(engine(), actor(), tab, page=page_number(), search=q)}
    return {"items": _items(tab, "page", q)}


def _items(view: str, parameter: str, q: str | None) -> Page[WorkItemRow]:
    found = tasks.worklist(engine(), actor(), view, page=page_number(parameter), search=q)
    return cast("Page[WorkItemRow]", found)


def by_deadline(items: Iterable[WorkItemRow]) -> list[tuple[str, list[WorkItemRow]]]:
    """The rows under headings by urgency, overdue first; empty headings are left out."""
    found = [
        (heading, [item for item in items if item.due.css in kinds]) for heading, kinds in GROUPS
    ]
    return [(heading, rows) for heading, rows in found if rows]


@blueprint.get("/workbench/counts")
def counts() -> ResponseReturnValue:
    """The numbers on the tabs, for the page to look at every half minute."""
    response = jsonify(asdict(tasks.counts(engine(), actor())))
    response.add_etag()
    return response.make_conditional(request)


__all__ = ["InstanceRow", "blueprint", "by_deadline"]
