"""What an instance waits for: timers and messages, known without asking every waiting event.

The library asks each of them several times a command; a hundred departments with two timers each
cost more by that than by their work.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import EventBasedGateway
from SpiffWorkflow.bpmn.util.event import EventManager
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.task import Task

from engine.clock import FAR, aware

moment: ContextVar[datetime] = ContextVar("moment")
"""What every timer takes for the present: the command's business moment."""

HELD = "held"  # marks a timer that may not fire as long as its date is provisional


def install() -> None:
    """Put this in place of the library's own. Safe to call again."""
    EventManager.__init__ = _manage
    EventManager.add_task = _add
    EventManager.remove_task = _remove
    BpmnWorkflow.refresh_timers = _refresh


def messages(workflow: BpmnWorkflow) -> set[str]:
    """The names of the messages the instance waits for now."""
    return {name for names in workflow.event_manager.messages.values() for name in names}


def armed(waiting: Iterable[Task]) -> Iterator[tuple[str, datetime]]:
    """(task, moment) of the timers among these that can fire (those at FAR can not), and of those
    held for now."""
    for task in waiting:
        moment = _fires_at(task)
        if moment is not None and (moment < FAR or HELD in task.internal_data):
            yield task.id, moment


def is_over(at: str) -> bool:
    """Whether a moment has come, as timers see it."""
    return moment_of(at) <= moment.get()


def look_again(task: Task) -> None:
    """A timer's moment was set: the next refresh asks it."""
    task.workflow.top_workflow.event_manager.quiet_until = None


@lru_cache(maxsize=10_000)
def shown_at(spec: Any) -> Any:
    """The element at which a timer is drawn. Behind an event-based gateway that is the catching
    event, although the library lets the gateway wait in its place."""
    if isinstance(spec, EventBasedGateway):
        events = zip(spec.outputs, spec.event_definition.event_definitions, strict=True)
        for drawn, event in events:
            if isinstance(event, TimerEventDefinition):
                return drawn
    return spec


# ---- in the library's place ------------------------------------------------------------------


def _manage(self: Any, workflow: Any) -> None:
    self.workflow = workflow
    self.tasks = {}
    self.messages = {}  # task id → the names it waits for
    self.quiet_until = None  # no timer has anything to say before; None: not known


def _add(self: Any, task: Task) -> None:
    self.tasks[task.id] = task
    names = _names(task.task_spec)
    if names:
        self.messages[task.id] = names
    self.quiet_until = None


def _remove(self: Any, task: Task) -> None:
    self.tasks.pop(task.id, None)
    self.messages.pop(task.id, None)


def _refresh(self: Any) -> None:
    """Ask only the timers whose moment is not known or has come."""
    manager, now = self.event_manager, moment.get()
    if manager.quiet_until is not None and manager.quiet_until > now:
        return
    quiet_until: datetime | None = FAR
    asked = []
    for task in manager.tasks.values():
        if not _is_timed(task.task_spec):
            continue
        value = task.internal_data.get("event_value")
        if isinstance(value, str) and moment_of(value) > now:
            quiet_until = min(quiet_until, moment_of(value)) if quiet_until else None
        else:
            quiet_until = None
            asked.append(task)
    manager.quiet_until = quiet_until
    for task in asked:
        task.task_spec._update(task)


# ---- what is drawn ---------------------------------------------------------------------------


def _definitions(spec: Any) -> list[Any]:
    event = spec.event_definition
    return [event, *getattr(event, "event_definitions", [])]


@lru_cache(maxsize=10_000)
def _names(spec: Any) -> tuple[str, ...]:
    waited = (each for each in _definitions(spec) if isinstance(each, MessageEventDefinition))
    return tuple(str(each.name) for each in waited)


@lru_cache(maxsize=10_000)
def _is_timed(spec: Any) -> bool:
    return any(isinstance(each, TimerEventDefinition) for each in _definitions(spec))


@lru_cache(maxsize=10_000)
def moment_of(text: str) -> datetime:
    return aware(datetime.fromisoformat(text))


def _fires_at(task: Task) -> datetime | None:
    if not _is_timed(task.task_spec):
        return None
    value = task.internal_data.get("event_value")
    if isinstance(value, dict):
        value = value.get("next")
    return moment_of(value) if value else None
