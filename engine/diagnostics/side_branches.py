"""What follows an event that does not interrupt."""

from __future__ import annotations

from collections.abc import Iterable

from engine.diagnostics.graph import graph_of, reach
from engine.diagnostics.reading import Diagram, called, finding, interrupts, tag
from engine.errors import Diagnosis

WAITS = frozenset({"userTask", "callActivity", "subProcess", "intermediateCatchEvent"})


def side_branches_ask_nobody(diagram: Diagram) -> Iterable[Diagnosis]:
    """After a non-interrupting event a step that waits holds up the end of its scope."""
    for scope in diagram.scopes:
        graph = graph_of(scope)
        for event in graph.hosts:
            if interrupts(graph.nodes[event]):
                continue
            for name in sorted(reach(graph.following, graph.following[event])):
                if tag(graph.nodes[name]) in WAITS:
                    yield finding(
                        graph.nodes[name],
                        "side-branch-waits",
                        f"{called(graph.nodes[event])}不中断办理，后面应只有脚本和结束，"
                        f"实有要等的{called(graph.nodes[name])}。",
                        "请只发提醒（脚本）然后结束；要人办的，画成中断或单独的流程",
                    )
