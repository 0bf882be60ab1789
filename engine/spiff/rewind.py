"""Takes a finished user task back: undoes its consequences, nothing else, and opens it again.

Both 退回 and 撤回 are this one operation; they differ only in who may and when. All scopes must be
loaded (finished ones too). On any exception the workflow is thrown away, nothing was saved.

The task opens as it opened the first time: with the variables that stand above it, not with what
was entered at it. What was entered is kept as facts, and offered again by whoever offers the task.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import (
    MultiInstanceTask,
    ParallelMultiInstanceTask,
    SequentialMultiInstanceTask,
)
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.deep_merge import DeepMerge
from SpiffWorkflow.util.task import TaskState

from engine.spiff import corrections
from engine.spiff.closure import Closure, instances, is_instance
from engine.spiff.index import touch

AS_PREDICTED = TaskState.PREDICTED_MASK | TaskState.FUTURE
OF_AN_INSTANCE = ("key_or_index", "item", "iteration")


def rewind(closure: Closure) -> None:
    """Make the target ready again; the caller then lets the workflow step on."""
    later = _later_keys(closure)
    _remove(closure)
    _free_tokens(closure)
    for scope in _scopes(closure):
        if scope.last_task is not None and scope.last_task.id not in scope.tasks:
            scope.last_task = None
    for repetition, instance in closure.unmerged:
        _unmerge(repetition, instance, later[repetition.id])
    for container in reversed(closure.reopened.values()):  # the outermost first
        _reopen(container)
    open_again(closure.target)
    for split in closure.rearmed.values():
        for event in split.children:
            if isinstance(event.task_spec, BoundaryEvent):
                _wait_again(event)
    for join in closure.unfired.values():
        _wait_again(join)


def _scopes(closure: Closure) -> list[Any]:
    """Every scope that stays and in which something changed."""
    found = {id(closure.target.workflow): closure.target.workflow}
    for task in (*closure.unfired.values(), *closure.reopened.values(), *closure.removed.values()):
        if task.workflow.parent_task_id not in closure.removed:
            found[id(task.workflow)] = task.workflow
    return list(found.values())


# ---- taking away -----------------------------------------------------------------------------


def _remove(closure: Closure) -> None:
    """Without recursion: a loop of thousands of rounds is a tree as deep."""
    for task in closure.removed.values():
        parent = task.parent
        if parent is not None and parent.id not in closure.removed:
            parent._children.remove(task.id)
            touch(parent)
    for task in closure.removed.values():
        scope = task.workflow
        scope.tasks.pop(task.id, None)
        scope.unfinished.pop(task.id, None)
        scope._task_removed_notify(task)


def _free_tokens(closure: Closure) -> None:
    dead = closure.removed.keys() | closure.unfired.keys()
    for scope in _scopes(closure):
        for task in scope.tasks.values():
            if task.internal_data.get("into") in dead:
                corrections.free(task)


def _later_keys(closure: Closure) -> dict[str, list[Any]]:
    """Repetition → keys of the instances that are taken away, in order."""
    return {
        repetition.id: [
            each.internal_data.get("key_or_index")
            for each in instances(repetition)
            if each.id in closure.removed
        ]
        for repetition, _ in closure.unmerged
    }


# ---- opening again ---------------------------------------------------------------------------


def _future(task: Task) -> None:
    task._set_state(TaskState.FUTURE)
    task.task_spec._predict(task, mask=AS_PREDICTED)


def _wait_again(task: Task) -> None:
    """A join or a boundary event is back where it waits; what it knew is forgotten."""
    task.workflow.top_workflow.event_manager.remove_task(task)
    task.data, task.internal_data = {}, {}
    _future(task)
    if isinstance(task.task_spec, BoundaryEvent):
        task._set_state(TaskState.WAITING)
    task.task_spec._update(task)


def _reopen(container: Task) -> None:
    """A sub-process, called process or repetition runs again, with what it began with."""
    scope = container.workflow.top_workflow.subprocesses.get(container.id)
    if scope is not None:
        scope.completed, scope.success = False, True
        container.data = _begun_with(container)
        if container.task_spec.prescript is not None:
            container.task_spec.execute_script(container, container.task_spec.prescript)
    _future(container)
    container._set_state(TaskState.STARTED)


def open_again(task: Task) -> None:
    """A user task is ready as it was when it was reached."""
    task.data = _begun_with(task)
    kept = {key: task.internal_data[key] for key in OF_AN_INSTANCE if key in task.internal_data}
    task.internal_data = kept
    task.workflow.last_task = task.parent
    _future(task)
    task.task_spec._update(task)
    task.data.update(_of_an_instance(task))


def _begun_with(task: Task) -> dict[str, Any]:
    """The variables an activity opened with, before anything of its own."""
    return {**task.parent.data, **_of_an_instance(task)}


def _of_an_instance(task: Task) -> dict[str, Any]:
    """Its item; and to those who act at the same time the results were empty when they began."""
    spec = task.parent.task_spec
    if not is_instance(task) or not isinstance(spec, MultiInstanceTask):
        return {}
    data: dict[str, Any] = {}
    if isinstance(spec, ParallelMultiInstanceTask) and spec.data_output is not None:
        data[spec.data_output.bpmn_id] = []
    if spec.input_item is not None and spec.input_item.bpmn_id in task.data:
        data[spec.input_item.bpmn_id] = task.data[spec.input_item.bpmn_id]
    return data


# ---- repetitions -----------------------------------------------------------------------------


def _unmerge(repetition: Task, instance: Task, later: list[Any]) -> None:
    """Take the results of an instance, and of those that are gone, out of the collection."""
    spec, known = repetition.task_spec, repetition.internal_data
    merged = known.get("merged", [])
    tasks = repetition.workflow.tasks
    alive = [each for each in merged if each != instance.id and each in tasks]
    known["merged"] = alive
    if not isinstance(spec, MultiInstanceTask):
        _merge_rounds_again(repetition, alive)
    elif spec.data_output is not None and spec.output_item is not None:
        results = repetition.data.get(spec.data_output.bpmn_id, [])
        repetition.data[spec.data_output.bpmn_id] = [
            result for each, result in zip(merged, results, strict=False) if each in alive
        ]
    if isinstance(spec, SequentialMultiInstanceTask):
        known["remaining"] = [*later, *known.get("remaining", [])]
    touch(repetition)


def _merge_rounds_again(repetition: Task, alive: list[str]) -> None:
    """A loop's variables are those before it with what each round that stays left."""
    data = deepcopy(repetition.parent.data)
    for each in alive:
        DeepMerge.merge(data, deepcopy(repetition.workflow.tasks[each].data))
    repetition.data = data
