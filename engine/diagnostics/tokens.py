"""The token game of one scope, played to every end: which joins can wait for ever.

Choices of gateways are taken as free, times and people as arbitrary. A step never disables
another (only joins look at several tokens), so one token at a time may be moved to its end; that
keeps the number of positions small. Terminate ends the scope, so a position with one is final.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product

from engine.diagnostics.graph import Graph, circles, reach
from engine.diagnostics.reading import children, interrupts, tag

MOST_POSITIONS = 20_000  # of one scope; beyond it the drawing is not judged
MOST_TOKENS = 8  # on one flow; more are without bound
WIDEST_CHOICE = 6  # flows out of an inclusive gateway whose subsets are all tried

Place = tuple[str, str]  # (source, target) of a flow; ("", start) before a start event
Position = tuple[Place, ...]  # sorted, one entry a token


@dataclass(frozen=True, slots=True)
class Outcome:
    """waiting: joins that can wait for ever; growing: elements where tokens pile up;
    twice: elements that two tokens can reach without having met."""

    waiting: frozenset[str]
    growing: frozenset[str]
    twice: frozenset[str]


def play(graph: Graph) -> Outcome:
    """Every position that can be reached, judged."""
    begin: Position = tuple(("", name) for name in graph.starts()[:1])
    circular = frozenset[str]().union(*circles(graph))
    order = {name: (_merges(graph, name), name in circular) for name in graph.nodes}
    seen: set[Position] = set()
    todo = [begin]
    waiting: set[str] = set()
    growing: set[str] = set()
    twice: set[str] = set()
    while todo and len(seen) < MOST_POSITIONS:
        position = todo.pop()
        if position in seen:
            continue
        seen.add(position)
        targets = [target for _, target in position if not _joins(graph, target)]
        twice |= {target for target in targets if targets.count(target) > 1}
        too_many = {place[1] for place in set(position) if position.count(place) > MOST_TOKENS}
        if too_many:
            growing |= too_many
            continue
        following = _steps(graph, order, position)
        if following is None:
            waiting |= {target for _, target in position}
        else:
            todo += following
    return Outcome(frozenset(waiting), frozenset(growing), frozenset(twice))


def _steps(
    graph: Graph, order: Mapping[str, tuple[bool, bool]], position: Position
) -> list[Position] | None:
    """The positions after the next step; [] at the end, None when nothing can move.

    Before a merge the others are waited for, so that two tokens that meet there are seen; what
    stands on no circle moves first, so that side branches of a loop do not pile up.
    """
    if not position:
        return []
    if any(children(graph.nodes[target], "terminateEventDefinition") for _, target in position):
        return []
    for place in sorted(position, key=lambda each: order[each[1]]):
        if not _joins(graph, place[1]):
            rest = _without(position, [place])
            return [_settled(graph, rest + made) for made in _made(graph, place[1])]
    for name in dict.fromkeys(target for _, target in position):
        consumed = _firing(graph, name, position)
        if consumed:
            rest = _without(position, consumed)
            return [_settled(graph, rest + made) for made in _made(graph, name)]
    return None


def _joins(graph: Graph, name: str) -> bool:
    kind = tag(graph.nodes[name])
    return kind in ("parallelGateway", "inclusiveGateway") and len(graph.preceding[name]) > 1


def _merges(graph: Graph, name: str) -> bool:
    return len(graph.preceding[name]) > 1


def _firing(graph: Graph, name: str, position: Position) -> list[Place]:
    """The tokens a join consumes now; empty when it may not fire. An inclusive one waits, by BPMN
    2.0.2 (13.4.3), for a token that can reach a flow on which none stands, and none on which one
    does."""
    here = {place for place in position if place[1] == name}
    if tag(graph.nodes[name]) == "parallelGateway":
        wanted = {(source, name) for source in graph.preceding[name]}
        return sorted(here) if here == wanted else []
    filled = {source for source, _ in here}
    empty = set(graph.preceding[name]) - filled
    for target in {target for _, target in position if target != name}:
        ahead = reach(graph.following, [target], without=[name])
        if ahead & empty and not ahead & filled:
            return []
    return sorted(here)


def _made(graph: Graph, name: str) -> Iterator[Position]:
    """The tokens one passing of an element makes: one entry for every way it may go."""
    out: list[Place] = [(name, flow.get("targetRef")) for flow in graph.flows[name]]
    kind = tag(graph.nodes[name])
    if kind in ("exclusiveGateway", "eventBasedGateway"):
        yield from ((each,) for each in out)
        return
    if kind == "inclusiveGateway" and 1 < len(out) <= WIDEST_CHOICE:
        for size in range(1, len(out) + 1):
            yield from combinations(out, size)
        return
    yield from _with_boundary(graph, name, tuple(out))


def _with_boundary(graph: Graph, name: str, out: Position) -> Iterator[Position]:
    """Its own way on or an interrupting event's, each with or without the side branches."""
    ways = [out]
    side: list[tuple[Position, Position]] = []
    for event in graph.events.get(name, ()):
        made = tuple(
            (event.get("id"), flow.get("targetRef")) for flow in graph.flows[event.get("id") or ""]
        )
        if interrupts(event):
            ways.append(made)
        else:
            side.append(((), made))
    for way in ways:
        for extra in product(*side):
            yield way + tuple(place for each in extra for place in each)


def _without(position: Position, consumed: list[Place]) -> Position:
    left = list(position)
    for place in consumed:
        left.remove(place)
    return tuple(left)


def _settled(graph: Graph, position: Position) -> Position:
    """Sorted, without the tokens that an end event has taken; terminate stays to be seen."""
    return tuple(
        sorted(
            place
            for place in position
            if tag(graph.nodes[place[1]]) != "endEvent"
            or children(graph.nodes[place[1]], "terminateEventDefinition")
        )
    )
