"""Gateways: splits that decide, joins that wait for what can come."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from itertools import combinations

from engine.diagnostics.graph import Graph, graph_of, reach
from engine.diagnostics.reading import (
    Diagram,
    Node,
    called,
    children,
    each,
    finding,
    tag,
    text_of,
)
from engine.diagnostics.tokens import play
from engine.errors import WARNING, Diagnosis

XOR = "exclusiveGateway"
WORK = ("userTask", "callActivity", "subProcess")
DECIDING = (XOR, "inclusiveGateway")
GATEWAYS = (*DECIDING, "parallelGateway", "eventBasedGateway")


def a_gateway_has_a_way_out(diagram: Diagram) -> Iterable[Diagnosis]:
    """A token that comes to a gateway without a way out would vanish."""
    for node in each(diagram.root, *GATEWAYS):
        if not diagram.flows.get(node.get("id") or ""):
            yield finding(
                node,
                "no-way-out",
                f"{called(node)}应有出线，实为没有。",
                "请连到下一步或结束",
            )


def a_split_has_a_default(diagram: Diagram) -> Iterable[Diagnosis]:
    """Without a default a case nobody thought of stops with an error."""
    for node in each(diagram.root, *DECIDING):
        out = diagram.flows.get(node.get("id") or "", [])
        if len(out) > 1 and node.get("default") not in [flow.get("id") for flow in out]:
            yield finding(
                node,
                "no-default",
                f"{called(node)}分路时应有一条缺省出线，实为没有。",
                "请把“其他情况”走的那条设为缺省",
            )


def every_other_way_has_a_condition(diagram: Diagram) -> Iterable[Diagnosis]:
    """Each way that is not the default says when it is taken."""
    for node in each(diagram.root, *DECIDING):
        out = diagram.flows.get(node.get("id") or "", [])
        for flow in out if len(out) > 1 else ():
            if flow.get("id") != node.get("default") and not _condition(flow):
                yield finding(
                    flow,
                    "no-condition",
                    f"{called(node)}的出线{called(flow)}应写条件，实为没有。",
                    "请写条件，或设为缺省",
                )


def a_single_way_has_no_condition(diagram: Diagram) -> Iterable[Diagnosis]:
    """One way out with a condition: when it is false there is nowhere to go."""
    for node in each(diagram.root, *DECIDING):
        out = diagram.flows.get(node.get("id") or "", [])
        if len(out) == 1 and _condition(out[0]) and node.get("default") != out[0].get("id"):
            yield finding(
                node,
                "single-condition",
                f"{called(node)}只有一条出线，应不带条件，实有条件：不成立时无路可走。",
                "请删去条件，或补画缺省出线",
            )


def conditions_exclude_each_other(diagram: Diagram) -> Iterable[Diagnosis]:
    """Of two true flows an exclusive gateway takes the first of the file, which nobody sees."""
    for node in each(diagram.root, "exclusiveGateway"):
        out = [
            flow
            for flow in diagram.flows.get(node.get("id") or "", [])
            if flow.get("id") != node.get("default") and _condition(flow)
        ]
        for one, other in combinations(out, 2):
            if _overlap(_condition(one), _condition(other)):
                yield finding(
                    node,
                    "conditions-overlap",
                    f"{called(node)}的条件应互相排斥，实有两条可以同时成立："
                    f"{_condition(one)[:60]}；{_condition(other)[:60]}。",
                    "请改成不会同时成立的条件；要同时走几路的，用包容网关或多实例",
                )


def conditions_are_true_or_false(diagram: Diagram) -> Iterable[Diagnosis]:
    """A list or a text as a condition counts as true when it is not empty; rarely meant so."""
    for flow in each(diagram.root, "sequenceFlow"):
        name = _condition(flow)
        process = next(flow.iterancestors("{*}process"), None)
        key = process.get("id") if process is not None else ""
        value = diagram.package.defaults.get(key or "", {}).get(name)
        if name.isidentifier() and isinstance(value, (list, str, dict)):
            yield finding(
                flow,
                "condition-not-boolean",
                f"条件应是“是”或“否”，实为{'列表' if isinstance(value, list) else '文本'}变量"
                f"“{name}”。",
                f"请写成 len({name}) > 0 这样的条件",
                WARNING,
            )


def joins_get_what_they_wait_for(diagram: Diagram) -> Iterable[Diagnosis]:
    """A parallel join behind an exclusive split waits for a token that never comes."""
    for scope in diagram.scopes:
        graph = graph_of(scope)
        if not graph.starts():
            continue
        outcome = play(graph)
        for name in sorted(outcome.waiting):
            yield finding(
                graph.nodes[name],
                "join-waits-forever",
                f"{called(graph.nodes[name])}应等得到每一条进线，实有一种走法会永远等下去。",
                "分路用排他网关的，汇合也用排他网关；并行分出的，每一路都要到汇合",
            )
        for name in sorted(outcome.growing):
            yield finding(
                graph.nodes[name],
                "tokens-without-bound",
                f"{called(graph.nodes[name])}前的并行分支应先汇合再重办，实为每绕一圈多出一份。",
                "请把并行分支汇合以后，再由排他网关连回前面",
            )
        for name in sorted(outcome.twice - outcome.growing - outcome.waiting):
            if not _asks_somebody(graph, name):
                continue
            yield finding(
                graph.nodes[name],
                "runs-twice",
                f"{called(graph.nodes[name])}应只办一次，实有并行的几路各走到一次。",
                "请在它前面画并行汇合网关",
                WARNING,
            )


def _asks_somebody(graph: Graph, name: str) -> bool:
    """Whether it is work and no bookkeeping, or deciding gateways lead from it to work."""
    others = {each_name for each_name in graph.nodes if tag(graph.nodes[each_name]) != XOR}
    near = {name} | reach(graph.following, [name], without=others - {name})
    ahead = near.union(*(graph.following[each_name] for each_name in near - others))
    return any(tag(graph.nodes[each_name]) in WORK for each_name in ahead)


def event_gateways_wait_for_events(diagram: Diagram) -> Iterable[Diagnosis]:
    """Behind an event gateway stand only events, and at most one of them a timer."""
    for node in each(diagram.root, "eventBasedGateway"):
        targets = [
            target
            for flow in diagram.flows.get(node.get("id") or "", ())
            if (target := diagram.by_id.get(flow.get("targetRef"))) is not None
        ]
        for target in targets:
            if tag(target) != "intermediateCatchEvent":
                yield finding(
                    node,
                    "event-gateway-target",
                    f"{called(node)}后面应是消息或定时捕获事件，实为{called(target)}。",
                    "请在中间画捕获事件，或改用排他网关",
                )
        timed = [target for target in targets if children(target, "timerEventDefinition")]
        if len(timed) > 1:
            yield finding(
                node,
                "two-timers",
                f"{called(node)}后面应至多一个定时事件，实有{len(timed)}个：第二个会用第一个的时刻。",
                "请把几个时刻合成一个表达式，取最早的一个",
            )


def _condition(flow: Node) -> str:
    return text_of(next(iter(children(flow, "conditionExpression")), None))


def _overlap(one: str, other: str) -> bool:
    """Surely both true at once: the same condition, or the same value of the same variable."""
    if one == other:
        return True
    first, second = dict(_values(one)), dict(_values(other))
    return any(first[name] & second[name] for name in first.keys() & second.keys())


def _values(source: str) -> Iterator[tuple[str, frozenset[object]]]:
    """`x == "a"` → (x, {a}); `x in ("a", "b")` → (x, {a, b}); else nothing."""
    try:
        tree = ast.parse(source, mode="eval").body
        if not isinstance(tree, ast.Compare) or len(tree.ops) != 1:
            return
        value = ast.literal_eval(tree.comparators[0])
        if isinstance(tree.ops[0], ast.Eq):
            yield ast.unparse(tree.left), frozenset([value])
        elif isinstance(tree.ops[0], ast.In):
            yield ast.unparse(tree.left), frozenset(value)
    except (SyntaxError, ValueError, TypeError):
        return
