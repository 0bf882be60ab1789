"""A running workflow as rows, and back.

A task is a row, a scope (the top process, a sub-process, a called process) is a row. A command
writes only what it touched; scopes where everything is finished stay rows and are not loaded. Task
data is pure JSON; nothing of the library's serializer is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask, MultiInstanceTask
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.spiff.corrections import forget_removed
from engine.spiff.index import FINISHED

TOP = "top"
Told = tuple[dict[str, Any] | None, list[str], bool, list[str] | None]
# changed, lost, whether past its repetition, the names of its results


@dataclass(frozen=True, slots=True)
class Rows:
    """The stored form. scopes: scope id → body; tasks: task id → (scope id, body).

    A scope's id is that of the task which opened it.
    """

    scopes: Mapping[str, bytes] = field(default_factory=dict)
    tasks: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs from what is stored. finished: the scopes among `scopes` that need no loading
    any more, each with the finished scopes inside it. removed_tasks: task id → scope id."""

    scopes: Mapping[str, bytes] = field(default_factory=dict)
    tasks: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    removed_scopes: tuple[str, ...] = ()
    removed_tasks: Mapping[str, str] = field(default_factory=dict)
    finished: frozenset[str] = frozenset()


class Stored:
    """What of a loaded workflow stands in the database, as far as it can still change.

    Bodies of finished tasks are not kept: one that is touched again is written again. armed: the
    moments of the timers that have a job.
    """

    __slots__ = ("armed", "scopes", "tasks")

    def __init__(self) -> None:
        self.scopes: dict[str, bytes] = {}
        self.tasks: dict[str, bytes | None] = {}
        self.armed: dict[str, datetime] = {}

    @classmethod
    def of(cls, workflow: BpmnWorkflow, rows: Rows) -> Stored:
        """What a workflow was just rebuilt from."""
        stored = cls()
        stored.scopes = dict(rows.scopes)
        known = workflow.index.tasks
        stored.tasks = {
            task_id: None if known[task_id]._state & FINISHED else body
            for task_id, (_, body) in rows.tasks.items()
        }
        return stored

    def take_changes(self, workflow: BpmnWorkflow) -> Changes:
        """What must be written now; from here on it counts as stored.

        Scopes that are finished leave the workflow: it is then what loading it would give.
        """
        index = workflow.index
        tasks, scopes = {}, {}
        touched = {id(task.workflow): task.workflow for task in index.touched.values()}
        for scope in {id(workflow): workflow, **touched}.values():
            scope_id = scope.parent_task_id or TOP
            if scope_id != TOP and scope_id not in workflow.subprocesses:
                continue
            if scope_id != TOP and scope_id not in self.scopes:
                scope.base = _outside(scope)
            body = _encode_scope(scope)
            if self.scopes.get(scope_id) != body:
                scopes[scope_id] = self.scopes[scope_id] = body
        writing = {task.id: task for task in self._to_write(workflow)}
        for task in writing.values():
            body = _encode_task(task)
            if task._state & FINISHED:
                self.tasks[task.id] = None
            elif self.tasks.get(task.id) == body:
                continue
            else:
                self.tasks[task.id] = body
            tasks[task.id] = (task.workflow.parent_task_id or TOP, body)
        removed = {
            each: scope_id or TOP
            for each, scope_id in index.removed.items()
            if self.tasks.pop(each, self) is not self
        }
        gone = tuple(each for each in removed if self.scopes.pop(each, None) is not None)
        finished = _finished_scopes(workflow)
        for scope_id in finished:
            scopes[scope_id] = _encode_scope(workflow.subprocesses[scope_id])
            self._forget(workflow, scope_id)
        index.forget_changes()
        return Changes(scopes, tasks, gone, removed, frozenset(finished))

    def _to_write(self, workflow: BpmnWorkflow) -> Iterator[Task]:
        """The touched tasks, and those that have to be told against another base because something
        above them ended, changed or was opened again since they were written."""
        for task in workflow.index.touched.values():
            if task.id not in task.workflow.tasks:
                continue
            yield task
            above = task.workflow.tasks.get(task._parent)
            if above is not None and _repeats(above, task) and not above._state & FINISHED:
                yield above  # its results may be told by this instance
            if task.id in self.tasks and (task._state & FINISHED or self.tasks[task.id] is None):
                yield from _told_against_it(task)
                for scope in workflow.subprocesses.values():
                    if scope.base == task.id:
                        yield scope.task_tree
                        yield from _told_against_it(scope.task_tree)

    def _forget(self, workflow: BpmnWorkflow, scope_id: str) -> None:
        for task_id in workflow.subprocesses.pop(scope_id).tasks:
            del self.tasks[task_id]
            workflow.index.tasks.pop(task_id, None)
        del self.scopes[scope_id]


def _finished_scopes(workflow: BpmnWorkflow) -> list[str]:
    """The loaded scopes in which nothing will ever change again."""
    known = workflow.index.tasks
    return [
        scope_id
        for scope_id, scope in workflow.subprocesses.items()
        if not scope.unfinished and known[scope_id]._state & FINISHED
    ]


def encode(workflow: BpmnWorkflow) -> Rows:
    """The whole workflow as rows."""
    scopes = {TOP: _encode_scope(workflow)}
    tasks = {task.id: (TOP, _encode_task(task)) for task in workflow.tasks.values()}
    for scope_id, scope in workflow.subprocesses.items():
        scopes[scope_id] = _encode_scope(scope)
        for task in scope.tasks.values():
            tasks[task.id] = (scope_id, _encode_task(task))
    return Rows(scopes, tasks)


def decode(rows: Rows, spec: Any, subprocess_specs: Mapping[str, Any]) -> BpmnWorkflow:
    """Rebuild the workflow on a cached spec."""
    workflow = BpmnWorkflow(spec, subprocess_specs, deserializing=True)
    by_scope: dict[str, list[tuple[str, bytes]]] = {}
    for task_id, (scope_id, body) in rows.tasks.items():
        by_scope.setdefault(scope_id, []).append((task_id, body))
    _fill(workflow, workflow, rows.scopes[TOP], by_scope.get(TOP, []))
    pending = [scope_id for scope_id in rows.scopes if scope_id != TOP]
    while pending:
        ready = [each for each in pending if each in workflow.index.tasks]
        if not ready:
            raise ValueError(f"scopes without their parent task: {pending}")
        for scope_id in ready:
            parent: Any = workflow.index.tasks[scope_id]
            name = orjson.loads(rows.scopes[scope_id])["spec"]
            scope = BpmnSubWorkflow(subprocess_specs[name], scope_id, workflow, deserializing=True)
            workflow.subprocesses[scope_id] = scope
            _fill(workflow, scope, rows.scopes[scope_id], by_scope.get(scope_id, []))
            scope.completed_event.connect(parent.task_spec._on_subworkflow_completed, parent)
        pending = [each for each in pending if each not in ready]
    forget_removed(workflow)
    workflow.index.forget_changes()
    return workflow


def data_of(
    task_id: str, scope_of: Callable[[str], tuple[bytes, Mapping[str, bytes]]]
) -> dict[str, Any]:
    """The variables of one task; none of one that is not stored.

    scope_of: task id → the body of its scope, and of all tasks in that scope by their ids.
    """
    told: list[tuple[dict[str, Any] | None, list[str]]] = []
    results, instances = None, []
    base: str | None = task_id
    while base is not None:
        scope, tasks = scope_of(base)
        above: str | None = base if base in tasks else None
        passing = False
        while above is not None:
            parent, _, _, state, _, _, internal, changed, lost, *marks = orjson.loads(tasks[above])
            if above == task_id or (state & FINISHED and not passing):
                told.append((changed, lost))
            if above == task_id and len(marks) > 1:
                results, instances = marks[1], [orjson.loads(tasks[id]) for id in internal[MERGED]]
            above, passing = parent, bool(marks and marks[0])
        base = orjson.loads(scope).get("base")
    data: dict[str, Any] = {}
    for changed, lost in reversed(told[1:]):
        data = _told_against(data, changed, lost)
    outside = data
    for changed, lost in told[:1]:
        data = _told_against(data, changed, lost)
    if results:
        into, item = results
        data[into] = [(outside | (row[7] or {}))[item] for row in instances]
    return data


# ---- variables -------------------------------------------------------------------------------
#
# A task's row tells only how its variables differ from those of the nearest finished task above it:
# a finished task's never change, so a row stays true until that task itself is opened again. What
# begins a scope is told against a finished task outside it, whose id the scope's row keeps; and an
# instance of a repetition not against the repetition, which ends after it. Such a row has a mark.
#
# The results of a multi-instance grow with every instance that ends, and stand in those instances
# already. Until it ends itself its row tells only their names: of hundred departments' answers each
# is written once, not hundred times. What a finished scope leaves is told against its last task.

PAST_ITS_REPETITION = 1
MERGED = "merged"  # the ended instances in their order, in a multi-instance's internal data


def _results(task: Task) -> list[str] | None:
    """[variable of the results, variable of an instance] where the instances tell the results."""
    spec = task.task_spec
    if task._state & FINISHED or not isinstance(spec, MultiInstanceTask):
        return None
    if spec.data_output is None or spec.output_item is None:
        return None
    into, item = spec.data_output.bpmn_id, spec.output_item.bpmn_id
    values, merged = task.data.get(into), task.internal_data.get(MERGED)
    if not values or merged is None or len(values) != len(merged):
        return None
    known, missing = task.workflow.tasks, object()
    for value, instance in zip(values, merged, strict=True):
        if instance not in known or known[instance].data.get(item, missing) is not value:
            return None
    return [into, item]


def _base(task: Task) -> tuple[Mapping[str, Any], bool]:
    """What the variables of a task are told against, and whether that lies past its repetition."""
    scope = task.workflow
    parent = scope.tasks.get(task._parent)
    is_past = parent is not None and _repeats(parent, task)
    above = parent
    if above is not None and is_past:
        above = scope.tasks.get(above._parent)
    above = _finished_from(scope, above)
    if above is None and scope.base is not None:
        above = scope.top_workflow.index.tasks[scope.base]
    return (above.data if above is not None else {}), is_past


def _repeats(task: Task, child: Task) -> bool:
    """Whether the child is one of the instances of a repetition."""
    spec = task.task_spec
    return isinstance(spec, LoopTask) and spec.task_spec == child.task_spec.name


def _finished_from(scope: Any, above: Task | None) -> Task | None:
    tasks = scope.tasks
    while above is not None and not above._state & FINISHED:
        above = tasks.get(above._parent)
    return above


def _outside(scope: Any) -> str | None:
    """The task outside a new scope that its first variables are told against. Not one that holds
    the scope: such a task ends when the scope does, and may be opened again."""
    opener = scope.top_workflow.index.tasks[scope.parent_task_id]
    outer = opener.workflow
    above = outer.tasks.get(opener._parent)
    if above is not None and _repeats(above, opener):
        above = outer.tasks.get(above._parent)
    found = _finished_from(outer, above)
    outside: str | None = found.id if found is not None else outer.base
    return outside


def _told_against(
    base: Mapping[str, Any], changed: Mapping[str, Any] | None, lost: Iterable[str]
) -> dict[str, Any]:
    if changed is None:
        return {}
    data = {**base, **changed}
    for key in lost:
        del data[key]
    return data


def _told_against_it(task: Task) -> Iterator[Task]:
    """What stands below a task, down to the first finished ones; of a repetition not its own
    instances, which are told against what stands above it."""
    waiting = [child for child in task.children if not _repeats(task, child)]
    while waiting:
        below = waiting.pop()
        yield below
        passed = bool(below._state & FINISHED)
        waiting += [each for each in below.children if not passed or _repeats(below, each)]


def _encode_task(task: Task) -> bytes:
    base, is_past = _base(task)
    results = _results(task)
    data = task.data
    if results is not None:
        data = {name: value for name, value in data.items() if name != results[0]}
    row = [
        task._parent,
        task._children,
        task.last_state_change,
        task._state,
        task.task_spec.name,
        task.triggered,
        task.internal_data,
        *_difference(base, data),
    ]
    if is_past or results is not None:
        row.append(PAST_ITS_REPETITION if is_past else 0)
    if results is not None:
        row.append(results)
    return orjson.dumps(row)


def _difference(
    base: Mapping[str, Any], data: Mapping[str, Any]
) -> tuple[dict[str, Any] | None, list[str]]:
    """(what is new or other, what is missing); (None, []) for a task without any variables, which
    is what every predicted one is."""
    if not data:
        return None, []
    if data == base:
        return {}, []
    missing = object()
    names = [
        name
        for name, value in data.items()
        if (there := base.get(name, missing)) is not value and (there is missing or there != value)
    ]
    names.sort()
    return {name: data[name] for name in names}, sorted(base.keys() - data.keys())


def _encode_scope(scope: Any) -> bytes:
    changed, lost = _difference(_left_by_last(scope), scope.data)
    return orjson.dumps(
        {
            "spec": scope.spec.name,
            "root": scope.task_tree.id,
            "last": scope.last_task.id if scope.last_task is not None else None,
            "success": scope.success,
            "completed": scope.completed,
            "data": changed,
            "lost": lost,
            "correlations": scope.correlations,
            "base": scope.base,
        }
    )


def _left_by_last(scope: Any) -> Mapping[str, Any]:
    """The variables of the last task of a scope, when it has ended: what the scope's own are told
    against."""
    last = scope.last_task
    if last is None or last.id not in scope.tasks or not last._state & FINISHED:
        return {}
    found: Mapping[str, Any] = last.data
    return found


def _fill(top: BpmnWorkflow, scope: Any, body: bytes, tasks: list[tuple[str, bytes]]) -> None:
    told: dict[str, Told] = {}
    for task_id, row in tasks:
        parent, children, at, state, name, triggered, internal, *data = orjson.loads(row)
        task = Task(scope, scope.spec.task_specs[name], state=state, id=task_id)
        task._parent = parent
        task._children = children
        task.last_state_change = at
        task.triggered = triggered
        task.internal_data = internal
        changed, lost, *marks = data
        told[task_id] = (changed, lost, bool(marks and marks[0]), marks[1] if marks[1:] else None)
        if state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
            top.event_manager.add_task(task)
    meta = orjson.loads(body)
    scope.task_tree = scope.tasks[meta["root"]]
    scope.base = meta.get("base")
    outside = top.index.tasks[scope.base].data if scope.base is not None else {}
    _tell(scope.task_tree, outside, told)
    scope.last_task = scope.tasks.get(meta["last"])
    scope.success = meta["success"]
    scope.completed = meta["completed"]
    base = _left_by_last(scope) if "lost" in meta else {}  # in older rows it stands whole
    scope.data = _told_against(base, meta["data"], meta.get("lost", ()))
    scope.correlations = meta["correlations"]


def _tell(root: Task, outside: Mapping[str, Any], told: Mapping[str, Told]) -> None:
    """Give every task of a scope its variables, from the root down."""
    tasks = root.workflow.tasks
    waiting: list[tuple[Task, Mapping[str, Any], Mapping[str, Any]]] = [(root, outside, outside)]
    gathering: list[tuple[Task, str, str]] = []
    while waiting:
        task, base, base_of_parent = waiting.pop()
        changed, lost, is_past, results = told[task.id]
        base = base_of_parent if is_past else base
        task.data = _told_against(base, changed, lost)
        if results is not None:
            gathering.append((task, *results))
        below = task.data if task._state & FINISHED else base
        waiting += [(tasks[child], below, base) for child in task._children]
    for task, into, item in gathering:
        task.data[into] = [tasks[instance].data[item] for instance in task.internal_data[MERGED]]
