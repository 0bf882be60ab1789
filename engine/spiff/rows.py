"""A running workflow as rows, and back.

A task is a row, a scope (the top process, a sub-process, a called process) is a row. A command
writes only what it touched; scopes where everything is finished stay rows and are not loaded. Task
data is pure JSON; nothing of the library's serializer is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.spiff.corrections import forget_removed
from engine.spiff.index import FINISHED

TOP = "top"


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
    any more, each with the finished scopes inside it."""

    scopes: Mapping[str, bytes] = field(default_factory=dict)
    tasks: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    removed_scopes: tuple[str, ...] = ()
    removed_tasks: tuple[str, ...] = ()
    finished: frozenset[str] = frozenset()


class Stored:
    """What of a loaded workflow stands in the database, as far as it can still change.

    Bodies of finished tasks are not kept: one that is touched again is written again.
    """

    __slots__ = ("scopes", "tasks")

    def __init__(self) -> None:
        self.scopes: dict[str, bytes] = {}
        self.tasks: dict[str, bytes | None] = {}

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
        finished_tasks = list(self._finished_to_write(index.touched.values()))
        touched = {id(task.workflow): task.workflow for task in index.touched.values()}
        for scope in {id(workflow): workflow, **touched}.values():
            scope_id = scope.parent_task_id or TOP
            if scope_id != TOP and scope_id not in workflow.subprocesses:
                continue
            body = _encode_scope(scope)
            if self.scopes.get(scope_id) != body:
                scopes[scope_id] = self.scopes[scope_id] = body
            for task in scope.unfinished.values():
                body = _encode_task(task)
                if self.tasks.get(task.id) != body:
                    tasks[task.id] = (scope_id, body)
                    self.tasks[task.id] = body
        for task in finished_tasks:
            tasks[task.id] = (task.workflow.parent_task_id or TOP, _encode_task(task))
            self.tasks[task.id] = None
        removed = tuple(each for each in index.removed if self.tasks.pop(each, self) is not self)
        gone = tuple(each for each in removed if self.scopes.pop(each, None) is not None)
        finished = _finished_scopes(workflow)
        for scope_id in finished:
            scopes[scope_id] = _encode_scope(workflow.subprocesses[scope_id])
            self._forget(workflow, scope_id)
        index.forget_changes()
        return Changes(scopes, tasks, gone, removed, frozenset(finished))

    def _finished_to_write(self, touched: Iterable[Task]) -> Iterator[Task]:
        """The finished tasks among the touched, and those that have to be told against another base
        because something above them ended, changed or was opened again since they were written."""
        for task in touched:
            if task.id not in task.workflow.tasks:
                continue
            is_finished = bool(task._state & FINISHED)
            if is_finished:
                yield task
            if task.id in self.tasks and (is_finished or self.tasks[task.id] is None):
                yield from _first_finished_below(task)

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


def data_of(task_id: str, scope: Mapping[str, bytes]) -> dict[str, Any]:
    """The variables of one task, from the rows of its scope: task id → body."""
    told: list[tuple[dict[str, Any], list[str]]] = []
    above: str | None = task_id
    while above is not None:
        parent, _, _, state, _, _, _, changed, lost = orjson.loads(scope[above])
        if above == task_id or state & FINISHED:
            told.append((changed, lost))
        above = parent
    data: dict[str, Any] = {}
    for changed, lost in reversed(told):
        data = _told_against(data, changed, lost)
    return data


# ---- variables -------------------------------------------------------------------------------
#
# A task's row tells only how its variables differ from those of the nearest finished task above it:
# a finished task's never change, so a row stays true until that task itself is opened again.


def _base(task: Task) -> Mapping[str, Any]:
    tasks = task.workflow.tasks
    above = tasks.get(task._parent)
    while above is not None and not above._state & FINISHED:
        above = tasks.get(above._parent)
    return above.data if above is not None else {}


def _told_against(
    base: Mapping[str, Any], changed: Mapping[str, Any], lost: Iterable[str]
) -> dict[str, Any]:
    data = {**base, **changed}
    for key in lost:
        del data[key]
    return data


def _first_finished_below(task: Task) -> Iterator[Task]:
    for child in task.children:
        if child._state & FINISHED:
            yield child
        else:
            yield from _first_finished_below(child)


def _encode_task(task: Task) -> bytes:
    base, data = _base(task), task.data
    changed = {
        key: value
        for key, value in sorted(data.items())
        if key not in base or (base[key] is not value and base[key] != value)
    }
    return orjson.dumps(
        [
            task._parent,
            task._children,
            task.last_state_change,
            task._state,
            task.task_spec.name,
            task.triggered,
            task.internal_data,
            changed,
            sorted(key for key in base if key not in data),
        ]
    )


def _encode_scope(scope: Any) -> bytes:
    return orjson.dumps(
        {
            "spec": scope.spec.name,
            "root": scope.task_tree.id,
            "last": scope.last_task.id if scope.last_task is not None else None,
            "success": scope.success,
            "completed": scope.completed,
            "data": scope.data,
            "correlations": scope.correlations,
        }
    )


def _fill(top: BpmnWorkflow, scope: Any, body: bytes, tasks: list[tuple[str, bytes]]) -> None:
    told: dict[str, tuple[dict[str, Any], list[str]]] = {}
    for task_id, row in tasks:
        parent, children, at, state, name, triggered, internal, *data = orjson.loads(row)
        task = Task(scope, scope.spec.task_specs[name], state=state, id=task_id)
        task._parent = parent
        task._children = children
        task.last_state_change = at
        task.triggered = triggered
        task.internal_data = internal
        told[task_id] = (data[0], data[1])
        if state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
            top.event_manager.add_task(task)
    meta = orjson.loads(body)
    scope.task_tree = scope.tasks[meta["root"]]
    _tell(scope.task_tree, told)
    scope.last_task = scope.tasks.get(meta["last"])
    scope.success = meta["success"]
    scope.completed = meta["completed"]
    scope.data = meta["data"]
    scope.correlations = meta["correlations"]


def _tell(root: Task, told: Mapping[str, tuple[dict[str, Any], list[str]]]) -> None:
    """Give every task of a scope its variables, from the root down."""
    tasks = root.workflow.tasks
    waiting: list[tuple[Task, Mapping[str, Any]]] = [(root, {})]
    while waiting:
        task, base = waiting.pop()
        task.data = _told_against(base, *told[task.id])
        below = task.data if task._state & FINISHED else base
        waiting += [(tasks[child], below) for child in task._children]
