"""Corrections of SpiffWorkflow 3.2.0, installed once. Each names what the library does without it.

They are replacements of single methods where the library offers no place for a subclass
(internal joins, iterators); what can be a subclass is one, in `specs`.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions import timer as timer_module
from SpiffWorkflow.bpmn.specs.mixins import subworkflow_task as subworkflow_module
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import EventBasedGateway
from SpiffWorkflow.bpmn.specs.mixins.inclusive_gateway import InclusiveGateway
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import (
    LoopTask,
    MultiInstanceTask,
    ParallelMultiInstanceTask,
    SequentialMultiInstanceTask,
)
from SpiffWorkflow.bpmn.specs.mixins.parallel_gateway import ParallelGateway
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin
from SpiffWorkflow.bpmn.util.task import BpmnTaskIterator
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.clock import FAR
from engine.spiff import index, waiting
from engine.spiff.index import touch

NO_DEPTH_LIMIT = 10**9
_library_run_hook = EventBasedGateway._run_hook
ACTIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED  # where a token is


def install() -> None:
    """Put the corrections in place. Safe to call again."""
    timer_module.datetime = _InjectedDatetime
    timer_module.TimeDateEventDefinition.has_fired = _date_has_fired
    UnstructuredJoin._update_hook = _arrive
    UnstructuredJoin._run_hook = _merge_branches
    MultiInstanceTask.merge_child = _merge_instance
    ParallelMultiInstanceTask.merge_child = _merge_parallel_instance
    ParallelMultiInstanceTask.children_complete = _instances_finished
    MultiInstanceTask.init_data_output_with_input_data = _begin_results
    SequentialMultiInstanceTask.add_next_child = _next_instance
    EventBasedGateway._run_hook = _go_on_with_the_event
    _lift_depth_limit()
    subworkflow_module.deepcopy = dict  # values are replaced, never changed: no need to copy deep
    index.install()
    waiting.install()


class _InjectedDatetime(datetime):
    """The library asks the wall clock; the engine's moment is the only time there is.

    It asks whether a timer's moment `<` now; what is due now has come, so that means `<=` here.
    """

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> _InjectedDatetime:
        here = waiting.moment.get().astimezone(tz or UTC)
        return cls.combine(here.date(), here.timetz())

    def __lt__(self, other: datetime) -> bool:  # type: ignore[override]
        return self <= other

    def __gt__(self, other: datetime) -> bool:  # type: ignore[override]
        return self >= other


# ---- timers ----------------------------------------------------------------------------------


def _date_has_fired(self: Any, task: Task) -> bool:
    """The library fires on any date; ours never fires what the engine holds back (04 §4.0.2)."""
    environment = task.workflow.script_engine.environment
    if task.internal_data.get("event_value") is None:
        at = task.workflow.script_engine.evaluate(task, self.expression)
        if environment.holds(task, at):
            at = FAR.isoformat()
            task.internal_data[waiting.HELD] = True
        task.internal_data["event_value"] = at
        touch(task)
        waiting.look_again(task)
    at = self.parse_time_or_duration(task.internal_data["event_value"])
    if at <= waiting.moment.get():
        task.internal_data["event_fired"] = True
    return bool(task.internal_data.get("event_fired", False))


def _go_on_with_the_event(self: Any, task: Task) -> bool:
    """The library keeps the events themselves with the task; they cannot be stored."""
    went_on = bool(_library_run_hook(self, task))
    task.internal_data.pop("seen_events", None)
    touch(task)
    return went_on


# ---- joins: each arrival is a token consumed by one firing -----------------------------------
#
# The library counts an arrival of an earlier loop round again (a join in a loop fires early) and
# lets the branch that arrives last overwrite, with values it merely inherited, what the others
# wrote. Here an arrival is parked until a firing consumes it ("into"), and a branch contributes
# only the top-level keys it changed since the split.


def _parked(workflow: Any) -> dict[str, Task]:
    """The arrivals of a scope that no firing has consumed. Searched for once after loading."""
    found: dict[str, Task] | None = getattr(workflow, "parked", None)
    if found is None:
        found = {
            task.id: task
            for task in workflow.tasks.values()
            if "parked" in task.internal_data and "into" not in task.internal_data
        }
        workflow.parked = found
    return found


def arrived(workflow: Any) -> list[Task]:
    """The arrivals of a scope that wait for others, not counting the one that is unfinished."""
    return list(_parked(workflow).values())


def _pending(spec: Any, task: Task) -> list[Task]:
    found = (
        other
        for other in _parked(task.workflow).values()
        if other.task_spec is spec and other is not task
    )
    return sorted(found, key=_parked_at)


def _parked_at(task: Task) -> float:
    return float(task.internal_data["parked"])


def _park(task: Task) -> None:
    task.internal_data.setdefault("parked", task.last_state_change)
    _parked(task.workflow)[task.id] = task
    touch(task)


def free(token: Task) -> None:
    """The firing that consumed an arrival is undone: it waits to be consumed again."""
    del token.internal_data["into"]
    _parked(token.workflow)[token.id] = token
    touch(token)


def _consumed_by_firing(spec: Any, task: Task) -> list[Task] | None:
    """The parked arrivals this firing consumes; None when it may not fire yet."""
    pending = _pending(spec, task)
    if isinstance(spec, InclusiveGateway):
        return None if _somebody_is_coming(spec, [task, *pending]) else pending
    if not isinstance(spec, ParallelGateway):  # where all ends of a scope meet
        return pending if spec._check_threshold_unstructured(task) else None
    by_flow = {task.parent.task_spec.name: task}
    for other in pending:
        by_flow.setdefault(other.parent.task_spec.name, other)
    if any(name not in by_flow for name in spec._inputs):
        return None
    return [other for other in by_flow.values() if other is not task]


def _somebody_is_coming(spec: Any, arrived: list[Task]) -> bool:
    """Whether an inclusive join waits, by the rule of BPMN 2.0.2 (13.4.3): for a token that can
    reach a flow on which nothing has arrived, and none on which something has.

    The library looks for ready and waiting tasks only and lets the join pass while a branch is in
    a sub-process or in a loop; and one search forgets what another one has seen.
    """
    filled = {task.parent.task_spec.name for task in arrived}
    empty = {each.name for each in spec.inputs} - filled
    if not empty:
        return False
    elsewhere = index.unfinished(arrived[0].workflow, ACTIVE)
    sources = {task.task_spec for task in elsewhere if task.task_spec is not spec}
    for source in sources:
        ahead = _ahead(source, spec)
        if ahead & empty and not ahead & filled:
            return True
    return False


def _ahead(source: Any, wall: Any) -> set[str]:
    """The names of a spec and of all behind it, not further than to the wall."""
    found, todo = set[str](), [source]
    while todo:
        spec = todo.pop()
        if spec is not wall and spec.name not in found:
            found.add(spec.name)
            todo += spec.outputs
    return found


def _arrive(self: Any, task: Task) -> bool:
    consumed = _consumed_by_firing(self, task)
    for other in index.unfinished(task.workflow, TaskState.WAITING):
        if other.task_spec is self and other is not task:
            other.cancel()
            _park(other)
    if consumed is None:
        _park(task)
        task._set_state(TaskState.WAITING)
        return False
    for other in consumed:
        other.internal_data["into"] = task.id
        _parked(task.workflow).pop(other.id, None)
        touch(other)
    _parked(task.workflow).pop(task.id, None)
    task.internal_data.pop("parked", None)
    task.internal_data["consumed"] = [other.id for other in consumed]
    task._inherit_data()
    return True


def _merge_branches(self: Any, task: Task) -> bool:
    known = task.workflow.tasks
    tokens = [known[each] for each in task.internal_data.pop("consumed", ()) if each in known]
    if not tokens:
        task._inherit_data()
        return True
    tokens.sort(key=_parked_at)
    base = _common_ancestor([task, *tokens]).data
    merged = dict(base)
    for branch in (*tokens, task):
        source = branch.parent.data
        for key in base:
            if key not in source:
                merged.pop(key, None)
        merged.update(
            {key: value for key, value in source.items() if key not in base or base[key] != value}
        )
    task.data = merged
    return True


def _common_ancestor(tasks: list[Task]) -> Task:
    """The nearest task above all of these: all climb together, so only the way there is walked."""
    met: dict[str, int] = {}
    climbing = [task.parent for task in tasks]
    while True:
        for position, task in enumerate(climbing):
            if task is None:
                continue
            met[task.id] = met.get(task.id, 0) + 1
            if met[task.id] == len(tasks):
                return task
            climbing[position] = task.parent


# ---- multi-instance --------------------------------------------------------------------------


def connect_loops(spec: Any) -> None:
    """Tell every loop of a parsed spec about its instances.

    The library does it when an instance is created; an instance restored from rows on a cached
    spec would otherwise never report its end.
    """
    for task_spec in spec.task_specs.values():
        if isinstance(task_spec, LoopTask):
            event = spec.task_specs[task_spec.task_spec].completed_event
            if not event.is_connected(task_spec.merge_child):
                event.connect(task_spec.merge_child)


def _merge_instance(self: Any, workflow: Any, child: Task) -> None:
    """The library appends to a list that finished tasks still hold; here a new list replaces it."""
    parent = child.parent
    if self.data_output is not None and self.output_item is not None:
        if not self.output_item.exists(child):
            self.raise_data_exception("Expected an output item", child)
        name = self.data_output.bpmn_id
        parent.data[name] = [*parent.data.get(name, []), self.output_item.get(child)]
    parent.internal_data["merged"] = [*parent.internal_data["merged"], child.id]
    touch(parent)


def _begin_results(self: Any, task: Task, _input: Any) -> None:
    """The library stops a loop that is entered again, because its results are there already."""
    task.data[self.data_output.bpmn_id] = []


def _next_instance(self: Any, task: Task) -> None:
    """The library takes None in the list for its end and never goes on."""
    if task.internal_data["remaining"]:
        position, item = self.get_next_input_item(task)
        self.create_child(task, item, position)


def _merge_parallel_instance(self: Any, workflow: Any, child: Task) -> None:
    _merge_instance(self, workflow, child)
    parent = child.parent
    if self.check_completion_condition(parent):
        for instance in self._instances(parent):
            instance.cancel()
        parent._set_state(TaskState.READY)
    elif self.children_complete(parent):
        parent._set_state(TaskState.READY)


def _instances_finished(self: Any, task: Task) -> bool:
    """A cancelled instance must not block the others (the library waits for COMPLETED)."""
    return all(child.has_state(TaskState.FINISHED_MASK) for child in self._instances(task))


def _lift_depth_limit() -> None:
    """From depth 1000 the library no longer sees tasks and calls the instance completed."""
    original = BpmnTaskIterator.__init__
    if getattr(original, "unlimited", False):
        return

    def unlimited(self: Any, task: Task, end_at_spec: Any = None, **kwargs: Any) -> None:
        kwargs.setdefault("max_depth", NO_DEPTH_LIMIT)
        original(self, task, end_at_spec, **kwargs)

    unlimited.unlimited = True  # type: ignore[attr-defined]
    BpmnTaskIterator.__init__ = unlimited


def forget_removed(workflow: Any) -> None:
    """Call after creating or loading a workflow: a removed task leaves no timer and no scope."""

    def forget(_workflow: Any, task: Task) -> None:
        workflow.event_manager.remove_task(task)
        parked = getattr(task.workflow, "parked", None)
        if parked is not None:
            parked.pop(task.id, None)
        index.forget(workflow.index, task)
        scope = workflow.subprocesses.pop(task.id, None)
        if scope is not None:
            for inner in list(scope.tasks.values()):
                forget(scope, inner)

    workflow.task_removed_event.connect(forget)
