"""Sub-processes and calls: what goes in, what comes out, what an interruption loses."""

from __future__ import annotations

from collections.abc import Iterable

from engine.diagnostics.graph import Graph, graph_of, reach
from engine.diagnostics.names import loop_names, read_directly, written
from engine.diagnostics.reading import (
    Diagram,
    Node,
    called,
    children,
    each,
    events,
    finding,
    interrupts,
    is_loop,
    processes,
    tag,
)
from engine.errors import WARNING, Diagnosis


def a_call_finds_its_process(diagram: Diagram) -> Iterable[Diagnosis]:
    """A call of a process that is not deployed with it."""
    for node in each(diagram.root, "callActivity"):
        key = node.get("calledElement") or ""
        if key not in diagram.package.processes:
            yield finding(
                node,
                "called-missing",
                f"{called(node)}应调用一起部署的流程，实为“{key}”，没有。",
                "请写被调用流程的编号（calledElement），并一并部署",
            )


def a_called_process_declares_its_variables(diagram: Diagram) -> Iterable[Diagnosis]:
    """Without declaration it writes over the caller's variables and leaks its own."""
    for process in processes(diagram.root):
        key = process.get("id") or ""
        if key in diagram.package.called and not children(process, "ioSpecification"):
            yield finding(
                process,
                "call-without-variables",
                f"被调用的流程{called(process)}应声明传入和传出的变量，实为没有。",
                "请写 ioSpecification，列出每个传入（dataInput）和传出（dataOutput）",
            )


def no_process_calls_itself(diagram: Diagram) -> Iterable[Diagnosis]:
    """A circle of calls never comes to an end."""
    calls = {
        key: [node.get("calledElement") or "" for node in each(process, "callActivity")]
        for key, process in diagram.package.processes.items()
    }
    for process in processes(diagram.root):
        key = process.get("id") or ""
        if key in reach(calls, calls.get(key, ())):
            yield finding(
                process,
                "call-in-circle",
                f"流程{called(process)}应调用别的流程，实为绕了一圈又调用自己。",
                "请把重复的部分画成循环",
            )


def interruptions_keep_what_is_read_later(diagram: Diagram) -> Iterable[Diagnosis]:
    """What was written inside a sub-process is gone when an event interrupts it."""
    for scope in diagram.scopes:
        graph = graph_of(scope)
        for event, host in graph.hosts.items():
            node = graph.nodes[host]
            if tag(node) != "subProcess" or not interrupts(graph.nodes[event]):
                continue
            inside = written(diagram, node) - _written_beside(diagram, graph, scope, host)
            own = frozenset(diagram.package.defaults.get(host, {}))
            later = reach(graph.following, graph.following[event], without=[host])
            for name in sorted(later):
                lost = (inside - own) & read_directly(diagram, graph.nodes[name])
                lost -= written(diagram, graph.nodes[name])
                if lost:
                    yield finding(
                        graph.nodes[event],
                        "interruption-loses-data",
                        f"{called(graph.nodes[event])}中断后，{called(graph.nodes[name])}应读中断前的值，"
                        f"实读子流程里写的 {'、'.join(sorted(lost))}，已丢。",
                        "请把要留下的内容交给登记簿，或在中断之后重新填写",
                        WARNING,
                    )


def _written_beside(diagram: Diagram, graph: Graph, scope: Node, host: str) -> frozenset[str]:
    """What the scope has from elsewhere: other elements, its own item when it is a loop."""
    others = (written(diagram, node) for name, node in graph.nodes.items() if name != host)
    item = frozenset({loop_names(scope)[1]}) if is_loop(scope) else frozenset()
    return item.union(*others)


def interruptions_do_not_go_back(diagram: Diagram) -> Iterable[Diagnosis]:
    """After an interruption the old step starts from nothing, its clocks too."""
    for scope in diagram.scopes:
        graph = graph_of(scope)
        for event, host in graph.hosts.items():
            node = graph.nodes[event]
            if not interrupts(node) or tag(graph.nodes[host]) != "subProcess":
                continue
            if host in reach(graph.following, graph.following[event]):
                yield finding(
                    node,
                    "interruption-goes-back",
                    f"{called(node)}中断后应走向结束或全新的一轮，实又回到{called(graph.nodes[host])}："
                    "里面重新开始，时限也重算。",
                    "要回到原处的，请用单独的申请流程；确要重来的，可以保留",
                    WARNING,
                )


def timers_do_not_cut_calls_off(diagram: Diagram) -> Iterable[Diagnosis]:
    """A deadline that interrupts everything ends called processes in the middle."""
    for event, _ in events(diagram.root, "boundaryEvent", "timerEventDefinition"):
        host = diagram.by_id.get(event.get("attachedToRef") or "")
        if host is None or not interrupts(event) or tag(host) not in ("subProcess", "callActivity"):
            continue
        inner = [host] if tag(host) == "callActivity" else list(each(host, "callActivity"))
        if inner:
            yield finding(
                event,
                "timer-cuts-off-a-call",
                f"{called(event)}应等办到一半的事办完，实会中断正在调用的{called(inner[0])}。",
                "请把定时画在事件网关上，办完一轮再看是否到期",
                WARNING,
            )
