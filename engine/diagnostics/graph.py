"""The sequence flows of one scope as a graph. Boundary events go on from their host."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from engine.diagnostics.reading import Node, children, tag

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


ENDINGS = ("Task", "task", "Event", "Gateway", "Activity", "Process", "transaction", "Choreography")


@dataclass(frozen=True, slots=True)
class Graph:
    """nodes: by id; flows: source → flows in the order of the file; hosts: boundary event → host.

    Only flows both of whose ends stand in the scope are taken.
    """

    nodes: Mapping[str, Node]
    flows: Mapping[str, list[Node]]
    hosts: Mapping[str, str]
    events: Mapping[str, tuple[Node, ...]] = field(default_factory=dict)  # by host
    following: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    preceding: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def starts(self) -> list[str]:
        """The start events."""
        return [name for name, node in self.nodes.items() if tag(node) == "startEvent"]

    def entries(self) -> list[str]:
        """Where tokens come from, or would if the drawing were right."""
        return self.starts() + [
            name
            for name, node in self.nodes.items()
            if (tag(node) == "boundaryEvent" and name not in self.hosts)
            or node.get("triggeredByEvent") == "true"
        ]


def graph_of(scope: Node) -> Graph:
    """The graph of a process or an embedded sub-process."""
    nodes = {node.get("id") or "": node for node in scope if _is_node(node)}
    hosts = {
        name: node.get("attachedToRef")
        for name, node in nodes.items()
        if tag(node) == "boundaryEvent" and node.get("attachedToRef") in nodes
    }
    flows: dict[str, list[Node]] = {name: [] for name in nodes}
    following: dict[str, list[str]] = {name: [] for name in nodes}
    preceding: dict[str, list[str]] = {name: [] for name in nodes}
    for flow in children(scope, "sequenceFlow"):
        source, target = flow.get("sourceRef"), flow.get("targetRef")
        if source in nodes and target in nodes:
            flows[source].append(flow)
            following[source].append(target)
            preceding[target].append(source)
    events: dict[str, list[Node]] = {}
    for event, host in hosts.items():
        events.setdefault(host, []).append(nodes[event])
        following[host].append(event)
        preceding[event].append(host)
    fixed = {host: tuple(found) for host, found in events.items()}
    return Graph(nodes, flows, hosts, fixed, _fixed(following), _fixed(preceding))


def _is_node(node: Node) -> bool:
    """Also what is not allowed: its own finding is enough, what hangs on it is not at fault."""
    return tag(node).endswith(ENDINGS)


def _fixed(edges: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(ends) for name, ends in edges.items()}


def reach(
    edges: Mapping[str, Collection[str]], begin: Iterable[str], *, without: Collection[str] = ()
) -> set[str]:
    """Everything that can be reached along these edges, the beginning included."""
    seen: set[str] = set()
    waiting = [name for name in begin if name not in without]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += [each for each in edges.get(name, ()) if each not in without]
    return seen


def circles(graph: Graph, *, without: Collection[str] = ()) -> list[frozenset[str]]:
    """The largest sets of elements from each of which one can come to each (Kosaraju)."""
    order: list[str] = []
    seen: set[str] = set(without)
    for first in graph.nodes:
        stack = [(first, iter(graph.following[first]))] if first not in seen else []
        seen.add(first)
        while stack:
            name, rest = stack[-1]
            following = next((each for each in rest if each not in seen), None)
            if following is None:
                order.append(name)
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(graph.following[following])))
    found, taken = [], set(without)
    for name in reversed(order):
        if name not in taken:
            part = reach(graph.preceding, [name], without=taken)
            taken |= part
            if len(part) > 1 or name in graph.following[name]:
                found.append(frozenset(part))
    return found


def on_a_cycle(graph: Graph, name: str, *, without: Collection[str] = ()) -> bool:
    """Whether one can come back to this element."""
    return name in reach(graph.following, graph.following.get(name, ()), without=without)
