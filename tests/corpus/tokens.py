"""Token accounting: where every token of a workflow that says it is complete has gone.

Independent of what the engine says: every leaf of every scope's task tree must be an end event that
consumed its token, a join that took it, or a cancellation with its cause on record.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.event_definitions.simple import TerminateEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.end_event import EndEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import (
    BoundaryEvent,
    EventBasedGateway,
)
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState


def lost_tokens(workflow: Any) -> list[str]:
    """A sentence for every token that went nowhere; empty when all are accounted for."""
    scopes = [workflow, *workflow.subprocesses.values()]
    return [sentence for scope in scopes for sentence in _lost_in(workflow, scope)]


def _lost_in(workflow: Any, scope: Any) -> Iterator[str]:
    for task in list(scope.tasks.values()):
        if task.has_state(TaskState.PREDICTED_MASK) or task.children:
            continue
        if task.has_state(TaskState.COMPLETED):
            if not _consumed(task):
                yield f"token vanished at {task.task_spec.name}"
        elif task.has_state(TaskState.CANCELLED):
            if not _cancelled_for_a_reason(workflow, scope, task):
                yield f"token cancelled without cause at {task.task_spec.name}"
        else:
            yield f"token still at {task.task_spec.name} ({TaskState.get_name(task.state)})"


def _consumed(task: Any) -> bool:
    spec = task.task_spec
    if spec.name == "End" or isinstance(spec, (EndEvent, BoundaryEventJoin)):
        return True
    if task.parent is not None and isinstance(task.parent.task_spec, LoopTask):
        return str(task.id) in task.parent.internal_data.get("merged", [])
    return False


def _cancelled_for_a_reason(workflow: Any, scope: Any, task: Any) -> bool:
    if "into" in task.internal_data or _terminated(scope):
        return True
    parent = task.parent
    while parent is not None:
        siblings = [each for each in parent.children if each.has_state(TaskState.COMPLETED)]
        if isinstance(parent.task_spec, BoundaryEventSplit) and any(
            _decides(each, task) for each in siblings
        ):
            return True
        if isinstance(parent.task_spec, (EventBasedGateway, LoopTask)) and siblings:
            return True
        parent = parent.parent
    opener = workflow.get_task_from_id(scope.parent_task_id) if scope is not workflow else None
    return opener is not None and opener.has_state(TaskState.CANCELLED)


def _decides(sibling: Any, task: Any) -> bool:
    """The host that ended, or the event that interrupted it."""
    if isinstance(sibling.task_spec, BoundaryEvent):
        return bool(sibling.task_spec.cancel_activity)
    return isinstance(task.task_spec, (BoundaryEvent, BoundaryEventJoin))


def _terminated(scope: Any) -> bool:
    return any(
        isinstance(task.task_spec, EndEvent)
        and isinstance(task.task_spec.event_definition, TerminateEventDefinition)
        and task.has_state(TaskState.COMPLETED)
        for task in scope.tasks.values()
    )
