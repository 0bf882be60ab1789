"""Kinds of events: what the library ignores or runs otherwise is refused by name."""

from __future__ import annotations

from collections.abc import Iterable

from engine.diagnostics.graph import graph_of
from engine.diagnostics.reading import (
    ACTIVITIES,
    Diagram,
    Node,
    called,
    children,
    each,
    finding,
    interrupts,
    tag,
)
from engine.errors import Diagnosis

TIMER, MESSAGE = "timerEventDefinition", "messageEventDefinition"
EVENTS = {
    "startEvent": (),
    "endEvent": ("terminateEventDefinition", MESSAGE),
    "boundaryEvent": (TIMER, MESSAGE),
    "intermediateCatchEvent": (TIMER, MESSAGE),
    "intermediateThrowEvent": (MESSAGE,),
}
WORDS = {"terminateEventDefinition": "终止", MESSAGE: "消息", TIMER: "定时"}
KINDS = {
    "errorEventDefinition": (
        "错误",
        "请改用普通结束，结果写入变量（如 outcome），由外面的网关分路",
    ),
    "escalationEventDefinition": ("升级", "请改用不中断的定时边界事件，或由网关分路"),
    "signalEventDefinition": ("信号", "请改用消息事件"),
    "conditionalEventDefinition": ("条件", "请改用排他网关，或由消息告知条件成立"),
    "compensateEventDefinition": ("补偿", "请把撤销后的处理画成普通步骤"),
    "cancelEventDefinition": ("取消", "请改用普通结束，结果写入变量，由外面的网关分路"),
    "linkEventDefinition": ("链接", "请直接用连线连到目标"),
    TIMER: ("定时", "请由系统按时发起，或把定时画成中间捕获事件"),
    MESSAGE: ("消息", "请用空开始事件，由发起页面或接口发起"),
    "terminateEventDefinition": ("终止", "请改用终止结束事件"),
}


def only_allowed_events(diagram: Diagram) -> Iterable[Diagnosis]:
    """An event of a kind that is ignored or wrong in the library."""
    for kind, allowed in EVENTS.items():
        for node in each(diagram.root, kind):
            for definition in _definitions(node):
                if tag(definition) not in allowed:
                    word, remedy = KINDS.get(tag(definition), (tag(definition), "请换一种画法"))
                    yield finding(
                        node,
                        "event-not-allowed",
                        f"{called(node)}应为{_words(allowed)}，实为{word}事件。",
                        remedy,
                    )


def one_definition(diagram: Diagram) -> Iterable[Diagnosis]:
    """An event that waits for two things, or for nothing at all."""
    for kind in ("boundaryEvent", "intermediateCatchEvent", "endEvent", "intermediateThrowEvent"):
        for node in each(diagram.root, kind):
            count = len(_definitions(node))
            if count > 1:
                yield finding(
                    node,
                    "event-of-two-kinds",
                    f"{called(node)}应只有一种事件类型，实有{count}种。",
                    "请拆成几个事件",
                )
            elif count == 0 and kind in ("boundaryEvent", "intermediateCatchEvent"):
                yield finding(
                    node,
                    "event-missing",
                    f"{called(node)}应为{_words(EVENTS[kind])}，实为没有类型的事件。",
                    "请在属性里选定时或消息",
                )


def boundary_events_hang_on_activities(diagram: Diagram) -> Iterable[Diagnosis]:
    """A boundary event whose host is not there, or is no activity, never fires."""
    for node in each(diagram.root, "boundaryEvent"):
        host = diagram.by_id.get(node.get("attachedToRef") or "")
        if host is None or tag(host) not in ACTIVITIES or host.getparent() is not node.getparent():
            named = "没有" if host is None else called(host)
            yield finding(
                node,
                "boundary-without-host",
                f"{called(node)}应附在同一层的任务或子流程上，实为{named}。",
                "请把边界事件拖到要看管的步骤上",
            )


def nothing_leads_into_a_boundary_event(diagram: Diagram) -> Iterable[Diagnosis]:
    """A flow into a boundary or start event, or out of an end event, has no meaning."""
    for scope in diagram.scopes:
        graph = graph_of(scope)
        for flow in children(scope, "sequenceFlow"):
            target = graph.nodes.get(flow.get("targetRef"))
            source = graph.nodes.get(flow.get("sourceRef"))
            if target is not None and tag(target) in ("boundaryEvent", "startEvent"):
                yield finding(
                    flow,
                    "flow-into-start",
                    f"连线应到步骤、网关或结束事件，实为到{called(target)}。",
                    "请连到它后面的步骤",
                )
            if source is not None and tag(source) == "endEvent":
                yield finding(
                    flow,
                    "flow-out-of-end",
                    f"{called(source)}应是终点，实有出线。",
                    "请改为普通步骤，或删去这条连线",
                )


def terminate_keeps_what_was_written(diagram: Diagram) -> Iterable[Diagnosis]:
    """Inside a sub-process terminate ends other branches; what these wrote is lost."""
    for scope in each(diagram.root, "subProcess"):
        graph = graph_of(scope)
        splits = [
            name
            for name, node in graph.nodes.items()
            if (tag(node) in ("parallelGateway", "inclusiveGateway") and len(graph.flows[name]) > 1)
            or (tag(node) == "boundaryEvent" and not interrupts(node))
        ]
        for node in children(scope, "endEvent"):
            if splits and children(node, "terminateEventDefinition"):
                yield finding(
                    node,
                    "terminate-loses-data",
                    f"{called(node)}应等各分支都办完，实为终止：其他分支已写的内容会丢。",
                    "请用并行汇合等各分支办完；要提前收尾的，用消息边界事件",
                )


def _definitions(node: Node) -> list[Node]:
    return [child for child in node if tag(child).endswith("EventDefinition")]


def _words(allowed: tuple[str, ...]) -> str:
    return "或".join(WORDS[name] for name in allowed) + "事件" if allowed else "空事件"
