"""Which BPMN elements a diagram may use. What is not on the list is refused, not ignored."""

from __future__ import annotations

from collections.abc import Iterable

from engine.diagnostics.graph import FLOW_NODES
from engine.diagnostics.reading import Diagram, called, each, finding, tag
from engine.errors import WARNING, Diagnosis

BESIDES = frozenset(
    {
        "sequenceFlow",
        "extensionElements",
        "documentation",
        "ioSpecification",
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
        "textAnnotation",
        "association",
        "group",
        "incoming",
        "outgoing",
        "laneSet",
    }
)
INSTEAD = {
    "task": "请改用用户任务（userTask）或脚本任务（scriptTask）",
    "manualTask": "请改用用户任务（userTask）",
    "serviceTask": "请改用脚本任务（scriptTask）调用已登记的函数",
    "sendTask": "请改用消息抛出事件",
    "receiveTask": "请改用消息捕获事件",
    "complexGateway": "请改用排他、并行或包容网关",
    "transaction": "请改用子流程",
    "adHocSubProcess": "请改用子流程，把步骤连成顺序",
    "dataObject": "请改用流程变量（variables.json）",
    "dataObjectReference": "请改用流程变量（variables.json）",
    "dataStoreReference": "请改用登记簿",
    "callChoreography": "请改用调用活动",
}
PARTS = frozenset(
    {
        "extensionElements",
        "documentation",
        "incoming",
        "outgoing",
        "script",
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
        "timerEventDefinition",
        "messageEventDefinition",
        "terminateEventDefinition",
    }
)
PARTS_INSTEAD = {
    "ioSpecification": "请删去；传入传出只写在被调用的流程上",
    "dataInputAssociation": "请改用流程变量，在前置脚本（preScript）里取值",
    "dataOutputAssociation": "请改用流程变量，在后置脚本（postScript）里赋值",
    "property": "请改用流程变量（variables.json）",
}
SCOPES = ("process", "subProcess", "transaction", "adHocSubProcess")
PEOPLE = ("potentialOwner", "humanPerformer", "performer", "resourceRole")


def only_allowed_elements(diagram: Diagram) -> Iterable[Diagnosis]:
    """Flow elements that the engine does not execute exactly are refused."""
    for scope in diagram.scopes:
        for node in scope:
            kind = tag(node)
            if kind and kind not in FLOW_NODES and kind not in BESIDES and not _is_event_part(kind):
                yield finding(
                    node,
                    "element-not-allowed",
                    f"{called(node)}应为系统能执行的图元，实为 {kind}。",
                    INSTEAD.get(kind, "请换一种画法"),
                )


def _is_event_part(kind: str) -> bool:
    return kind in PARTS_INSTEAD or kind in PEOPLE


def only_parts_that_count(diagram: Diagram) -> Iterable[Diagnosis]:
    """What would be read over inside an element: data associations, people, properties."""
    for node in each(diagram.root, *sorted(FLOW_NODES)):
        inside = FLOW_NODES | BESIDES if tag(node) == "subProcess" else PARTS
        for part in node:
            kind = tag(part)
            if kind in PEOPLE:
                yield finding(
                    node,
                    "people-ignored",
                    f"{called(node)}的办理人应写在 role 属性里，实为 {kind}，系统不读。",
                    "请写 role（职务代码），需要时写 org、field",
                )
            elif (kind in PARTS_INSTEAD and kind not in inside) or kind == "ioSpecification":
                yield finding(
                    node,
                    "part-ignored",
                    f"{called(node)}里面应只写系统会执行的内容，实有 {kind}。",
                    PARTS_INSTEAD[kind],
                )


def elements_stand_in_a_process(diagram: Diagram) -> Iterable[Diagnosis]:
    """A step inside a step, or a flow inside an event, is nowhere to be reached."""
    for node in each(diagram.root, *sorted(FLOW_NODES), "sequenceFlow", "process"):
        wanted = ("definitions",) if tag(node) == "process" else SCOPES
        if tag(node.getparent()) not in wanted:
            place = "文件" if tag(node) == "process" else "流程或子流程"
            yield finding(
                node,
                "element-misplaced",
                f"{called(node)}应直接画在{place}里，实在{called(node.getparent())}里面。",
                "请在流程设计器里移出来",
            )


def nothing_is_compensated(diagram: Diagram) -> Iterable[Diagnosis]:
    """A compensation activity would never run."""
    for node in each(diagram.root, *sorted(FLOW_NODES)):
        if node.get("isForCompensation") == "true":
            yield finding(
                node,
                "compensation",
                f"{called(node)}应为正常办理的步骤，实为补偿活动，不会执行。",
                "请把撤销后的处理画成普通步骤，由网关走到",
            )


def no_event_sub_processes(diagram: Diagram) -> Iterable[Diagnosis]:
    """The library never interrupts with them, and starting one spoils the shared drawing."""
    for node in each(diagram.root, "subProcess"):
        if node.get("triggeredByEvent") == "true":
            yield finding(
                node,
                "event-sub-process",
                f"{called(node)}应为普通子流程，实为事件子流程。",
                "请改为外层子流程上的消息或定时边界事件",
            )


def lanes_are_only_a_picture(diagram: Diagram) -> Iterable[Diagnosis]:
    """Who acts stands in the role of a step, never in the lane."""
    for lane in each(diagram.root, "lane"):
        yield finding(
            lane,
            "lane-ignored",
            f"办理人应由步骤的 role 属性决定，实有泳道{called(lane)}，只作图示。",
            "请核对每个步骤的 role；泳道可以保留",
            WARNING,
        )
