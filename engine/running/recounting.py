"""Counts the open deadlines of one instance again after the calendar has changed.

Variables, timers and work items move together; what moved is returned and, when asked for, noted in
the instance's history. Nothing is written here but the items: `settle` writes the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine import deadline_records
from engine.calendar import Calendar
from engine.clock import FAR, parse_moment
from engine.errors import StaleVersion
from engine.running.settle import Work
from engine.storage import work_items

if TYPE_CHECKING:
    from engine.spiff import ArmedTimer, OpenTask

MOVED = "deadline.recounted"
PARTS = {"step": "办理时限", "timer": "到期处理"}


@dataclass(frozen=True, slots=True)
class Move:
    """One deadline that moves. part: step, timer. before, after: None for “not at all for now”.

    party: whose, where several are asked. firm: it was provisional and is so no more.
    """

    instance_id: str
    element_id: str
    name: str
    part: str
    before: datetime | None
    after: datetime | None
    provisional: bool
    firm: bool = False
    item_id: str | None = None
    party: str | None = None
    changed: Mapping[str, Any] | None = None  # columns of the work item


def recount(work: Work, before: Calendar) -> list[Move]:
    """Move everything in memory; the moves. before: the calendar that counted so far."""
    timers = {each.id: each for each in work.execution.timers()}
    work.execution.recount(deadline_records.refresher(before, work.context.calendar))
    tasks = {each.id: each for each in work.execution.open_tasks()}
    moves = [
        move
        for item in work.live_items
        if (move := _item(work, item, tasks[item.task_id], before)) is not None
    ]
    for each in work.execution.timers():
        was = timers.get(each.id)
        if was is None or was.fires_at != each.fires_at:
            moves.append(_timer(work, was, each))
    return moves


def keep(work: Work, moves: list[Move], notice: str) -> None:
    """Write the moved items and note every move with old, new and the calendar it rests on."""
    for move in moves:
        if move.item_id is not None and move.changed is not None:
            version = next(each.version for each in work.live_items if each.id == move.item_id)
            if not work_items.update(
                work.context.connection, move.item_id, version, dict(move.changed)
            ):
                raise StaleVersion
        work.note(
            MOVED,
            element_id=move.element_id,
            element_name=move.name,
            work_item_id=move.item_id,
            data={
                "part": PARTS[move.part],
                "party_name": move.party,
                "before": move.before.isoformat() if move.before else None,
                "after": move.after.isoformat() if move.after else None,
                "kind": "暂定" if move.provisional else "由暂定转为确定" if move.firm else None,
                "calendar": work.context.calendar.version(),
                "notice": notice,
            },
        )


def _item(work: Work, item: Any, task: OpenTask, before: Calendar) -> Move | None:
    basis = item.due_basis
    if item.due_at is None or not basis:
        return None
    drawn = task.properties.get("due_at")
    value = work.execution.evaluate(drawn, task.data) if drawn else None
    if value:
        due_at = parse_moment(value)
        found = due_at, _provisional(basis, due_at, work.context.calendar)
    else:
        counted = deadline_records.again(item.due_at, basis, before, work.context.calendar)
        if counted is None:
            return None
        found = counted
    if found == (item.due_at, bool(basis.get("provisional"))):
        return None
    due_at, provisional = found
    party = task.properties.get("party")
    return Move(
        instance_id=work.context.instance_id,
        element_id=item.element_id,
        name=item.element_name,
        part="step",
        before=item.due_at,
        after=due_at,
        provisional=provisional,
        firm=bool(basis.get("provisional")) and not provisional,
        item_id=item.id,
        party=_party(work, party, task.data),
        changed={"due_at": due_at, "due_basis": _basis(work, basis, due_at, provisional)},
    )


def _timer(work: Work, was: ArmedTimer | None, now: ArmedTimer) -> Move:
    at = None if was is None or was.fires_at >= FAR else was.fires_at
    return Move(
        instance_id=work.context.instance_id,
        element_id=now.element_id,
        name=now.properties.get("clock") or now.name,
        part="timer",
        before=at,
        after=None if now.fires_at >= FAR else now.fires_at,
        provisional=now.held,
        firm=at is None and not now.held,
        party=_party(work, now.properties.get("party"), now.data),
    )


def _party(work: Work, expression: str | None, data: Mapping[str, Any]) -> str | None:
    if not expression:
        return None
    return work.context.directory.org_name(str(work.execution.evaluate(expression, data)))


def _provisional(basis: Mapping[str, Any], due_at: datetime, calendar: Calendar) -> bool:
    fact, length, unit = (basis.get(name) for name in ("fact_at", "length", "unit"))
    if fact and length is not None and unit in ("workday", "day", "month"):
        return calendar.derive(parse_moment(fact), length, unit).provisional
    return calendar.provisional(due_at)


def _basis(
    work: Work, basis: Mapping[str, Any], due_at: datetime, provisional: bool
) -> dict[str, Any]:
    calendar = work.context.calendar
    warning = None
    if provisional:
        length, unit = basis.get("length") or 0, str(basis.get("unit") or "workday")
        warning = calendar.warning(due_at.year, length, unit)
    version = calendar.version()
    return {**basis, "calendar": version, "provisional": provisional, "warning": warning}
