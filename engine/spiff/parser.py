"""Turns the files of one definition into specs the library can run.

XML is read by our own strict parser (no DOCTYPE, no entities, no network). Decision tables are ours
(engine.decisions); the library only holds a reference to each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnIoSpecification
from SpiffWorkflow.bpmn.specs.data_spec import TaskDataReference
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser, SpiffProcessParser
from SpiffWorkflow.spiff.parser.task_spec import (
    BusinessRuleTaskParser,
    CallActivityParser,
    SubWorkflowParser,
)

from engine.decisions import Table
from engine.errors import Finding
from engine.spiff.specs import DecisionTask, ScopedCallActivity, ScopedSubProcess

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


class TableReference:
    """What a business rule task holds instead of the library's DMN engine."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def result(self, task: Any) -> dict[str, Any]:
        environment = task.workflow.script_engine.environment
        variables = {**environment.names.constants, **task.data}
        return self.table.decide(variables, environment.functions)


class _DecisionParser(BusinessRuleTaskParser):
    def create_task(self) -> Any:
        extensions = self.parse_extensions()
        return DecisionTask(
            self.spec,
            self.bpmn_id,
            dmnEngine=self.process_parser.parser.get_engine(
                self.get_decision_ref(self.node), self.node
            ),
            prescript=extensions.get("preScript"),
            postscript=extensions.get("postScript"),
            **self.bpmn_attributes,
        )


class _InterfaceParser(SpiffProcessParser):
    """What a called process declares goes in and comes out; the library reads the sets only."""

    def parse_io_spec(self) -> BpmnIoSpecification:
        declared = [
            [TaskDataReference(found.get("id"), found.get("name")) for found in self.xpath(path)]
            for path in (
                "./bpmn:ioSpecification/bpmn:dataInput",
                "./bpmn:ioSpecification/bpmn:dataOutput",
            )
        ]
        return BpmnIoSpecification(*declared)


class DefinitionParser(SpiffBpmnParser):
    """The library's parser with our task specs and our decision tables."""

    PROCESS_PARSER_CLASS = _InterfaceParser
    OVERRIDE_PARSER_CLASSES: ClassVar[dict[str, Any]] = {
        **SpiffBpmnParser.OVERRIDE_PARSER_CLASSES,
        full_tag("subProcess"): (SubWorkflowParser, ScopedSubProcess),
        full_tag("callActivity"): (CallActivityParser, ScopedCallActivity),
        full_tag("businessRuleTask"): (_DecisionParser, DecisionTask),
    }

    def __init__(self, tables: Mapping[str, Table]) -> None:
        super().__init__()
        self.tables = tables

    def get_engine(self, decision_ref: str, node: Any) -> TableReference:
        if decision_ref not in self.tables:
            raise ValidationException(f"决策表“{decision_ref}”不存在", node=node, file_name="")
        return TableReference(self.tables[decision_ref])


def library_finding(error: Exception) -> Finding:
    """The library's complaint as a finding that names the element."""
    if "RecursionError" in repr(error):
        return Finding("流程图应能分析完，实为一串图元太长：请分成几个子流程。", code="library")
    if isinstance(error, ValidationException):
        element = getattr(error, "tag_id", None) or None
        text = str(error.args[0]) if error.args else str(error)
        return Finding(f"流程图不能执行：{text}", field=element, code="library")
    return Finding(f"流程图不能执行：{type(error).__name__}: {error}", code="library")
