"""Knows which tasks are unfinished and which a command touched, so that nothing is searched for.

The library walks the whole task tree after every single task: a loop of a thousand rounds costs the
square of a thousand, a hundred departments ten times what ten cost. Here every workflow keeps its
unfinished tasks at hand and the top one knows every task by its id. Order stays the library's own
(depth first), which its transactions rely on.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import Any

from SpiffWorkflow import task as task_module
from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

from engine.ids import new_id

FINISHED = TaskState.FINISHED_MASK
_library_run_event = CatchingEvent._run_hook
Step = Callable[[Task], None] | None


class Index:
    """What the top workflow knows of all its scopes.

    tasks: every task by id. ready: those the engine can step now. Since the last look — touched:
    made or changed; removed: gone, with the scope they were in; opened, closed: user tasks that
    became, or ceased to be, ready for people (a task opened once more is in both).
    """

    __slots__ = ("closed", "opened", "ready", "removed", "tasks", "touched")

    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}
        self.ready: dict[str, Task] = {}
        self.forget_changes()

    def forget_changes(self) -> None:
        """From now on count changes anew."""
        self.touched: dict[str, Task] = {}
        self.removed: dict[str, str | None] = {}  # → its scope
        self.opened: dict[str, Task] = {}
        self.closed: set[str] = set()

    def now_ready(self, task: Task) -> None:
        """A task can go on: by itself or by people."""
        if task.task_spec.manual:
            self.opened[task.id] = task
        else:
            self.ready[task.id] = task

    def no_longer_ready(self, task: Task) -> None:
        """A task went on, or will not."""
        if not task.task_spec.manual:
            self.ready.pop(task.id, None)
        elif self.opened.pop(task.id, None) is None:
            self.closed.add(task.id)


def touch(task: Task) -> None:
    """Note that a task changed in a way no state shows."""
    task.workflow.top_workflow.index.touched[task.id] = task


def unfinished(workflow: Any, state: int = TaskState.NOT_FINISHED_MASK) -> list[Task]:
    """The tasks of one scope in these states (of those unfinished), depth first."""
    found = [task for task in workflow.unfinished.values() if task._state & state]
    return sorted(found, key=_path) if len(found) > 1 else found


def _path(task: Task) -> list[int]:
    """Where a task stands in its tree, comparable depth first."""
    steps, tasks = [], task.workflow.tasks
    parent = tasks.get(task._parent)
    while parent is not None:
        steps.append(parent._children.index(task.id))
        task, parent = parent, tasks.get(parent._parent)
    steps.reverse()
    return steps


def everywhere(top: BpmnWorkflow, state: int) -> Iterator[Task]:
    """The unfinished tasks in these states of all scopes that are not completed, depth first."""
    found = []
    for scope in (top, *top.subprocesses.values()):
        found += [task for task in scope.unfinished.values() if task._state & state]
    return iter(in_order(found))


def in_order(tasks: Iterable[Task]) -> list[Task]:
    """Tasks of one instance, depth first over all its scopes."""
    found = list(tasks)
    return sorted(found, key=_deep_path) if len(found) > 1 else found


def _deep_path(task: Task) -> list[list[int]]:
    paths = [_path(task)]
    scope = task.workflow
    while scope.parent_task_id is not None:
        above = scope.top_workflow.index.tasks[scope.parent_task_id]
        paths.append(_path(above))
        scope = above.workflow
    paths.reverse()
    return paths


# ---- keeping it ------------------------------------------------------------------------------


def install() -> None:
    """Put the index in place of the library's searches. Safe to call again."""
    if hasattr(Task, "indexed"):
        return
    Task.indexed = True
    task_module.uuid4 = new_id  # a UUID is hashed and compared in Python, a string in C
    Task.__init__ = _made(Task.__init__)
    Task.parent = property(_parent, Task.parent.fset)
    Task.children = property(_children, Task.children.fset)
    Task._set_state = _set_state
    Task._child_added_notify = _child_added
    Task._inherit_data = _inherit_data
    Task.set_data = _set_data
    Task._set_internal_data = _set_internal_data
    Workflow.__init__ = _opened(Workflow.__init__)
    Workflow._remove_task = _remove_task
    Workflow.collect_log_extras = BpmnSubWorkflow.collect_log_extras = _nothing_to_log
    Workflow.update_waiting_tasks = _update_waiting
    Workflow.is_completed = _is_completed
    BpmnWorkflow._do_engine_steps = _do_engine_steps
    BpmnWorkflow.get_task_from_id = _task_from_id
    BpmnSubWorkflow.parent_workflow = property(_parent_workflow)
    _EndJoin._check_threshold_unstructured = _last_to_end
    CatchingEvent._run_hook = _run_event


def _opened(original: Any) -> Any:
    def opened(self: Any, *args: Any, **kwargs: Any) -> None:
        self.unfinished = {}
        self.base = None  # the task outside it that what begins it is told against (rows)
        if isinstance(self, BpmnWorkflow):
            self.index = Index()
        original(self, *args, **kwargs)

    return opened


def _made(original: Any) -> Any:
    def made(
        self: Any,
        workflow: Any,
        task_spec: Any,
        parent: Any = None,
        state: int = TaskState.MAYBE,
        id: Any = None,
    ) -> None:
        original(self, workflow, task_spec, parent, state, id)
        if not state & FINISHED:
            workflow.unfinished[self.id] = self
        index = workflow.top_workflow.index
        index.tasks[self.id] = self
        index.touched[self.id] = self
        if state == TaskState.READY:
            index.now_ready(self)

    return made


def _set_state(self: Any, value: int) -> None:
    """As the library's, without what it gathers for a log that nobody keeps."""
    if value == self._state:
        return
    index = self.workflow.top_workflow.index
    if self._state == TaskState.READY:
        index.no_longer_ready(self)
    elif value == TaskState.READY:
        index.now_ready(self)
    self.last_state_change = time.time()
    self._state = value
    if value & FINISHED:
        self.workflow.unfinished.pop(self.id, None)
    else:
        self.workflow.unfinished[self.id] = self
    index.touched[self.id] = self


def _parent(self: Any) -> Any:
    return self.workflow.tasks.get(self._parent)


def _children(self: Any) -> list[Any]:
    below = self._children
    return list(map(self.workflow.tasks.get, below)) if below else []


def _run_event(self: Any, task: Task) -> bool:
    """The library looks for what to reset below an event that has nothing to reset."""
    if isinstance(self.event_definition, NoneEventDefinition):
        return bool(super(CatchingEvent, self)._run_hook(task))
    return bool(_library_run_event(self, task))


def _nothing_to_log(self: Any, dct: Any = None) -> dict[str, Any]:
    """The library lists every task of a workflow for a log that nobody keeps."""
    return dct or {}


def _inherit_data(self: Any) -> None:
    """Whole values replace whole values. The library merges lists by position, in place, and so
    changes what finished tasks hold."""
    self.data = {**self.data, **self.parent.data}
    touch(self)


def _set_data(self: Any, **values: Any) -> None:
    self.data.update(values)
    touch(self)


def _set_internal_data(self: Any, **values: Any) -> None:
    self.internal_data.update(values)
    touch(self)


def _child_added(self: Any, child: Any) -> None:
    self._children.append(child.id)
    self.workflow.top_workflow.index.touched[self.id] = self


def _remove_task(self: Any, task_id: str) -> None:
    task = self.tasks[task_id]
    for child in task.children:
        self._remove_task(child.id)
    parent = task.parent
    parent._children.remove(task_id)
    del self.tasks[task_id]
    self.unfinished.pop(task_id, None)
    index = self.top_workflow.index
    forget(index, task)
    index.touched[parent.id] = parent
    self._task_removed_notify(task)


def forget(index: Index, task: Task) -> None:
    """A task is gone."""
    if task._state == TaskState.READY and task.id in index.tasks:
        index.no_longer_ready(task)
    index.tasks.pop(task.id, None)
    index.touched.pop(task.id, None)
    index.removed[task.id] = task.workflow.parent_task_id


# ---- using it --------------------------------------------------------------------------------


def _update_waiting(self: Any) -> None:
    for task in unfinished(self, TaskState.WAITING):
        if task._state == TaskState.WAITING and task.id in self.tasks:
            task.task_spec._update(task)


def _is_completed(self: Any) -> bool:
    if not self.completed and not self.unfinished:
        self.completed = True
    return bool(self.completed)


def _do_engine_steps(self: Any, will: Step = None, did: Step = None) -> bool:
    """As the library's, but only the scopes in which something can step are visited."""
    for scope in sorted(_stepping(self), key=attrgetter("depth"), reverse=True):
        while _run_ready(scope, will, did):
            pass
        if scope.completed:
            parent = self.index.tasks[scope.parent_task_id]
            parent.task_spec._update(parent)
    return _run_ready(self, will, did) > 0 or bool(_stepping(self))


def _stepping(top: BpmnWorkflow) -> list[Any]:
    scopes = {id(task.workflow): task.workflow for task in top.index.ready.values()}
    return [scope for scope in scopes.values() if scope is not top and not scope.completed]


def _run_ready(scope: Any, will: Step, did: Step) -> int:
    count = 0
    ready = [task for task in scope.top_workflow.index.ready.values() if task.workflow is scope]
    for task in sorted(ready, key=_path) if len(ready) > 1 else ready:
        if task._state != TaskState.READY or task.id not in scope.tasks:
            continue
        if will is not None:
            will(task)
        task.run()
        count += 1
        if did is not None:
            did(task)
    return count


def _task_from_id(self: Any, task_id: str) -> Task:
    found = self.index.tasks.get(task_id)
    return found if found is not None else Workflow.get_task_from_id(self, task_id)


def _parent_workflow(self: Any) -> Any:
    return self.top_workflow.index.tasks[self.parent_task_id].workflow


def _last_to_end(self: Any, my_task: Task) -> bool:
    """Whether nothing else of this scope is still to come; what only follows an end is not."""
    return all(
        task is my_task or _behind_an_end(self, task)
        for task in my_task.workflow.unfinished.values()
    )


def _behind_an_end(spec: Any, task: Task) -> bool:
    """Predicted tasks behind the joined ends are no work."""
    parent = task.parent
    while parent is not None and not parent._state & FINISHED:
        if parent.task_spec is spec:
            return True
        parent = parent.parent
    return False
