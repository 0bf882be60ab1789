"""Passes the turn on among the signers of one activation, and completes it when all is said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.errors import StaleVersion
from engine.running import offers, signers
from engine.running.settle import note_opened
from engine.running.signers import Activation, Signer
from engine.storage import work_items

if TYPE_CHECKING:
    from engine.running.settle import Case, Work

Columns = Mapping[str, Any]


def change(case: Case, item: Any, columns: Columns) -> None:
    """Write an item under its version; what is no longer live leaves the command's hands."""
    if not work_items.update(case.context.connection, item.id, item.version, columns):
        raise StaleVersion
    if columns.get("state") in ("done", "void"):
        case.live_items = [each for each in case.live_items if each.id != item.id]


def activation(case: Case, item: Any) -> Activation:
    """The signers of an item's activation as the command has left them."""
    live = [each for each in case.live_items if _same(each, item)]
    gone = work_items.signed_of(case.context.connection, item.instance_id, item.task_id, item.epoch)
    return Activation(item.policy, item.share, [Signer.of(each) for each in (*live, *gone)])


def _same(one: Any, other: Any) -> bool:
    return bool(one.task_id == other.task_id and one.epoch == other.epoch)


def pass_on(
    work: Work, item: Any, data: Columns, also: Mapping[str, Columns] | None = None
) -> None:
    """Somebody has signed or was taken off: open whose turn it is, or complete the activation.

    data: variables to set; also: item id → columns that change with it.
    """
    rows = {each.id: each for each in work.live_items if _same(each, item)}
    if not rows:  # nearly always: the one signer has signed
        work.answered.add(item.task_id)
        work.execution.complete(item.task_id, data)
        return
    verdict = activation(work, item).follows()
    if verdict.done:
        _drop(work, [rows[each] for each in verdict.unneeded])
        work.answered.add(item.task_id)
        work.execution.complete(item.task_id, data)
        return
    if data:
        work.execution.enter(item.task_id, data)
    for each in verdict.opens:
        open_now(work, rows[each])
    for each in verdict.returns:
        give_back(work, rows[each], (also or {}).get(each, {}))


def _drop(work: Work, rows: list[Any]) -> None:
    now = work.context.now
    for row in rows:
        change(work, row, {"state": "void", "void_reason": signers.ENOUGH, "done_at": now})
        work.note(
            "signer.unneeded",
            element_id=row.element_id,
            element_name=row.element_name,
            work_item_id=row.id,
            data={"person": _hands(work, row)},
        )


def open_now(work: Work, row: Any) -> None:
    """It is this signer's turn; the step's time runs for him from now."""
    task = work.execution.open_task(row.task_id)
    now = work.context.now
    opened = {
        "state": "open",
        "held": False,
        "opened_at": now,
        **offers.due(work.execution, task, work.context, now),
    }
    change(work, row, opened)
    note_opened(work, {**row._mapping, **opened})


def give_back(case: Case, row: Any, also: Columns | None = None) -> None:
    """An item that was held is its owner's again."""
    back = {"state": "open", "held": False, **(also or {})}
    change(case, row, back)
    case.opened.append({**row._mapping, **back})
    case.note(
        "item.came_back",
        element_id=row.element_id,
        element_name=row.element_name,
        work_item_id=row.id,
        data={"assignee": _hands(case, row)},
    )


def _hands(case: Case, row: Any) -> str | None:
    office = case.context.directory
    if row.assignee_id is not None:
        return office.person_name(row.assignee_id)
    return office.group_name(row.group_code) if row.group_code else None
