"""What may be taken back in a running instance, what that would undo, and doing it.

The execution must have been loaded with its finished scopes. What was done by a step that took a
number, wrote a book, or sent or received a message is not undone, so nothing goes back past it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.spiff import corrections
from engine.spiff.closure import Closure, label
from engine.spiff.execution import Execution
from engine.spiff.guarding import Guard
from engine.spiff.rewind import open_again, rewind

CALLED = re.compile(r"\b(\w+)\s*\(")
GONE = "这一步已不在现在的流程中，不能回到这一步。"


@dataclass(frozen=True, slots=True)
class Undoing:
    """What taking back a finished user task undoes. task_id: that task; undone: user tasks done
    since; closed: user tasks that are open and vanish; gone: every task that vanishes; elements:
    what is no longer passed, as (process, element); computed: the expressions that were computed
    since; instance: for which items of repetitions it is done, from the outside in; same_scope:
    whether the open task it was asked for shares its variables; refusals: sentences why it may not
    be, empty when it may."""

    task_id: str
    undone: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    elements: tuple[tuple[str, str], ...] = ()
    computed: tuple[str, ...] = ()
    instance: tuple[Any, ...] = ()
    same_scope: bool = False
    refusals: tuple[str, ...] = ()


def undoing(execution: Execution, task_id: str) -> Undoing:
    """What taking this task back would undo. Reads only."""
    closure = _closure(execution, task_id)
    return Undoing(task_id, refusals=(GONE,)) if closure is None else _told(execution, closure)


def targets(execution: Execution, task_id: str) -> list[Undoing]:
    """Every finished user task from which this open one follows, the latest first; those to which
    there is no way back are left out."""
    done = [
        task
        for task in execution.workflow.index.tasks.values()
        if task.task_spec.manual and task._state == TaskState.COMPLETED
    ]
    found = []
    for task in sorted(done, key=lambda each: each.last_state_change, reverse=True):
        closure = _closure(execution, task.id)
        if closure is not None and task_id in closure.removed:
            told = _told(execution, closure)
            if not told.refusals:
                shared = closure.removed[task_id].workflow is task.workflow
                found.append(replace(told, same_scope=shared))
    return found


def take_back(execution: Execution, task_id: str) -> None:
    """Undo what `undoing` tells, open the task again, and step on. Only without refusals."""
    closure = _closure(execution, task_id)
    assert closure is not None
    assert not closure.refusals
    with Guard(execution._moment):
        rewind(closure)
        _void(execution, closure.target)
    execution._run()


def _void(execution: Execution, task: Task) -> None:
    """What a step voids when it opens again is as it is declared, or nothing."""
    declared = execution.definition.defaults.get(execution._process_of(task), {})
    for name in voided(execution.properties_of(task)):
        if name in task.data:
            task.data[name] = declared.get(name)


def open_afresh(execution: Execution, task_id: str) -> None:
    """An open task is as it was when it opened: what was entered at it is taken out again."""
    with Guard(execution._moment):
        open_again(execution.workflow.index.tasks[task_id])


def _closure(execution: Execution, task_id: str) -> Closure | None:
    task = execution.workflow.index.tasks.get(task_id)
    if task is None or not task.task_spec.manual or task._state != TaskState.COMPLETED:
        return None
    with Guard(execution._moment):
        return Closure(execution.workflow, task)


def _told(execution: Execution, closure: Closure) -> Undoing:
    return Undoing(
        task_id=closure.target.id,
        undone=tuple(each.id for each in closure.done_by_people()),
        closed=tuple(each.id for each in closure.open_tasks()),
        gone=tuple(closure.removed),
        instance=_instance(execution, closure.target),
        elements=tuple(_no_longer_passed(execution, closure)),
        computed=tuple(text for task in closure.undone() for text in _expressions(task.task_spec)),
        refusals=(
            *closure.refusals,
            *_lasting(execution, closure),
            *_stale_beside(execution, closure),
        ),
    )


def _instance(execution: Execution, task: Task) -> tuple[Any, ...]:
    """Items of the repetitions a task is done in; rounds of a loop are not told apart."""
    keys: list[Any] = []
    at: Task | None = task
    while at is not None:
        key = at.internal_data.get("key_or_index", at.internal_data.get("item"))
        if key is not None:
            keys.append(key)
        host = at.workflow.parent_task_id
        at = execution.workflow.index.tasks[host] if host is not None else None
    return tuple(reversed(keys))


def _no_longer_passed(execution: Execution, closure: Closure) -> Iterator[tuple[str, str]]:
    """Elements that stand in no finished task any more (a round of a loop may remain)."""
    gone = {closure.target.id, *closure.removed, *closure.unfired, *closure.reopened}
    known = execution.workflow.index.tasks.values()
    finished = [each for each in known if each._state == TaskState.COMPLETED]
    left = {_element(execution, each) for each in finished if each.id not in gone}
    lost = dict.fromkeys(_element(execution, each) for each in finished if each.id in gone)
    yield from (each for each in lost if each is not None and each not in left)


def _expressions(spec: Any) -> Iterator[str]:
    """Everything a step computes by: its scripts, the conditions of its ways, its table."""
    yield from _scripts(spec)
    for condition, _way in getattr(spec, "cond_task_specs", ()):
        if condition is not None:
            yield str(condition.args[0])
    table = getattr(getattr(spec, "dmnEngine", None), "table", None)
    if table is not None:
        yield from (column.text for column in table.inputs)
        for rule in table.rules:
            yield from (*rule.conditions, *rule.results)


def _element(execution: Execution, task: Task) -> tuple[str, str] | None:
    identity = getattr(task.task_spec, "bpmn_id", None)
    return (execution._process_of(task), identity) if identity else None


# ---- what stays in the world -----------------------------------------------------------------


def _lasting(execution: Execution, closure: Closure) -> Iterator[str]:
    for task in closure.messages():
        yield f"“{label(task)}”已收发消息，不能收回；请退回到它之后的步骤。"
    functions = execution.definition.names.functions
    marked = {name for name, each in functions.items() if getattr(each, "is_lasting", False)}
    for task in (*closure.undone(), *closure.reopened.values()):
        if any(marked.intersection(CALLED.findall(script)) for script in _scripts(task.task_spec)):
            yield f"“{label(task)}”已编号或登记入册，不能收回；请退回到它之后的步骤。"


def _stale_beside(execution: Execution, closure: Closure) -> Iterator[str]:
    """What a step declares to void when it opens again must not live on in another branch: it would
    come back at the join."""
    named = voided(execution.properties_of(closure.target))
    if not named:
        return
    before = closure.target.parent.data
    for scope in (execution.workflow, *execution.workflow.subprocesses.values()):
        for task in (*scope.unfinished.values(), *corrections.arrived(scope)):
            if task.id in closure.removed or task._state & TaskState.PREDICTED_MASK:
                continue
            if any(task.parent.data.get(name) != before.get(name) for name in named):
                yield (
                    f"“{label(closure.target)}”改动后，并行的“{label(task)}”所依据的结果不再有效；"
                    "请退回到分支之前的步骤。"
                )
                return


def voided(properties: Mapping[str, str]) -> tuple[str, ...]:
    """The variables a step declares to void when it opens again: its property `invalidates`."""
    named = properties.get("invalidates", "")
    return tuple(each.strip() for each in named.split(",") if each.strip())


def _scripts(spec: Any) -> Iterator[str]:
    for name in ("script", "prescript", "postscript"):
        script = getattr(spec, name, None)
        if isinstance(script, str):
            yield script
