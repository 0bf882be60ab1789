"""Opens a finished step again for people: its items, what they had entered, what became void.

What a person entered is offered again to the same person as a draft; what others entered who
signed the same step stands, unless all of them are asked anew. Items of vanished steps become void
with a reason, and whoever had them is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.ids import new_id
from engine.running import offers, signers, turns
from engine.running.item_forms import form_of, gives_opinion
from engine.running.settle import note_opened
from engine.spiff import taking_back
from engine.storage import responses, work_items

if TYPE_CHECKING:
    from engine.running.settle import Work
    from engine.spiff.taking_back import Undoing

OF_THE_SIGNING = ("claimed_at", "done_at", "done_by", "outcome", "comment", "void_reason")
OF_AN_ITEM = (
    *("instance_id", "task_id", "element_id", "element_name", "process_key", "form", "position"),
    *("policy", "share", "kind", "of_id", "epoch", "given_by_id", "role", "org", "field", "scope"),
    *("assignee_id", "group_code", "acted_for_id", "signature_form", "substitution_id", "alert"),
    *("due_at", "due_basis"),
)


def rewind(work: Work, undoing: Undoing, reason: str) -> None:
    """Take the step back in the flow; the items of what vanished become void, their owners know."""
    vanished = [each for each in work.live_items if each.task_id in undoing.closed]
    void(work, vanished, reason)
    taking_back.take_back(work.execution, undoing.task_id)
    responses.remove(
        work.context.connection, work.context.instance_id, (undoing.task_id, *undoing.gone)
    )


def void(work: Work, items: Sequence[Any], reason: str) -> None:
    """Close items nobody needs to do any more, and tell whoever had them."""
    work_items.void(work.context.connection, [each.id for each in items], reason, work.context.now)
    gone = {each.id for each in items}
    work.live_items = [each for each in work.live_items if each.id not in gone]
    for item in items:
        work.note(
            "item.voided",
            element_id=item.element_id,
            element_name=item.element_name,
            work_item_id=item.id,
            data={"reason": reason},
        )
        if item.assignee_id is not None:
            work.context.tell("voided", [item.assignee_id], step=item.element_name, text=reason)


def offer_anew(work: Work, task_id: str, before: Sequence[Any]) -> list[dict[str, Any]]:
    """Everybody who signs the step is asked again, each with what he had entered; a section's work
    goes to the member who did it, if he still can. before: its items that are done."""
    epoch = 1 + max((each.epoch for each in before), default=0)
    task = work.execution.open_task(task_id)
    new = offers.offer(work.execution, task, work.context, epoch)
    for item in new:
        was = [each for each in before if _same_hands(work, each, item)]
        if was:
            last = max(was, key=lambda each: each.done_at)
            item |= _in_hand(work, item, last)
            item["draft"] = draft(work, last)
    add(work, new)
    return new


def _same_hands(work: Work, done: Any, item: Mapping[str, Any]) -> bool:
    if item["assignee_id"] is not None:
        return bool(done.done_by == item["assignee_id"])
    groups = work.context.directory.groups_of(done.done_by, work.context.now)
    return bool(done.group_code == item["group_code"] and item["group_code"] in groups)


def _in_hand(work: Work, item: Mapping[str, Any], done: Any) -> dict[str, Any]:
    if item["assignee_id"] is not None or item["state"] != "open":
        return {}
    if work.context.directory.is_absent(done.done_by, work.context.now):
        return {}
    return {"assignee_id": done.done_by, "claimed_at": work.context.now}


def again(work: Work, item: Any, **columns: Any) -> dict[str, Any]:
    """The same item once more, open: its columns without what was signed."""
    return {
        **{name: getattr(item, name) for name in OF_AN_ITEM},
        "id": new_id(),
        "state": "open",
        "held": False,
        "version": 1,
        "opened_at": work.context.now,
        **columns,
    }


def add(work: Work, new: Iterable[Mapping[str, Any]]) -> None:
    """Put items in; they are live from here on."""
    rows = [dict(each) for each in new]
    for columns in _alike(rows):
        work_items.insert(work.context.connection, columns)
    for item in rows:
        if item["state"] == "open":
            note_opened(work, item)
    work.live_items = work_items.of_instance(
        work.context.connection, work.context.instance_id, work_items.LIVE
    )


def _alike(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """One statement writes rows of the same columns."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(sorted(row)), []).append(row)
    return list(groups.values())


# ---- what was entered ------------------------------------------------------------------------


def entered(work: Work, item: Any) -> dict[str, Any]:
    """What an item entered, by its facts."""
    every = responses.facts(work.context.connection, work.context.instance_id)
    return {row.name: row.value for row in every if row.work_item_id == item.id}


def draft(work: Work, item: Any) -> dict[str, Any]:
    """What its owner had entered, to go on with: all but what was decided, and the opinion."""
    form = form_of(work.definition, item)
    own = {each.key for each in (form.outcome, form.comment) if each} if form is not None else set()
    values = {name: value for name, value in entered(work, item).items() if name not in own}
    return {"values": values, "comment": item.comment, "by": item.done_by}


def enter_again(work: Work, task_id: str, others: Sequence[Any]) -> None:
    """What the others who signed the same step had entered stands in it again."""
    for item in sorted(others, key=lambda each: each.done_at):
        if item.kind == signers.DELEGATED or gives_opinion(work.definition, item):
            continue
        data = entered(work, item)
        name = work.definition.elements[item.process_key, item.element_id].properties.get("collect")
        if name:
            task = work.execution.open_task(task_id)
            row = {
                "person": item.done_by,
                "acted_for": item.acted_for_id,
                "opinion": item.outcome,
                "text": item.comment,
                "at": item.done_at.isoformat(),
            }
            data[name] = [*task.data.get(name, []), row]
        work.execution.enter(task_id, data)


def take_off(work: Work, item: Any, reason: str) -> None:
    """A signing is taken back: it counts no more and is not shown as an opinion."""
    turns.change(work, item, {"state": "void", "void_reason": reason, "done_by": None})
