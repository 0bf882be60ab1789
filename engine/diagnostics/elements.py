"""Which BPMN elements a diagram may use. What is not on the list is refused, not ignored."""

from __future__ import annotations

from collections.abc import Iterable

from engine.diagnostics.reading import Node, called, children, each, processes, tag
from engine.errors import Finding

FLOW_NODES = frozenset(
    {
        "startEvent",
        "endEvent",
        "userTask",
        "scriptTask",
        "businessRuleTask",
        "callActivity",
        "subProcess",
        "exclusiveGateway",
        "parallelGateway",
        "inclusiveGateway",
        "eventBasedGateway",
        "boundaryEvent",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
    }
)
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
    "adHocSubProcess": "请改用子流程",
    "dataObject": "请改用流程变量（variables.json）",
    "dataObjectReference": "请改用流程变量（variables.json）",
    "dataStoreReference": "请改用登记簿",
    "laneSet": "请改用任务的 role 属性",
    "callChoreography": "请改用调用活动",
}
EVENTS = {
    "startEvent": frozenset(),
    "endEvent": frozenset({"terminateEventDefinition", "messageEventDefinition"}),
    "boundaryEvent": frozenset({"timerEventDefinition", "messageEventDefinition"}),
    "intermediateCatchEvent": frozenset({"timerEventDefinition", "messageEventDefinition"}),
    "intermediateThrowEvent": frozenset({"messageEventDefinition"}),
}


def only_allowed_elements(root: Node, functions: frozenset[str]) -> Iterable[Finding]:
    """Flow elements that the engine does not execute exactly are refused."""
    for scope in [*processes(root), *each(root, "subProcess")]:
        for node in scope:
            kind = tag(node)
            if kind and kind not in FLOW_NODES and kind not in BESIDES:
                hint = INSTEAD.get(kind, "请换一种画法")
                yield Finding(
                    f"{called(node)}用了不支持的图元 {kind}：{hint}。",
                    field=node.get("id"),
                    code="element-not-allowed",
                )


def only_allowed_events(root: Node, functions: frozenset[str]) -> Iterable[Finding]:
    """Kinds of events that are ignored or wrong in the library are refused."""
    for kind, allowed in EVENTS.items():
        for node in each(root, kind):
            for child in node:
                name = tag(child)
                if name.endswith("EventDefinition") and name not in allowed:
                    yield Finding(
                        f"{called(node)}的事件类型 {name} 不支持：应为"
                        f"{_words(allowed)}，请换一种画法。",
                        field=node.get("id"),
                        code="event-not-allowed",
                    )
            if kind in {"boundaryEvent", "intermediateCatchEvent"} and not children(node, *allowed):
                yield Finding(
                    f"{called(node)}没有事件类型：应为{_words(allowed)}。",
                    field=node.get("id"),
                    code="event-missing",
                )
    for node in each(root, "subProcess"):
        if node.get("triggeredByEvent") == "true":
            yield Finding(
                f"{called(node)}是事件子流程，不支持：请改为外层子流程上的消息或定时边界事件。",
                field=node.get("id"),
                code="event-sub-process",
            )


def _words(allowed: frozenset[str]) -> str:
    words = {
        "terminateEventDefinition": "终止",
        "messageEventDefinition": "消息",
        "timerEventDefinition": "定时",
    }
    return "或".join(sorted(words[name] for name in allowed)) + "事件" if allowed else "空事件"
