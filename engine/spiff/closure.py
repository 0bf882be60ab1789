"""What follows from a finished user task: exactly what taking it back undoes. Reads only.

A task follows from another when it stands below it in the tree, when a join consumed a token that
does, or when it stands behind a scope (sub-process, called process, repetition) that could only
end because of it. Parallel branches that owe the task nothing are not among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.event_definitions.simple import TerminateEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimeDateEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.end_event import EndEvent
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent, ThrowingEvent
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import (
    LoopTask,
    ParallelMultiInstanceTask,
)
from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.spiff import waiting

COMPLETED = TaskState.COMPLETED
Scope = Any  # the library types its workflows loosely


class Closure:
    """All that taking back `target` undoes.

    removed: tasks that go, with everything inside them. unfired: joins that wait again. reopened:
    scopes and repetitions that run again. unmerged: (repetition, instance) whose result is taken
    out. rearmed: activities' splits whose boundary events wait again. refusals: why not, in words.
    """

    def __init__(self, top: Scope, target: Task) -> None:
        self.top = top
        self.target = target
        self.removed: dict[str, Task] = {}
        self.unfired: dict[str, Task] = {}
        self.reopened: dict[str, Task] = {}
        self.unmerged: list[tuple[Task, Task]] = []
        self.rearmed: dict[str, Task] = {}
        self.refusals: list[str] = []
        for child in target.children:
            self._take(child)
        self._again(target)
        self._upwards(target.workflow)
        self.unfired = {key: join for key, join in self.unfired.items() if key not in self.removed}

    # ---- asked by the verbs ----------------------------------------------------------------

    def undone(self) -> Iterator[Task]:
        """Finished tasks that are undone, the target first."""
        yield self.target
        yield from (task for task in self.removed.values() if task._state == COMPLETED)

    def done_by_people(self) -> list[Task]:
        """User tasks somebody has done since."""
        return [each for each in self.undone() if each.task_spec.manual and each is not self.target]

    def open_tasks(self) -> list[Task]:
        """User tasks that are open and will not be any more."""
        ready = (each for each in self.removed.values() if each._state == TaskState.READY)
        return [each for each in ready if each.task_spec.manual]

    def messages(self) -> list[Task]:
        """Steps that have sent or received a message: the other side can not be taken back."""
        return [
            task
            for task in self.undone()
            if isinstance(task.task_spec, CatchingEvent | ThrowingEvent)
            and isinstance(task.task_spec.event_definition, MessageEventDefinition)
        ]

    # ---- gathering -------------------------------------------------------------------------

    def _take(self, task: Task) -> None:
        """A task goes: with it all below it, inside it, and what its tokens made fire."""
        waiting = [task]
        while waiting:
            task = waiting.pop()
            if task.id in self.removed:
                continue
            self.removed[task.id] = task
            waiting += task.children
            scope = self.top.subprocesses.get(task.id)
            if scope is not None:
                waiting += scope.tasks.values()
            firing = task.workflow.tasks.get(task.internal_data.get("into"))
            if firing is not None and firing.id not in self.unfired:
                self.unfired[firing.id] = firing
                waiting += firing.children

    def _again(self, task: Task) -> None:
        """A finished activity runs again: so do its boundary events and what repeats it."""
        self._rearm(task)
        if is_instance(task):
            self._take_out_result(task.parent, task)

    def _rearm(self, activity: Task) -> None:
        split = activity.parent
        if split is None or not isinstance(split.task_spec, BoundaryEventSplit):
            return
        self.rearmed[split.id] = split
        for event in split.children:
            if isinstance(event.task_spec, BoundaryEvent):
                if _would_interrupt(event):
                    self.refusals.append(
                        f"“{label(activity)}”的时限已过，退回后会立即按到期处理，"
                        "不能退回到这一步；请退回到它之前的步骤。"
                    )
                for child in event.children:
                    self._take(child)

    def _take_out_result(self, repetition: Task, instance: Task) -> None:
        if repetition._state == TaskState.CANCELLED:
            self.refusals.append(_interrupted(repetition))
        self.unmerged.append((repetition, instance))
        if not isinstance(repetition.task_spec, ParallelMultiInstanceTask):
            for later in later_instances(repetition, instance):
                self._take(later)
        if repetition._state & TaskState.FINISHED_MASK:
            self._reopen(repetition)

    def _reopen(self, container: Task) -> None:
        if container.id in self.reopened:
            return
        self.reopened[container.id] = container
        for child in container.children:
            if not is_instance(child):
                self._take(child)
        self._again(container)
        self._upwards(container.workflow)

    def _upwards(self, scope: Scope) -> None:
        """What ended because this scope ended; a scope that still runs is where it stops."""
        if scope is self.top:
            return
        host = self.top.index.tasks[scope.parent_task_id]
        if host._state not in (TaskState.STARTED, COMPLETED):
            self.refusals.append(_interrupted(host))
        elif _terminated(scope):
            self.refusals.append(
                f"“{label(host)}”已被终止事件结束，不能退回到其中的步骤；请退回到它之前的步骤。"
            )
        if host._state & TaskState.FINISHED_MASK:
            self._reopen(host)
        else:
            self._upwards(host.workflow)


def is_instance(task: Task) -> bool:
    """Whether a task is one of several that a repetition carries out."""
    parent = task.parent
    return bool(task.triggered and parent is not None and isinstance(parent.task_spec, LoopTask))


def instances(repetition: Task) -> list[Task]:
    """The instances of a repetition, in the order they were begun."""
    return [child for child in repetition.children if is_instance(child)]


def later_instances(repetition: Task, instance: Task) -> list[Task]:
    """Those begun after this one."""
    begun = instances(repetition)
    return begun[begun.index(instance) + 1 :]


def label(task: Task) -> str:
    """What people call a step."""
    spec = task.task_spec
    return str(getattr(spec, "bpmn_name", None) or getattr(spec, "bpmn_id", None) or spec.name)


def _interrupted(host: Task) -> str:
    return f"“{label(host)}”已中止，不能退回到其中的步骤；请退回到它之前的步骤。"


def _terminated(scope: Scope) -> bool:
    return any(
        isinstance(task.task_spec, EndEvent)
        and isinstance(task.task_spec.event_definition, TerminateEventDefinition)
        for task in scope.tasks.values()
        if task._state == COMPLETED
    )


def _would_interrupt(event: Task) -> bool:
    """Whether an interrupting deadline, a moment counted from a fact, is over already."""
    definition = event.task_spec.event_definition
    at = event.internal_data.get("event_value")
    if not event.task_spec.cancel_activity or not isinstance(definition, TimeDateEventDefinition):
        return False
    return isinstance(at, str) and waiting.is_over(at)
