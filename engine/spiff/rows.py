"""A running workflow as rows, and back.

A task is a row, a scope (the top process, a sub-process, a called process) is a row. A command
writes only what it touched; scopes where everything is finished stay rows and are not loaded. Task
data is pure JSON; nothing of the library's serializer is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.spiff.corrections import forget_removed
from engine.spiff.index import FINISHED
from engine.spiff.variables import (
    Told,
    difference,
    left_by_last,
    outside,
    repeats,
    restore,
    restored,
    tell,
    told_against,
)

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
                scope.base = outside(scope)
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
            if above is not None and repeats(above, task) and not above._state & FINISHED:
                yield above  # its results may be told by this instance
            if task.id in self.tasks and (task._state & FINISHED or self.tasks[task.id] is None):
                yield from told_against(task)
                for scope in workflow.subprocesses.values():
                    if scope.base == task.id:
                        yield scope.task_tree
                        yield from told_against(scope.task_tree)

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


def _encode_task(task: Task) -> bytes:
    row = [
        task._parent,
        task._children,
        task.last_state_change,
        task._state,
        task.task_spec.name,
        task.triggered,
        task.internal_data,
        *tell(task),
    ]
    return orjson.dumps(row)


def _encode_scope(scope: Any) -> bytes:
    changed, lost = difference(left_by_last(scope), scope.data)
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
        told[task_id] = Told(*data)
        if state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
            top.event_manager.add_task(task)
    meta = orjson.loads(body)
    scope.task_tree = scope.tasks[meta["root"]]
    scope.base = meta.get("base")
    base = top.index.tasks[scope.base].data if scope.base is not None else {}
    restore(scope.task_tree, base, told)
    scope.last_task = scope.tasks.get(meta["last"])
    scope.success = meta["success"]
    scope.completed = meta["completed"]
    left = left_by_last(scope) if "lost" in meta else {}  # in older rows it stands whole
    scope.data = restored(left, meta["data"], meta.get("lost", ()))
    scope.correlations = meta["correlations"]
