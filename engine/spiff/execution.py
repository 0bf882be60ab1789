"""One command's hold on one running instance: load, act, step, and say what changed.

Nothing here knows a database; on any exception the object is thrown away and nothing was saved.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.specs.mixins.events.end_event import EndEvent
from SpiffWorkflow.bpmn.specs.mixins.events.start_event import StartEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.clock import parse_moment
from engine.errors import ProcedureFault
from engine.spiff import corrections, defaults, provisional, rows, waiting
from engine.spiff.compiled import CompiledDefinition
from engine.spiff.environment import script_engine
from engine.spiff.guarding import Guard
from engine.spiff.index import everywhere, in_order, touch

walked = logging.getLogger("engine.walked")  # at debug: process, where from, where to
BYTES_OF_A_TASK = 6_000  # in memory, with its share of the variables; measured on 23 steps
MAX_STEPS = 5_000  # automatic steps of one command; more means a loop without a way out


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A user task that is ready for people."""

    id: str
    element_id: str
    name: str
    process: str
    properties: Mapping[str, str]
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ArmedTimer:
    """A timer that waits. fires_at: when; held: its date is provisional, so it can not fire."""

    id: str
    element_id: str
    name: str
    process: str
    properties: Mapping[str, str]
    fires_at: datetime
    data: Mapping[str, Any]
    held: bool = False


@dataclass(frozen=True, slots=True)
class Thrown:
    """A message that left the instance."""

    name: str
    payload: Any


@dataclass(frozen=True, slots=True)
class Kept:
    """A live workflow between two commands; exactly what loading its rows would give."""

    definition: CompiledDefinition
    workflow: BpmnWorkflow
    stored: rows.Stored

    @property
    def size(self) -> int:
        """About how many bytes it holds, counted by its rows."""
        kept = sum(map(len, self.stored.scopes.values()))
        return kept + BYTES_OF_A_TASK * len(self.stored.tasks)


class Execution:
    """A live workflow for the length of one command."""

    def __init__(
        self,
        definition: CompiledDefinition,
        workflow: BpmnWorkflow,
        stored: rows.Stored,
        context: Any,
    ) -> None:
        self.definition = definition
        self.workflow = workflow
        self.stored = stored
        self.outcome: str | None = None
        self.passed: list[tuple[str, str]] = []  # (process, element) completed by this command
        self._steps = 0
        workflow.script_engine = script_engine(definition.names, context)
        workflow.script_engine.environment.holds = lambda task, at: provisional.holds(
            self, context.calendar, task, at
        )
        self._moment: datetime = context.now
        self.awaited_before = self.awaited()

    @classmethod
    def start(
        cls, definition: CompiledDefinition, variables: Mapping[str, Any], context: Any
    ) -> Execution:
        """Begin a new instance with these variables over the declared defaults."""
        with Guard(context.now):
            workflow = BpmnWorkflow(definition.spec, dict(definition.subprocess_specs))
        corrections.forget_removed(workflow)
        defaults.freeze(workflow, definition.defaults, context.convention)
        execution = cls(definition, workflow, rows.Stored(), context)
        declared = definition.defaults.get(definition.key, {})
        workflow.task_tree.data = defaults.fresh(workflow, declared, variables)
        execution._run()
        return execution

    @classmethod
    def load(cls, definition: CompiledDefinition, found: rows.Rows, context: Any) -> Execution:
        """Take up an instance from its rows."""
        workflow = rows.decode(found, definition.spec, dict(definition.subprocess_specs))
        execution = cls(definition, workflow, rows.Stored.of(workflow, found), context)
        execution.stored.armed = dict(waiting.armed(workflow.event_manager.tasks.values()))
        return execution

    @classmethod
    def resume(cls, kept: Kept, context: Any) -> Execution:
        """Take up an instance that another command let go of, as it stands in the database."""
        return cls(kept.definition, kept.workflow, kept.stored, context)

    def let_go(self) -> Kept:
        """What the next command may go on with, once this one is committed."""
        return Kept(self.definition, self.workflow, self.stored)

    # ---- acting ---------------------------------------------------------------------------

    def enter(self, task_id: str, values: Mapping[str, Any]) -> None:
        """Put values into an open task without completing it (one signer of several)."""
        task = self._task(task_id)
        task.data = {**task.data, **values}
        touch(task)

    def complete(self, task_id: str, values: Mapping[str, Any]) -> None:
        """Complete an open user task and step on."""
        self.enter(task_id, values)
        task = self._task(task_id)
        with self._guarded():
            self._pass(task)
            task.run()
        self._run()

    def fire(self) -> list[ArmedTimer]:
        """Fire every timer due at the command's moment; the ones that fired."""
        due = [timer for timer in self.timers() if timer.fires_at <= self._moment]
        self._run()
        still = {timer.id: timer.fires_at for timer in self.timers()}
        return [timer for timer in due if still.get(timer.id) != timer.fires_at]

    def awaits(self, message: str) -> bool:
        """Whether the instance waits for a message of this name now."""
        return message in self.awaited()

    def awaited(self) -> set[str]:
        """The names of the messages the instance waits for now."""
        return waiting.messages(self.workflow)

    def deliver(self, message: str, payload: Mapping[str, Any]) -> None:
        """Hand over a message the instance waits for, and step on."""
        event = BpmnEvent(MessageEventDefinition(message), payload=dict(payload))
        with self._guarded():
            self.workflow.send_event(event)
        self._run()

    def cancel(self) -> None:
        """End the instance at once; nothing stays open."""
        self.workflow.cancel()

    # ---- what there is now ----------------------------------------------------------------

    @property
    def completed(self) -> bool:
        return bool(self.workflow.is_completed())

    def newest(self, names: set[str]) -> dict[str, Any]:
        """The values of these variables where this command changed anything; the latest wins."""
        found: dict[str, Any] = {}
        touched = self.workflow.index.touched.values()
        for task in sorted(touched, key=lambda each: each.last_state_change):
            found.update({name: task.data[name] for name in names if name in task.data})
        return found

    def everything(self) -> dict[str, Any]:
        """The most recent value of every variable of the instance's own process."""
        tasks = [*self.workflow.tasks.values()]
        for scope in self.workflow.subprocesses.values():
            if scope.spec.name not in self.definition.diagrams:
                tasks += scope.tasks.values()
        found: dict[str, Any] = {}
        for task in sorted(tasks, key=lambda each: each.last_state_change):
            found.update(task.data)
        return found

    def open_tasks(self) -> list[OpenTask]:
        """Every user task that is ready, in the order of the tree."""
        ready = everywhere(self.workflow, TaskState.READY)
        return [self._open(task) for task in ready if task.task_spec.manual]

    def opened(self) -> list[OpenTask]:
        """The user tasks that this command opened, in the order of the tree."""
        return [self._open(task) for task in in_order(self.workflow.index.opened.values())]

    def closed(self) -> set[str]:
        """The user tasks that were open before this command and are no more (or opened anew)."""
        return set(self.workflow.index.closed)

    def open_task(self, task_id: str) -> OpenTask:
        """One user task that is ready."""
        return self._open(self._task(task_id))

    def _open(self, task: Task) -> OpenTask:
        return OpenTask(
            id=task.id,
            element_id=task.task_spec.bpmn_id,
            name=task.task_spec.bpmn_name or task.task_spec.bpmn_id,
            process=self._process_of(task),
            properties=self.properties_of(task),
            data=task.data,
        )

    def timers(self) -> list[ArmedTimer]:
        """Every armed timer that can fire (those at FAR can not), and those held for now."""
        events = self.workflow.event_manager.tasks.values()
        return [self._timer(task_id, moment) for task_id, moment in waiting.armed(events)]

    def timer_changes(self) -> tuple[list[str], list[ArmedTimer]]:
        """(no longer armed as they were, armed anew) by this command. To be asked once, at its end.

        A timer whose moment moved is in both.
        """
        index, stored = self.workflow.index, self.stored.armed
        changed = index.touched.keys() | index.removed.keys()
        events = self.workflow.event_manager.tasks
        now = dict(waiting.armed(events[each] for each in changed if each in events))
        gone = [each for each in changed if each in stored and stored[each] != now.get(each)]
        new = [each for each in events if each in now and stored.get(each) != now[each]]
        for each in gone:
            del stored[each]
        stored.update(now)
        return gone, [self._timer(each, now[each]) for each in new]

    def _timer(self, task_id: str, moment: datetime) -> ArmedTimer:
        task = self.workflow.index.tasks[task_id]
        spec = waiting.shown_at(task.task_spec)
        return ArmedTimer(
            id=task_id,
            element_id=spec.bpmn_id,
            name=spec.bpmn_name or spec.bpmn_id,
            process=self._process_of(task),
            properties=self.properties_of(task),
            fires_at=moment,
            data=task.data,
            held=waiting.HELD in task.internal_data,
        )

    def recount(self, refresh: Callable[[Any], Any]) -> None:
        """The calendar has changed: refresh the deadlines in the variables, arm timers again."""
        with self._guarded():
            provisional.recount(self.workflow, refresh)

    def thrown(self) -> list[Thrown]:
        """Messages that left the instance since the last call."""
        return [
            Thrown(event.event_definition.name, event.payload)
            for event in self.workflow.get_events()
        ]

    def changes(self) -> rows.Changes:
        """What must be written now. To be asked once, at the end of a command."""
        return self.stored.take_changes(self.workflow)

    def evaluate(self, expression: str, data: Mapping[str, Any]) -> Any:
        """An expression of the diagram over some variables."""
        return self.workflow.script_engine.environment.evaluate(expression, dict(data))

    def moment(self, expression: str | None, data: Mapping[str, Any]) -> datetime | None:
        """A moment a property of the diagram names; None without one."""
        value = self.evaluate(expression, data) if expression else None
        return parse_moment(value) if isinstance(value, str) else None

    def length(self, expression: str | None, data: Mapping[str, Any]) -> int | None:
        """How long a property of the diagram says: "7" or convention("…"); None without one."""
        value = self.evaluate(expression, data) if expression else None
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        raise ProcedureFault(f"时限“{expression}”应为整数。请告诉流程设计人员。")

    def text(self, written: str | None, data: Mapping[str, Any]) -> str | None:
        """A property that is plain words, or, beginning with "=", an expression for them."""
        if written is None or not defaults.is_computed(written):
            return written
        value = self.evaluate(written.removeprefix(defaults.COMPUTED), data)
        return None if value is None else str(value)

    # ---- inside ---------------------------------------------------------------------------

    def _task(self, task_id: str) -> Task:
        return self.workflow.get_task_from_id(task_id)

    def _run(self) -> None:
        """Step until only people, timers and messages can move the instance on."""
        with self._guarded():
            while True:
                before = self._steps
                self.workflow.refresh_timers()  # what is due now may step at once
                self.workflow.do_engine_steps(will_complete_task=self._count)
                if self._steps == before:
                    break

    def _count(self, task: Task) -> None:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise ProcedureFault(
                f"流程图在“{_label(task)}”附近形成没有出口的循环，本次操作没有生效。"
                "请告诉流程设计人员。"
            )
        self._pass(task)

    def _pass(self, task: Task) -> None:
        element = getattr(task.task_spec, "bpmn_id", None)
        if element:
            process = self._process_of(task)
            self.passed.append((process, element))
            self._note_entry(task)
            if walked.isEnabledFor(logging.DEBUG):
                walked.debug("%s %s %s", process, _came_from(task), element)
            if isinstance(task.task_spec, EndEvent) and task.workflow is self.workflow:
                self.outcome = element

    def _note_entry(self, task: Task) -> None:
        """Entering a called process is noted at the call activity: several may call the same."""
        scope = task.workflow
        if scope is self.workflow or not isinstance(task.task_spec, StartEvent):
            return
        if scope.spec.name in self.definition.diagrams:
            host = scope.parent_workflow.get_task_from_id(scope.parent_task_id)
            self.passed.append((self._process_of(host), entered(host.task_spec.bpmn_id)))

    def _process_of(self, task: Task) -> str:
        """The process (not the embedded sub-process) whose diagram shows the task."""
        workflow = task.workflow
        while workflow is not self.workflow:
            if (workflow.spec.name, task.task_spec.bpmn_id) in self.definition.elements:
                return str(workflow.spec.name)
            workflow = workflow.parent_workflow
        return self.definition.key

    def properties_of(self, task: Task) -> Mapping[str, str]:
        shown = waiting.shown_at(task.task_spec).bpmn_id
        element = self.definition.elements.get((self._process_of(task), shown))
        return element.properties if element is not None else {}

    def _guarded(self) -> Guard:
        return Guard(self._moment)


def entered(call_activity: str) -> str:
    """How the history notes that a call activity was entered, beside that it was passed."""
    return f"{call_activity}/entered"


def _came_from(task: Task) -> str | None:
    """The element whose outgoing flow led here; None at the start of a scope."""
    before = task.parent
    while before is not None and before.workflow is task.workflow:
        identity = getattr(before.task_spec, "bpmn_id", None)
        if identity:
            return str(identity)
        before = before.parent
    return None


def _label(task: Task) -> str:
    return str(getattr(task.task_spec, "bpmn_name", None) or task.task_spec.name)
