"""Whether the picture hangs together: every token has a way, and every way an end."""

from __future__ import annotations

from collections.abc import Iterable

from engine.diagnostics.graph import circles, graph_of, reach
from engine.diagnostics.reading import (
    ACTIVITIES,
    Diagram,
    called,
    children,
    each,
    finding,
    tag,
)
from engine.errors import ERROR, WARNING, Diagnosis

ONE_WAY = (
    *ACTIVITIES,
    "startEvent",
    "boundaryEvent",
    "intermediateCatchEvent",
    "intermediateThrowEvent",
)
SPLITS = ("exclusiveGateway", "inclusiveGateway")


def one_start_event(diagram: Diagram) -> Iterable[Diagnosis]:
    """Only the first of several start events would ever run."""
    for scope in diagram.scopes:
        starts = children(scope, "startEvent")
        if len(starts) != 1:
            yield finding(
                scope,
                "one-start",
                f"{called(scope)}应有一个开始事件，实有{len(starts)}个。",
                "请只留一个开始事件，不同的来由在后面用排他网关分路",
            )


def an_end_event(diagram: Diagram) -> Iterable[Diagnosis]:
    """A scope without an end event says it is complete wherever it stops."""
    for scope in diagram.scopes:
        if not children(scope, "endEvent"):
            yield finding(
                scope,
                "no-end",
                f"{called(scope)}应有结束事件，实为没有。",
                "请画结束事件，名称写结果",
            )


def every_flow_joins_two_elements(diagram: Diagram) -> Iterable[Diagnosis]:
    """A flow to nowhere, or across the border of a sub-process."""
    for scope in diagram.scopes:
        here = graph_of(scope).nodes
        for flow in children(scope, "sequenceFlow"):
            for end, word in (("sourceRef", "起点"), ("targetRef", "终点")):
                if flow.get(end) not in here:
                    yield finding(
                        flow,
                        "dangling-flow",
                        f"连线{called(flow)}的{word}应为同一层的图元，实为“{flow.get(end) or ''}”，"
                        "这里没有。",
                        "请把连线重新连到图元上；子流程里外之间不连线",
                    )


def one_way_out(diagram: Diagram) -> Iterable[Diagnosis]:
    """A task or event has one way out; where it goes on is a gateway's decision."""
    for node in each(diagram.root, *ONE_WAY):
        flows = diagram.flows.get(node.get("id") or "", ())
        if len(flows) != 1 and node.get("triggeredByEvent") != "true":
            yield finding(
                node,
                "one-way-out",
                f"{called(node)}应有一条出线，实有{len(flows)}条。",
                "没有出线的，请连到下一步或结束；要分路的，请画在后面的网关上",
            )


def no_flow_to_oneself(diagram: Diagram) -> Iterable[Diagnosis]:
    """The library does not come back from an element that leads to itself."""
    for flow in each(diagram.root, "sequenceFlow"):
        if flow.get("sourceRef") == flow.get("targetRef") and flow.get("sourceRef"):
            node = diagram.by_id.get(flow.get("sourceRef"), flow)
            yield finding(
                node,
                "self-loop",
                f"{called(node)}应连到别的图元，实为连到自己。",
                "要重办的，请在后面画排他网关，由网关连回前面的合并网关",
            )


def conditions_stand_where_they_count(diagram: Diagram) -> Iterable[Diagnosis]:
    """A condition on the way out of a task, or on a default flow, is not looked at."""
    for flow in each(diagram.root, "sequenceFlow"):
        source = diagram.by_id.get(flow.get("sourceRef") or "")
        if source is None or not children(flow, "conditionExpression"):
            continue
        if tag(source) not in SPLITS or source.get("default") == flow.get("id"):
            where = "缺省出线" if tag(source) in SPLITS else f"{called(source)}的出线"
            yield finding(
                flow,
                "condition-ignored",
                f"条件应写在排他或包容网关的分路上，实写在{where}上，不会看。",
                "请删去条件，或在中间画排他网关",
            )


def every_element_is_reached(diagram: Diagram) -> Iterable[Diagnosis]:
    """An element no token comes to."""
    for scope in diagram.scopes:
        graph = graph_of(scope)
        reached = reach(graph.following, graph.entries())
        for name, node in graph.nodes.items():
            if name not in reached and graph.starts():
                yield finding(
                    node,
                    "unreachable",
                    f"{called(node)}应能从开始事件走到，实为走不到。",
                    "请补上进线，或删去",
                )


def every_element_leads_to_an_end(diagram: Diagram) -> Iterable[Diagnosis]:
    """A circle without a way out."""
    for scope in diagram.scopes:
        graph = graph_of(scope)
        ends = [name for name, node in graph.nodes.items() if tag(node) == "endEvent"]
        leading = reach(graph.preceding, ends)
        for circle in circles(graph) if ends else ():
            for name in sorted(circle - leading):
                node = graph.nodes[name]
                yield finding(
                    node,
                    "no-way-to-the-end",
                    f"从{called(node)}应能走到结束事件，实为绕圈，没有出口。",
                    "请在圈里画排他网关，留一条通往结束的路",
                )


def diagrams_can_run(diagram: Diagram) -> Iterable[Diagnosis]:
    """A process that is only meant as a picture, or a file without one."""
    scopes = list(each(diagram.root, "process"))
    if not scopes:
        yield finding(
            diagram.root, "no-process", "文件里应有一个流程，实为没有。", "请画一个流程后再部署"
        )
    for process in scopes:
        if process.get("isExecutable", "true") != "true":
            yield finding(
                process,
                "not-executable",
                f"{called(process)}应为可执行的流程，实为只作图示（isExecutable 不为 true）。",
                "请在流程属性里勾选“可执行”",
            )


def pools_are_only_a_picture(diagram: Diagram) -> Iterable[Diagnosis]:
    """Message flows between pools carry nothing; a message goes by its name."""
    runs = {process.get("id") for process in each(diagram.root, "process")}
    for flow in each(diagram.root, "messageFlow"):
        yield finding(
            flow,
            "message-flow-ignored",
            f"消息应由消息事件按名称收发，实有消息流{called(flow)}，只作图示。",
            "请核对两端的消息事件用同一个消息名称",
            WARNING,
        )
    for pool in each(diagram.root, "participant"):
        if pool.get("processRef") and pool.get("processRef") not in runs:
            yield finding(
                pool,
                "pool-without-process",
                f"泳池{called(pool)}应指向文件里的流程，实为“{pool.get('processRef')}”，没有。",
                "请画出这个流程，或改为不带流程的泳池",
                ERROR,
            )
