"""What a task's row tells of its variables: only how they differ from others that are stored.

A task's row tells only how its variables differ from those of the nearest finished task above it:
a finished task's never change, so a row stays true until that task itself is opened again. What
begins a scope is told against a finished task outside it, whose id the scope's row keeps; and an
instance of a repetition not against the repetition, which ends after it. Such a row has a mark.

The results of a multi-instance grow with every instance that ends, and stand in those instances
already. Until it ends itself its row tells only their names: of a hundred departments' answers each
is written once, not a hundred times. What a finished scope leaves is told against its last task.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import orjson
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask, MultiInstanceTask
from SpiffWorkflow.task import Task

from engine.spiff.index import FINISHED

PAST_ITS_REPETITION = 1  # the mark
MERGED = "merged"  # the ended instances in their order, in a multi-instance's internal data


class Told(NamedTuple):
    """What a row tells. changed: None where there are no variables at all; lost: names that are in
    the base only; results: [variable of the results, variable of an instance]."""

    changed: dict[str, Any] | None
    lost: list[str]
    mark: int = 0
    results: list[str] | None = None


def tell(task: Task) -> list[Any]:
    """The end of a task's row, from which `Told` is made again."""
    is_past, results, data = _is_past(task), _results(task), task.data
    if results is not None:
        data = {name: value for name, value in data.items() if name != results[0]}
    told: list[Any] = [*difference(_base(task, is_past), data)] if data else [None, []]
    if is_past or results is not None:
        told.append(PAST_ITS_REPETITION if is_past else 0)
    if results is not None:
        told.append(results)
    return told


def _results(task: Task) -> list[str] | None:
    """[variable of the results, variable of an instance] where the instances tell the results."""
    spec = task.task_spec
    if task._state & FINISHED or not isinstance(spec, MultiInstanceTask):
        return None
    if spec.data_output is None or spec.output_item is None:
        return None
    into, item = spec.data_output.bpmn_id, spec.output_item.bpmn_id
    values, merged = task.data.get(into), task.internal_data.get(MERGED)
    if not values or merged is None or len(values) != len(merged):
        return None
    known, missing = task.workflow.tasks, object()
    for value, instance in zip(values, merged, strict=True):
        if instance not in known or known[instance].data.get(item, missing) is not value:
            return None
    return [into, item]


def _is_past(task: Task) -> bool:
    """Whether what its variables are told against lies past its repetition."""
    parent = task.workflow.tasks.get(task._parent)
    return parent is not None and repeats(parent, task)


def _base(task: Task, is_past: bool) -> Mapping[str, Any]:
    """What the variables of a task are told against."""
    scope = task.workflow
    above = scope.tasks.get(task._parent)
    if above is not None and is_past:
        above = scope.tasks.get(above._parent)
    above = _finished_from(scope, above)
    if above is None and scope.base is not None:
        above = scope.top_workflow.index.tasks[scope.base]
    if above is None:
        return {}
    found: Mapping[str, Any] = above.data
    return found


def repeats(task: Task, child: Task) -> bool:
    """Whether the child is one of the instances of a repetition."""
    spec = task.task_spec
    return isinstance(spec, LoopTask) and spec.task_spec == child.task_spec.name


def _finished_from(scope: Any, above: Task | None) -> Task | None:
    tasks = scope.tasks
    while above is not None and not above._state & FINISHED:
        above = tasks.get(above._parent)
    return above


def outside(scope: Any) -> str | None:
    """The task outside a new scope that its first variables are told against. Not one that holds
    the scope: such a task ends when the scope does, and may be opened again."""
    opener = scope.top_workflow.index.tasks[scope.parent_task_id]
    outer = opener.workflow
    above = outer.tasks.get(opener._parent)
    if above is not None and repeats(above, opener):
        above = outer.tasks.get(above._parent)
    found = _finished_from(outer, above)
    base: str | None = found.id if found is not None else outer.base
    return base


def restored(
    base: Mapping[str, Any], changed: Mapping[str, Any] | None, lost: Iterable[str]
) -> dict[str, Any]:
    """The variables that differ so from the base."""
    if changed is None:
        return {}
    data = {**base, **changed}
    for key in lost:
        del data[key]
    return data


def told_against(task: Task) -> Iterator[Task]:
    """What stands below a task, down to the first finished ones; of a repetition not its own
    instances, which are told against what stands above it."""
    waiting = [child for child in task.children if not repeats(task, child)]
    while waiting:
        below = waiting.pop()
        yield below
        passed = bool(below._state & FINISHED)
        waiting += [each for each in below.children if not passed or repeats(below, each)]


def difference(
    base: Mapping[str, Any], data: Mapping[str, Any]
) -> tuple[dict[str, Any] | None, list[str]]:
    """(what is new or other, what is missing); (None, []) for a task without any variables, which
    is what every predicted one is."""
    if not data:
        return None, []
    if data == base:
        return {}, []
    missing = object()
    names = [
        name
        for name, value in data.items()
        if (there := base.get(name, missing)) is not value and (there is missing or there != value)
    ]
    names.sort()
    return {name: data[name] for name in names}, sorted(base.keys() - data.keys())


def left_by_last(scope: Any) -> Mapping[str, Any]:
    """The variables of the last task of a scope, when it has ended: what the scope's own are told
    against."""
    last = scope.last_task
    if last is None or last.id not in scope.tasks or not last._state & FINISHED:
        return {}
    found: Mapping[str, Any] = last.data
    return found


def restore(root: Task, outside: Mapping[str, Any], told: Mapping[str, Told]) -> None:
    """Give every task of a scope its variables, from the root down."""
    tasks = root.workflow.tasks
    waiting: list[tuple[Task, Mapping[str, Any], Mapping[str, Any]]] = [(root, outside, outside)]
    gathering: list[tuple[Task, str, str]] = []
    while waiting:
        task, base, base_of_parent = waiting.pop()
        own = told[task.id]
        base = base_of_parent if own.mark else base
        task.data = restored(base, own.changed, own.lost)
        if own.results is not None:
            gathering.append((task, *own.results))
        below = task.data if task._state & FINISHED else base
        waiting += [(tasks[child], below, base) for child in task._children]
    for task, into, item in gathering:
        task.data[into] = [tasks[instance].data[item] for instance in task.internal_data[MERGED]]


def data_of(
    task_id: str, scope_of: Callable[[str], tuple[bytes, Mapping[str, bytes]]]
) -> dict[str, Any]:
    """The variables of a task that people do; none of one that is not stored.

    scope_of: task id → the body of its scope, and of all tasks in that scope by their ids.
    """
    chain: list[Told] = []  # its own first, then those of the finished tasks above
    base: str | None = task_id
    while base is not None:
        scope, tasks = scope_of(base)
        above: str | None = base if base in tasks else None
        passing = 0
        while above is not None:
            parent, _, _, state, _, _, _, *told = orjson.loads(tasks[above])
            own = Told(*told)
            if above == task_id or (state & FINISHED and not passing):
                chain.append(own)
            above, passing = parent, own.mark
        base = orjson.loads(scope).get("base")
    data: dict[str, Any] = {}
    for each in reversed(chain):
        data = restored(data, each.changed, each.lost)
    return data
