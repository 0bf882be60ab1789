"""Circles that run by themselves: something in them must change what ends them."""

from __future__ import annotations

from collections.abc import Iterable

from engine.diagnostics.graph import Graph, circles, graph_of
from engine.diagnostics.names import read_by, written
from engine.diagnostics.reading import (
    Diagram,
    called,
    children,
    each,
    finding,
    tag,
    text_of,
)
from engine.errors import Diagnosis

PEOPLE_OR_TIME = frozenset({"userTask", "intermediateCatchEvent"})


def circles_come_to_an_end(diagram: Diagram) -> Iterable[Diagnosis]:
    """A circle without a person or an event, whose exits read nothing that it writes."""
    for scope in diagram.scopes:
        graph = graph_of(scope)
        waits = {name for name in graph.nodes if _waits(diagram, graph, name, frozenset())}
        for circle in circles(graph, without=waits):
            exits = [name for name in circle if _leaves(graph, name, circle)]
            if len(circle) > 1 and exits and not _changes(diagram, graph, circle, exits):
                node = graph.nodes[min(circle)]
                yield finding(
                    node,
                    "circle-without-bound",
                    f"经过{called(node)}的自动循环应会结束，实为圈里不改变出口条件用到的变量。",
                    "请在圈里写计数（如 n = n + 1）并用作出口条件，或让人办理一步",
                )


def _leaves(graph: Graph, name: str, circle: frozenset[str]) -> bool:
    return any(target not in circle for target in graph.following[name])


def _changes(diagram: Diagram, graph: Graph, circle: frozenset[str], exits: list[str]) -> bool:
    read: set[str] = set()
    for name in exits:
        for flow in graph.flows[name]:
            for condition in children(flow, "conditionExpression"):
                read |= read_by(diagram, text_of(condition))
    changed = frozenset[str]().union(*(written(diagram, graph.nodes[name]) for name in circle))
    return bool(read & changed)


def _waits(diagram: Diagram, graph: Graph, name: str, seen: frozenset[str]) -> bool:
    """Whether a person or an event stands in the element, called processes included."""
    node = graph.nodes[name]
    if tag(node) in PEOPLE_OR_TIME:
        return True
    if tag(node) == "subProcess":
        inner = graph_of(node)
        return any(_waits(diagram, inner, each_name, seen) for each_name in inner.nodes)
    key = node.get("calledElement") or ""
    process = diagram.package.processes.get(key)
    if tag(node) != "callActivity" or process is None or key in seen:
        return False
    return any(True for _ in each(process, *PEOPLE_OR_TIME, "callActivity"))
