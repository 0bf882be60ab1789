"""Our own kinds of task spec, where the library lets us subclass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.spiff.specs.defaults import BusinessRuleTask, CallActivity, SubWorkflowTask
from SpiffWorkflow.task import Task

from engine.spiff import defaults


class ScopedSubProcess(SubWorkflowTask):
    """An embedded sub-process whose own variables start afresh at every entry."""

    def copy_data(self, my_task: Task, subworkflow: Any) -> None:
        super().copy_data(my_task, subworkflow)
        start = subworkflow.get_next_task(spec_name="Start")
        outside = {k: v for k, v in start.data.items() if k not in _declared(subworkflow)}
        start.data = _fresh(my_task, subworkflow, outside)


class ScopedCallActivity(CallActivity):
    """A call activity that gives the called process its declared variables; inputs win.

    The library hands over everything where nothing is declared to go in, and puts everything in
    the place of the caller's variables where nothing is declared to come out.
    """

    def copy_data(self, my_task: Task, subworkflow: Any) -> None:
        if _interface(subworkflow).data_inputs:
            super().copy_data(my_task, subworkflow)
        start = subworkflow.get_next_task(
            subworkflow.task_tree, skip_subprocesses=True, spec_name="Start"
        )
        start.data = _fresh(my_task, subworkflow, start.data)

    def update_data(self, my_task: Task, subworkflow: Any) -> None:
        if _interface(subworkflow).data_outputs:
            super().update_data(my_task, subworkflow)


def _interface(subworkflow: Any) -> Any:
    """What a called process takes and gives; the check of diagrams demands one."""
    return subworkflow.spec.io_specification


def _declared(subworkflow: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = getattr(subworkflow.spec, "defaults", {})
    return found


def _fresh(my_task: Task, subworkflow: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    return defaults.fresh(my_task.workflow.top_workflow, _declared(subworkflow), given)


class DecisionTask(BusinessRuleTask):
    """A business rule task: the table's outputs replace what was there.

    The library merges lists with the previous round's and keeps the old value when no row matches.
    """

    def _run_hook(self, my_task: Task) -> bool:
        my_task.data.update(self.dmnEngine.result(my_task))
        return True
