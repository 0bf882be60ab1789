"""The workbench: what is to do, was done, was started, lies in draft, has come to an end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, cast

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from engine import signing_lists, tasks, whereabouts
from engine.duties import SUBSTITUTION
from engine.errors import Invalid, NotFound
from engine.model import Counts, Filters, Stretch, WorkItemRow
from web.pages import narrowing
from web.sessions import actor, engine

blueprint = Blueprint("workbench", __name__)


@dataclass(frozen=True)
class List:
    """One list on a tab. view: as the engine calls it; columns: as the template draws them;
    at: the word of the address that says where it begins; grouped: under headings by urgency."""

    view: str
    columns: tuple[str, ...]
    caption: str
    at: str = "at"
    grouped: bool = False


@dataclass(frozen=True)
class Tab:
    """A tab: its word and its lists; its number is how many rows they hold."""

    name: str
    label: str
    lists: tuple[List, ...]
    moment: str  # what a span of days means here
    about: str  # what stands here, for the page of help

    def count(self, counts: Counts) -> int:
        return sum(getattr(counts, each.view) for each in self.lists)


TO_DO = ("matter", "step", "arrived", "due")
DELEGATED = ("matter", "step", "with", "arrived", "due")
TO_READ = ("matter", "state", "sent", "reached")
INSTANCES = ("matter", "state", "started", "reached")
TABS = {
    each.name: each
    for each in (
        Tab(
            "todo",
            "待办",
            (
                List("mine", TO_DO, "我的待办，逾期在前", grouped=True),
                List("group", (*TO_DO, "claim"), "科室待认领的事项，逾期在前", "group_at", True),
            ),
            "送达",
            "等您办理的步骤，和您科室等人认领的步骤；逾期的在最前",
        ),
        Tab(
            "to_read",
            "待阅",
            (List("to_read", TO_READ, "送您阅看、还没有看的事项，最近送来的在前"),),
            "送阅",
            "送给您传阅、抄送的，看后点“已阅”",
        ),
        Tab(
            "done",
            "已办",
            (List("done", ("matter", "did", "done", "result"), "已办事项，最近的在前"),),
            "办理",
            "您办过的每一步，最近的在前；事项还在走的，点开看走到哪里",
        ),
        Tab(
            "completed",
            "办结",
            (List("completed", INSTANCES, "办结的事项，最近的在前"),),
            "办结",
            "您发起或者办过、现在已经走完的事项",
        ),
        Tab(
            "started",
            "我发起",
            (List("started", INSTANCES, "我发起的事项，最近的在前"),),
            "发起",
            "您发起的事项，办到哪一步、在谁手里",
        ),
        Tab(
            "drafts",
            "草稿",
            (List("drafts", TO_DO, "有草稿的待办，逾期在前"),),
            "送达",
            "您点过“暂存”、还没有提交的步骤",
        ),
        Tab(
            "delegated",
            "委派出去的",
            (List("delegated", DELEGATED, "委派给别人先办的步骤，逾期在前"),),
            "委派",
            "请同事先办的步骤；办好后回到您的待办，由您确认",
        ),
    )
}
GROUPS = (
    ("已逾期", ("overdue",)),
    ("今天到期", ("today",)),
    ("3个工作日内", ("soon",)),
    ("其余", ("normal", "paused", "none", "done")),
)


@blueprint.get("/")
def show() -> ResponseReturnValue:
    tab = TABS.get(request.args.get("tab", "todo"))
    if tab is None:
        raise NotFound
    filters = narrowing.read()
    choices = tasks.choices(engine(), actor(), [each.view for each in tab.lists], filters)
    return render_template(
        "workbench.html",
        tab=tab,
        tabs=TABS.values(),
        q=filters.search,
        filters=filters,
        conditions=narrowing.in_words(filters, choices, tab.moment),
        options=narrowing.options(choices),
        without=narrowing.without,
        lists=[(each, _rows(each, filters)) for each in tab.lists],
        counts=tasks.counts(engine(), actor()),
        unread=signing_lists.unread(engine(), actor()),
        stuck=_stuck(),
    )


def _stuck() -> int:
    """How many steps nobody proper can act on, for those who can put it right."""
    return len(whereabouts.stuck(engine(), actor())) if SUBSTITUTION.allows(actor()) else 0


@dataclass(frozen=True)
class Shown:
    """The rows of a list, and the same under their headings."""

    rows: Stretch[Any]
    groups: list[tuple[str, list[Any]]]


def _rows(listed: List, filters: Filters) -> Shown:
    """A place in the list that cannot be read is as none: the list from its beginning."""
    begins = request.args.get(listed.at)
    try:
        found = tasks.worklist(engine(), actor(), listed.view, filters=filters, at=begins)
    except Invalid:
        found = tasks.worklist(engine(), actor(), listed.view, filters=filters)
    rows: list[Any] = list(found.items)
    groups = by_deadline(cast("list[WorkItemRow]", rows)) if listed.grouped else [("", rows)]
    return Shown(cast("Stretch[Any]", found), groups if rows else [])


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
