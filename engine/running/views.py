"""Turns rows into the values the doors hand out (engine.model)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine import conventions, deadlines, definitions, signatures
from engine.directory import Directory
from engine.model import Actor, Due, InstanceRow, WorkItemRow
from engine.storage import work_items
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.running.settle import Settled, Work
    from engine.spiff import CompiledDefinition
    from engine.startup import Engine

STATE_WORDS = {"running": "办理中", "completed": "办结", "cancelled": "已撤销"}
TERMINATED = "terminated"  # outcome of an instance that was ended by those who steer (终止)
NO_DUE = Due(at=None, css="none", words="没有时限", until="")


@dataclass(frozen=True, slots=True)
class Head:
    """What settle needs of an instance that has just been inserted."""

    id: str
    definition_id: str
    key: str
    version: int
    state: str
    title: str
    started_by: str
    started_at: datetime
    flow_version: int
    history_seq: int
    history_hash: str


# ---- answers of commands ---------------------------------------------------------------------


def answer(work: Work, settled: Settled, actor: Actor, *, started: bool = False) -> dict[str, Any]:
    """What a command says when it is done; kept as JSON under its idempotency key."""
    office = work.context.directory
    steps = [next_step(item, office) for item in settled.opened]
    done = "已发起。" if started else "已提交。"
    if steps:
        message = f"{done}下一步：{'；'.join(dict.fromkeys(steps))}"
    elif settled.state != "running":
        message = f"{done}{ending(settled, work.definition)}"
    else:
        message = f"{done}等待其他人办理。"
    own = next(
        (
            item["id"]
            for item in settled.opened
            if item["assignee_id"] == actor.person_id
            or (item["assignee_id"] is None and item["group_code"] in actor.groups)
        ),
        None,
    )
    return {
        "instance_id": work.context.instance_id,
        "instance_state": settled.state,
        "version": settled.version,
        "message": message,
        "opened": [item["id"] for item in settled.opened],
        "next_task_id": own,
    }


def plain_answer(item: Any, version: int, message: str) -> dict[str, Any]:
    """The answer of a command that touched one item only."""
    return {
        "instance_id": item.instance_id,
        "instance_state": item.instance_state,
        "version": version,
        "message": message,
        "opened": [],
        "next_task_id": item.id,
    }


def next_step(item: Mapping[str, Any], office: Directory) -> str:
    """分管副市长批示　贺景舟."""
    who = hands(item["assignee_id"], item["group_code"], office)
    return f"{item['element_name']}　{who}" if who else str(item["element_name"])


def ending(settled: Settled, definition: CompiledDefinition) -> str:
    """The name of the end that was reached."""
    if settled.state == "running":
        return "等待其他人办理"
    label = outcome_label(definition, settled.outcome)
    return f"流程结束：{label or STATE_WORDS[settled.state]}"


def outcome_label(definition: CompiledDefinition, outcome: str | None) -> str | None:
    """The Chinese name of an end event, or of how it was ended otherwise."""
    if outcome == TERMINATED:
        return "已终止"
    element = definition.elements.get((definition.key, outcome or ""))
    return element.name if element is not None else None


def hands(person: str | None, group: str | None, office: Directory) -> str | None:
    """In whose hands: a person's name, else a group's."""
    if person is not None:
        return office.person_name(person)
    return office.group_name(group) if group is not None else None


# ---- rows ------------------------------------------------------------------------------------


def item_row(engine: Engine, item: Any, office: Directory) -> WorkItemRow:
    """A row of the worklist."""
    return WorkItemRow(
        id=item.id,
        instance_id=item.instance_id,
        title=item.title,
        number=item.number,
        sender=item.sender,
        urgency=item.urgency,
        procedure=item.procedure,
        element_id=item.element_id,
        step=item.element_name,
        state=item.state,
        version=item.version,
        opened_at=item.opened_at,
        done_at=item.done_at,
        due=due_of(engine, item),
        assignee=office.person_name(item.assignee_id) if item.assignee_id else None,
        group=office.group_name(item.group_code) if item.group_code else None,
        alert=item.alert,
        has_draft=item.draft_at is not None,
        outcome=item.outcome,
        signed_as=signatures.of_item(office, item),
    )


def due_of(engine: Engine, item: Any) -> Due:
    """The deadline of an item in colour and words."""
    return deadlines.describe(
        item.due_at,
        item.due_basis,
        engine.clock.now(),
        engine.calendar(),
        done_at=item.done_at if item.state == "done" else None,
        soon=conventions.current(engine)["due_soon_days"],
    )


def instance_rows(
    engine: Engine, connection: Connection, rows: Sequence[Any], office: Directory
) -> tuple[InstanceRow, ...]:
    """Rows of a list of instances, each with the steps it has come to."""
    running = [row.id for row in rows if row.state == "running"]
    items = work_items.open_of(connection, running)
    return tuple(instance_row(engine, row, office, items.get(row.id, ())) for row in rows)


def sent_rows(
    engine: Engine, connection: Connection, rows: Sequence[Any], office: Directory
) -> tuple[InstanceRow, ...]:
    """Rows of the list of what is to be read, each with who sent it."""
    heads = instance_rows(engine, connection, rows, office)
    return tuple(
        replace(
            head, sent_by=office.person_name(row.sent_by_id), sent_at=row.sent_at, note=row.note
        )
        for head, row in zip(heads, rows, strict=True)
    )


def instance_row(
    engine: Engine, row: Any, office: Directory, items: Sequence[Any] = ()
) -> InstanceRow:
    """A row of a list of instances."""
    open_items = [item for item in items if item.state == "open"]
    dues = sorted((item for item in open_items if item.due_at), key=lambda item: item.due_at)
    label = None
    if row.outcome:
        label = outcome_label(definitions.compiled(engine, row.definition_id), row.outcome)
    return InstanceRow(
        id=row.id,
        key=row.key,
        procedure=row.procedure,
        title=row.title,
        number=row.number,
        sender=row.sender,
        urgency=row.urgency,
        state=row.state,
        outcome=row.outcome,
        outcome_label=label,
        version=row.version,
        definition_version=row.definition_version,
        started_by=office.person_name(row.started_by),
        started_at=row.started_at,
        ended_at=row.ended_at,
        current_steps=tuple(dict.fromkeys(item.element_name for item in open_items)),
        due=due_of(engine, dues[0]) if dues else None,
    )
