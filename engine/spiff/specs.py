"""Our own kinds of task spec, where the library lets us subclass."""

from __future__ import annotations

from typing import Any

from SpiffWorkflow.spiff.specs.defaults import BusinessRuleTask, CallActivity, SubWorkflowTask
from SpiffWorkflow.task import Task

from engine.spiff import defaults


class ScopedSubProcess(SubWorkflowTask):
    """An embedded sub-process whose own variables start afresh at every entry."""

    def copy_data(self, my_task: Task, subworkflow: Any) -> None:
        super().copy_data(my_task, subworkflow)
        start = subworkflow.get_next_task(spec_name="Start")
        start.data.update(_fresh(my_task, subworkflow))


class ScopedCallActivity(CallActivity):
    """A call activity that gives the called process its declared variables; inputs win."""

    def copy_data(self, my_task: Task, subworkflow: Any) -> None:
        super().copy_data(my_task, subworkflow)
        start = subworkflow.get_next_task(
            subworkflow.task_tree, skip_subprocesses=True, spec_name="Start"
        )
        start.data = {**_fresh(my_task, subworkflow), **start.data}


def _fresh(my_task: Task, subworkflow: Any) -> dict[str, Any]:
    declared = getattr(subworkflow.spec, "defaults", {})
    return defaults.fresh(my_task.workflow.top_workflow, declared)


class DecisionTask(BusinessRuleTask):
    """A business rule task: the table's outputs replace what was there.

    The library merges lists with the previous round's and keeps the old value when no row matches.
    """

    def _run_hook(self, my_task: Task) -> bool:
        my_task.data.update(self.dmnEngine.result(my_task))
        return True
