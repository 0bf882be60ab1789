"""Variables: written before they are read, and by one branch only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from engine.diagnostics.availability import missing_in
from engine.diagnostics.graph import FLOW_NODES, Graph, graph_of, reach
from engine.diagnostics.names import ALWAYS, declared, loop_names, read_directly, written
from engine.diagnostics.reading import (
    Diagram,
    Node,
    called,
    children,
    each,
    finding,
    is_loop,
    tag,
)
from engine.errors import ERROR, WARNING, Diagnosis


def variables_have_a_value(diagram: Diagram) -> Iterable[Diagnosis]:
    """A variable read where nothing, or not every way, has given it a value."""
    for missing in missing_in(diagram):
        anywhere = _anywhere(diagram, missing.process)
        never = sorted(missing.names - anywhere)
        maybe = sorted(missing.names & anywhere)
        if never:
            yield finding(
                missing.node,
                "variable-never-set",
                f"{called(missing.node)}的{missing.place}用到的变量应先有值，"
                f"实为从未赋值：{'、'.join(never)}。",
                "请在 variables.json 里给缺省值，或由表单、脚本、决策表写入",
            )
        if maybe:
            yield finding(
                missing.node,
                "variable-maybe-unset",
                f"{called(missing.node)}的{missing.place}用到的变量应在每条路上都先有值，"
                f"实有一条路上没有：{'、'.join(maybe)}。",
                "请在 variables.json 里给缺省值",
            )


def _anywhere(diagram: Diagram, process: Node) -> frozenset[str]:
    found = set(ALWAYS) | declared(process, "dataInput")
    found |= diagram.package.defaults.get(process.get("id") or "", {}).keys()
    for node in each(process, *FLOW_NODES):
        found |= written(diagram, node)
        if is_loop(node):
            found |= {loop_names(node)[1]}
    return frozenset(found)


def branches_write_keys_of_their_own(diagram: Diagram) -> Iterable[Diagnosis]:
    """Two parallel branches that write one variable: which value stays is chance."""
    for scope in diagram.scopes:
        graph = graph_of(scope)
        for name, node in graph.nodes.items():
            splits = tag(node) in ("parallelGateway", "inclusiveGateway")
            if not splits or len(graph.flows[name]) < 2:
                continue
            shared, joins = _written_by_two(diagram, graph, name)
            for key in sorted(shared):
                used = _read_after(diagram, scope, graph, joins, key)
                yield finding(
                    node,
                    "branches-write-one-variable",
                    f"{called(node)}分出的各路应各写各的变量，实都写“{key}”"
                    + ("，汇合后还要读。" if used else "。"),
                    "请给每一路不同的变量，汇合后再用",
                    ERROR if used else WARNING,
                )


def _read_after(diagram: Diagram, scope: Node, graph: Graph, joins: list[str], key: str) -> bool:
    """Whether the key is read behind the joins before something writes it anew."""
    writers = {name for name, node in graph.nodes.items() if key in written(diagram, node)}
    later = reach(graph.following, joins, without=writers)
    ends = any(tag(graph.nodes[name]) == "endEvent" for name in later)
    if ends and key in declared(scope, "dataOutput"):
        return True
    return any(key in read_directly(diagram, graph.nodes[name]) for name in later)


def _written_by_two(diagram: Diagram, graph: Graph, split: str) -> tuple[set[str], list[str]]:
    """Variables that more than one branch writes before the branches meet, and where they meet."""
    branches = [
        reach(graph.following, [flow.get("targetRef")], without=[split])
        for flow in graph.flows[split]
    ]
    met = Counter(name for branch in branches for name in branch)
    own = [{name for name in branch if met[name] == 1} for branch in branches]
    keys = Counter(
        key
        for branch in own
        for key in frozenset[str]().union(*(written(diagram, graph.nodes[name]) for name in branch))
    )
    joins = [
        name
        for name, count in met.items()
        if count > 1 and any(met[source] == 1 for source in graph.preceding[name])
    ]
    return {key for key, count in keys.items() if count > 1}, joins


def names_can_be_stored(diagram: Diagram) -> Iterable[Diagnosis]:
    """`typename` would be taken for a class when the instance is loaded again."""
    for process in each(diagram.root, "process"):
        for node in children(process, *FLOW_NODES):
            if "typename" in written(diagram, node):
                yield finding(
                    node,
                    "reserved-variable",
                    f"{called(node)}写的变量应为自己的名称，实为系统保留的 typename。",
                    "请换一个名称，如 type_name",
                )


def functions_are_not_variables(diagram: Diagram) -> Iterable[Diagnosis]:
    """A form field or table output named like a function hides the function."""
    known = diagram.package.known
    taken = known.functions | known.constants
    for node in each(diagram.root, "userTask", "startEvent", "businessRuleTask"):
        for name in sorted(written(diagram, node) & taken):
            yield finding(
                node,
                "variable-hides-a-function",
                f"{called(node)}写的变量应与函数不同名，实为“{name}”，是登记的函数。",
                "请改变量名",
            )
