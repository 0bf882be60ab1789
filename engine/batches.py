"""批量办理: the same decision on several of one's own tasks of one step, where the step allows it.

Each task is completed in a transaction of its own, so one that is refused holds up no other; what
came of each is told one by one. Nothing is entered but the decision and the opinion: a task whose
form wants more is refused with its own sentence and stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import definitions, directory, tasks
from engine.errors import Finding, GuichengError, Invalid, NotAllowed, NotFound
from engine.model import Action, Actor, TaskView, WorkItemRow
from engine.running import completing, views
from engine.storage import access, work_items

if TYPE_CHECKING:
    from engine.startup import Engine

VERB = "batch"  # in the property `verbs` of a step
MOST = 50  # tasks at once


@dataclass(frozen=True, slots=True)
class Batch:
    """My tasks of one step. decisions: the buttons; the opinion is written once for all."""

    step: str
    procedure: str
    rows: tuple[WorkItemRow, ...]
    decisions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one task. done: whether it was completed; message: what happened, or why not."""

    task_id: str
    instance_id: str
    title: str
    done: bool
    message: str


def like(engine: Engine, actor: Actor, task_id: str) -> Batch:
    """My open tasks of the same step as this one. NotAllowed where the step allows no batch."""
    with engine.database.read() as connection:
        item = work_items.get(connection, task_id, access.may_see_item(actor))
        if item is None:
            raise NotFound
        definition = definitions.compiled(engine, item.definition_id, connection)
        element = definition.elements[item.process_key, item.element_id]
        named = {each.strip() for each in element.properties.get("verbs", "").split(",")}
        if VERB not in named:
            raise NotAllowed(f"“{item.element_name}”须逐件办理，不能批量办理。")
        office = directory.snapshot(engine, connection)
        found = work_items.mine_like(connection, actor, item, MOST)
        actions = completing.actions(definition, item, actor)
    return Batch(
        step=item.element_name,
        procedure=item.procedure,
        rows=tuple(views.item_row(engine, each, office) for each in found),
        decisions=tuple(each for each in actions if each.verb == "complete"),
    )


def complete(
    engine: Engine,
    actor: Actor,
    chosen: Sequence[tuple[str, int]],
    *,
    outcome: str | None,
    comment: str | None,
    key: str,
) -> tuple[Result, ...]:
    """Complete these tasks (id, version seen), each for itself, in the order given.

    The same key again does what was not done the first time and repeats the other answers.
    """
    if not chosen:
        raise Invalid([Finding("没有选中要办的事项。", "tasks")])
    if len(chosen) > MOST:
        raise Invalid([Finding(f"一次最多办{MOST}件，请分批办理。", "tasks")])
    return tuple(
        _one(engine, actor, task_id, version, outcome, comment, f"{key}:{task_id}")
        for task_id, version in dict(chosen).items()
    )


def _one(
    engine: Engine,
    actor: Actor,
    task_id: str,
    version: int,
    outcome: str | None,
    comment: str | None,
    key: str,
) -> Result:
    try:
        view = tasks.get(engine, actor, task_id)
    except NotFound as gone:
        return Result(task_id, "", "", False, gone.message)
    row = view.row
    try:
        like(engine, actor, task_id)
        done = tasks.complete(
            engine,
            actor,
            task_id,
            version=version,
            values=_shown(view),
            outcome=outcome,
            comment=comment,
            key=key[-128:],
        )
    except GuichengError as refusal:
        return Result(task_id, row.instance_id, row.title, False, refusal.message)
    return Result(task_id, row.instance_id, row.title, True, done.message)


def _shown(view: TaskView) -> dict[str, object]:
    """What the form shows as filled in already; its decision and opinion come from outside."""
    form = view.form
    own = {each.key for each in (form.outcome, form.comment) if each} if form is not None else set()
    filled = {each.key for each in form.fields if each.source} if form is not None else set()
    return {key: value for key, value in view.values.items() if key not in own | filled}
