"""Timers on provisional dates: held back while a year is unknown, looked at again when it is known.

04 §4.0 item 2: nothing takes effect by silence, and nothing interrupts, on a deadline that rests on
a year whose arrangement of holidays has not been published.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimeDateEventDefinition
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.calendar import UNIT_WORDS, Calendar
from engine.clock import FAR, aware
from engine.spiff.index import everywhere, touch
from engine.spiff.waiting import HELD

if TYPE_CHECKING:
    from engine.spiff.execution import Execution

EFFECTS = ("silence", "interrupt")


def holds(execution: Execution, calendar: Calendar, task: Task, at: str) -> bool:
    """Whether a timer about to be armed at a moment may not be."""
    properties = execution.properties_of(task)
    if properties.get("effect") not in EFFECTS:
        return False
    fact = execution.moment(properties.get("fact"), task.data)
    length = execution.length(properties.get("length"), task.data)
    unit = properties.get("unit", "")
    if fact is not None and length is not None and unit in UNIT_WORDS:
        return calendar.derive(fact, length, unit).provisional
    due = aware(datetime.fromisoformat(at))
    silent = properties.get("effect") == "silence"
    return silent and due < FAR and calendar.provisional(due)


def recount(workflow: BpmnWorkflow, refresh: Callable[[Any], Any]) -> None:
    """Refresh the deadlines in the variables; arm again the timers that this concerns.

    refresh: a value of a variable → the same object, or a new one in its place. A timer is armed
    again when it was held or when the variables at its place have changed.
    """
    changed = _refreshed(workflow, refresh)
    for task in list(workflow.event_manager.tasks.values()):
        if task.id in changed or task.internal_data.get(HELD):
            _arm_again(task)


def _refreshed(workflow: BpmnWorkflow, refresh: Callable[[Any], Any]) -> set[Any]:
    changed = set()
    for task in everywhere(workflow, TaskState.NOT_FINISHED_MASK):
        for each in (task, task.parent):  # a waiting task takes its parent's variables again
            fresh = refresh(each.data) if each is not None else None
            if each is not None and fresh is not each.data:
                each.data = fresh
                touch(each)
                changed.add(each.id)
    return changed


def _arm_again(task: Task) -> None:
    event = task.task_spec.event_definition
    for definition in (event, *getattr(event, "event_definitions", ())):
        if isinstance(definition, TimeDateEventDefinition):
            task.internal_data.pop("event_value", None)
            task.internal_data.pop(HELD, None)
            definition.has_fired(task)
            task.internal_data.pop("event_fired", None)  # the sweep fires it, in its turn
