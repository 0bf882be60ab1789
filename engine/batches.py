"""批量办理: the same decision on several of one's own tasks of one step, where the step allows it.

Each task is completed in a transaction of its own, so one that is refused holds up no other; what
came of each is told one by one. What the form of the step asks is entered once for all of them;
what is left empty stays as each task has it. A task whose form wants more than that is refused with
its own sentence and stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from engine import definitions, directory, tasks
from engine.errors import Finding, GuichengError, Invalid, NotAllowed, NotFound
from engine.forms import Form
from engine.model import Action, Actor, TaskView, WorkItemRow
from engine.running import completing, views
from engine.running.item_forms import form_of
from engine.storage import access, work_items

if TYPE_CHECKING:
    from engine.startup import Engine

VERB = "batch"  # in the property `verbs` of a step
MOST = 50  # tasks at once
OF_ONE = frozenset({"file", "files", "table"})  # kinds of fields that belong to one document
NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Batch:
    """My tasks of one step. decisions: the buttons; form: what is entered once for all of them;
    the opinion is written once too."""

    step: str
    procedure: str
    rows: tuple[WorkItemRow, ...]
    decisions: tuple[Action, ...]
    form: Form


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
        form = form_of(definition, item)
    return Batch(
        step=item.element_name,
        procedure=item.procedure,
        rows=tuple(views.item_row(engine, each, office) for each in found),
        decisions=tuple(each for each in actions if each.verb == "complete"),
        form=_common(form) if form is not None else Form("", ()),
    )


def _common(form: Form) -> Form:
    """Of a form what several documents can have in common; decision and opinion stand beside it."""
    beside = (form.outcome, form.comment)
    fields = tuple(
        each
        for each in form.fields
        if each not in beside
        and each.source is None
        and not each.readonly
        and each.kind not in OF_ONE
    )
    return replace(form, fields=fields, outcome=None, comment=None)


def complete(
    engine: Engine,
    actor: Actor,
    chosen: Sequence[tuple[str, int]],
    *,
    outcome: str | None,
    comment: str | None,
    key: str,
    values: Mapping[str, Any] = NOTHING,
) -> tuple[Result, ...]:
    """Complete these tasks (id, version seen), each for itself, in the order given.

    values: of the common form, for all of them; what is empty stays as each task has it.

    The same key again does what was not done the first time and repeats the other answers.
    """
    if not chosen:
        raise Invalid([Finding("没有选中要办的事项。", "tasks")])
    if len(chosen) > MOST:
        raise Invalid([Finding(f"一次最多办{MOST}件，请分批办理。", "tasks")])
    given = {name: value for name, value in values.items() if _is_given(value)}
    return tuple(
        _one(engine, actor, (task_id, version), given, outcome, comment, f"{key}:{task_id}")
        for task_id, version in dict(chosen).items()
    )


def _is_given(value: Any) -> bool:
    """Nought is a value; nothing, an empty list and a box that is not ticked are none."""
    return value is not None and value is not False and value not in ("", [])


def _one(
    engine: Engine,
    actor: Actor,
    seen: tuple[str, int],
    given: Mapping[str, Any],
    outcome: str | None,
    comment: str | None,
    key: str,
) -> Result:
    task_id, version = seen
    try:
        view = tasks.get(engine, actor, task_id)
    except NotFound as gone:
        return Result(task_id, "", "", False, gone.message)
    row = view.row
    try:
        form = like(engine, actor, task_id).form
        common = {name: value for name, value in given.items() if form.get(name) is not None}
        done = tasks.complete(
            engine,
            actor,
            task_id,
            version=version,
            values={**_shown(view), **common},
            outcome=outcome,
            comment=comment,
            key=key[-128:],
        )
    except GuichengError as refusal:
        return Result(task_id, row.instance_id, row.title, False, refusal.message)
    return Result(task_id, row.instance_id, row.title, True, done.message)


def _shown(view: TaskView) -> dict[str, Any]:
    """What the form shows as filled in already; its decision and opinion come from outside."""
    form = view.form
    own = {each.key for each in (form.outcome, form.comment) if each} if form is not None else set()
    filled = {each.key for each in form.fields if each.source} if form is not None else set()
    return {key: value for key, value in view.values.items() if key not in own | filled}
