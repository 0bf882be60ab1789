"""A running workflow as rows, and back.

A task is a row, a (sub)workflow is a row. Rows are compared as bytes with what was loaded, so a
command writes only what it changed. Task data is pure JSON; nothing of the library's serializer
is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.spiff.corrections import forget_removed

TOP = "top"


@dataclass(frozen=True, slots=True)
class Rows:
    """The stored form. scopes: scope id → body; tasks: task id → (scope id, body)."""

    scopes: Mapping[str, bytes] = field(default_factory=dict)
    tasks: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs from the rows that were loaded."""

    scopes: Mapping[str, bytes]
    tasks: Mapping[str, tuple[str, bytes]]
    removed_scopes: tuple[str, ...]
    removed_tasks: tuple[str, ...]


def encode(workflow: BpmnWorkflow) -> Rows:
    """The whole workflow as rows."""
    scopes = {TOP: _encode_scope(workflow)}
    tasks = {task.id.hex: (TOP, _encode_task(task)) for task in workflow.tasks.values()}
    for parent_id, scope in workflow.subprocesses.items():
        scopes[parent_id.hex] = _encode_scope(scope)
        for task in scope.tasks.values():
            tasks[task.id.hex] = (parent_id.hex, _encode_task(task))
    return Rows(scopes, tasks)


def changes(before: Rows, after: Rows) -> Changes:
    """Compare two encodings."""
    return Changes(
        scopes={key: body for key, body in after.scopes.items() if before.scopes.get(key) != body},
        tasks={key: row for key, row in after.tasks.items() if before.tasks.get(key) != row},
        removed_scopes=tuple(key for key in before.scopes if key not in after.scopes),
        removed_tasks=tuple(key for key in before.tasks if key not in after.tasks),
    )


def decode(rows: Rows, spec: Any, subprocess_specs: Mapping[str, Any]) -> BpmnWorkflow:
    """Rebuild the workflow on a cached spec."""
    workflow = BpmnWorkflow(spec, subprocess_specs, deserializing=True)
    by_scope: dict[str, list[tuple[str, bytes]]] = {}
    for task_id, (scope_id, body) in rows.tasks.items():
        by_scope.setdefault(scope_id, []).append((task_id, body))
    _fill(workflow, workflow, rows.scopes[TOP], by_scope.get(TOP, []))
    pending = [scope_id for scope_id in rows.scopes if scope_id != TOP]
    while pending:
        ready = [each for each in pending if _find(workflow, UUID(each)) is not None]
        if not ready:
            raise ValueError(f"scopes without their parent task: {pending}")
        for scope_id in ready:
            parent_id = UUID(scope_id)
            parent: Any = _find(workflow, parent_id)
            name = orjson.loads(rows.scopes[scope_id])["spec"]
            scope = BpmnSubWorkflow(subprocess_specs[name], parent_id, workflow, deserializing=True)
            workflow.subprocesses[parent_id] = scope
            _fill(workflow, scope, rows.scopes[scope_id], by_scope.get(scope_id, []))
            scope.completed_event.connect(parent.task_spec._on_subworkflow_completed, parent)
        pending = [each for each in pending if each not in ready]
    forget_removed(workflow)
    return workflow


def _find(workflow: BpmnWorkflow, task_id: UUID) -> Task | None:
    if task_id in workflow.tasks:
        return workflow.tasks[task_id]
    for scope in workflow.subprocesses.values():
        if task_id in scope.tasks:
            return scope.tasks[task_id]
    return None


def _encode_task(task: Task) -> bytes:
    return orjson.dumps(
        [
            task._parent,
            task._children,
            task.last_state_change,
            task._state,
            task.task_spec.name,
            task.triggered,
            task.internal_data,
            task.data,
        ]
    )


def data_of(body: bytes) -> dict[str, Any]:
    """The variables in a task's row."""
    return dict(orjson.loads(body)[7])


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
    for task_id, row in tasks:
        parent, children, changed, state, name, triggered, internal, data = orjson.loads(row)
        task = Task(scope, scope.spec.task_specs[name], state=state, id=UUID(task_id))
        task._parent = UUID(parent) if parent else None
        task._children = [UUID(child) for child in children]
        task.last_state_change = changed
        task.triggered = triggered
        task.internal_data = internal
        task.data = data
        if state == TaskState.WAITING and isinstance(task.task_spec, CatchingEvent):
            top.event_manager.add_task(task)
    meta = orjson.loads(body)
    scope.task_tree = scope.tasks[UUID(meta["root"])]
    scope.last_task = scope.tasks.get(UUID(meta["last"])) if meta["last"] else None
    scope.success = meta["success"]
    scope.completed = meta["completed"]
    scope.data = meta["data"]
    scope.correlations = meta["correlations"]
