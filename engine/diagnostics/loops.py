"""Multi-instance and loops: every instance gives a result, and there is an end."""

from __future__ import annotations

from collections.abc import Iterable

from engine.diagnostics.graph import Graph, graph_of, reach
from engine.diagnostics.names import loop_names, read_by
from engine.diagnostics.reading import (
    Diagram,
    Node,
    boundary_events,
    called,
    children,
    each,
    finding,
    interrupts,
    loops,
    tag,
    text_of,
)
from engine.errors import WARNING, Diagnosis


def loops_collect_their_results(diagram: Diagram) -> Iterable[Diagnosis]:
    """Several instances without collection write over each other."""
    for owner, _ in loops(diagram.root):
        if not all(loop_names(owner)[2:]):
            yield finding(
                owner,
                "loop-without-results",
                f"{called(owner)}是多实例，应收集每一份的结果，实为没有：各份会互相覆盖。",
                "请写 loopDataOutputRef（结果列表）和 outputDataItem（每份的结果）",
            )


def loops_go_over_a_list(diagram: Diagram) -> Iterable[Diagnosis]:
    """A number of rounds instead of a list fails in the library from the second entry on."""
    for owner, loop in loops(diagram.root):
        if not all(loop_names(owner)[:2]):
            given = "次数（loopCardinality）" if children(loop, "loopCardinality") else "没有"
            yield finding(
                owner,
                "loop-without-list",
                f"{called(owner)}是多实例，应按列表逐项办理，实为{given}。",
                "请写 loopDataInputRef（列表）和 inputDataItem（每项的变量名）",
            )
        elif children(loop, "loopCardinality"):
            yield finding(
                owner,
                "loop-without-list",
                f"{called(owner)}应只按列表办理，实又写了次数（loopCardinality）。",
                "请删去 loopCardinality",
            )


def results_go_to_a_list_of_their_own(diagram: Diagram) -> Iterable[Diagnosis]:
    """Results collected into the list that is gone through, or into an item's name."""
    for owner, _ in loops(diagram.root):
        source, item, target, result = loop_names(owner)
        names = [name for name in (source, item, target, result) if name]
        if len(names) != len(set(names)):
            yield finding(
                owner,
                "loop-names-clash",
                f"{called(owner)}的列表、每项、结果列表、每份结果应为四个不同的变量，"
                f"实为 {'、'.join(names)}。",
                "请给它们不同的名称",
            )


def loops_are_not_cut_off(diagram: Diagram) -> Iterable[Diagnosis]:
    """An interrupting event on the loop itself loses the results collected so far."""
    for owner, _ in loops(diagram.root):
        for event in boundary_events(owner):
            if interrupts(event):
                yield finding(
                    event,
                    "loop-cut-off",
                    f"{called(event)}应画在多实例子流程里面，实在它的边上：已收集的结果会丢。",
                    "请画在多实例子流程里面的步骤上，每份各自到期",
                )


def loops_end_by_what_one_result_says(diagram: Diagram) -> Iterable[Diagnosis]:
    """A completion condition sees one finished instance, not the list and no counters."""
    for owner, loop in loops(diagram.root):
        for condition in children(loop, "completionCondition"):
            target = loop_names(owner)[2]
            read = read_by(diagram, text_of(condition))
            counters = {name for name in read if name.startswith("nrOf")} | (read & {target})
            if counters:
                yield finding(
                    owner,
                    "loop-completion",
                    f"{called(owner)}的结束条件应只看刚办完那一份的结果，实看"
                    f"{'、'.join(sorted(counters))}，永不成立。",
                    '请只用每份的变量，如 res == "NO"；按数量结束的，请用会签策略（policy）',
                )


def no_loop_straight_from_a_boundary_event(diagram: Diagram) -> Iterable[Diagnosis]:
    """The library cannot make the instances of a loop it had predicted behind an event."""
    for scope in diagram.scopes:
        graph = graph_of(scope)
        walls = [name for name, node in graph.nodes.items() if tag(node) == "exclusiveGateway"]
        for name in graph.hosts:
            for reached in sorted(reach(graph.following, [name], without=walls)):
                node = graph.nodes[reached]
                if children(node, "multiInstanceLoopCharacteristics"):
                    yield finding(
                        node,
                        "loop-after-boundary",
                        f"{called(node)}是多实例，应在排他网关之后，实从边界事件"
                        f"{called(graph.nodes[name])}直接走到。",
                        "请在边界事件与多实例之间画一个排他网关",
                    )


def messages_in_loops_reach_every_instance(diagram: Diagram) -> Iterable[Diagnosis]:
    """One message goes to all instances of a loop at once."""
    for owner, _ in loops(diagram.root):
        for event in each(owner, "boundaryEvent", "intermediateCatchEvent"):
            if children(event, "messageEventDefinition"):
                yield finding(
                    event,
                    "message-in-a-loop",
                    f"{called(event)}应收给一份的消息，实在多实例里面：一条消息会到每一份。",
                    "要分别处理的，用步骤的结论；要一起结束的，可以保留",
                    WARNING,
                )


def loops_do_not_wait_for_the_silent(diagram: Diagram) -> Iterable[Diagnosis]:
    """Beside other branches: a loop with reminders only never ends while one party is silent."""
    for scope in diagram.scopes:
        graph = graph_of(scope)
        for name, node in graph.nodes.items():
            if tag(node) != "subProcess" or not children(node, "multiInstanceLoopCharacteristics"):
                continue
            inside = list(each(node, "boundaryEvent"))
            only_reminders = inside and not any(interrupts(event) for event in inside)
            if only_reminders and _joined_later(graph, name):
                yield finding(
                    node,
                    "loop-waits-for-the-silent",
                    f"{called(node)}应有到期后的走法，实只有催办：一家不答复，后面的汇合就过不去。",
                    "请给里面的步骤加中断的定时或消息边界事件，并写明结果",
                    WARNING,
                )


def _joined_later(graph: Graph, name: str) -> bool:
    return any(
        tag(graph.nodes[each_name]) == "parallelGateway" and len(graph.preceding[each_name]) > 1
        for each_name in reach(graph.following, [name])
    )


def standard_loops_end(diagram: Diagram) -> Iterable[Diagnosis]:
    """A loop marker without a bound, or with one that is no number."""
    for loop in each(diagram.root, "standardLoopCharacteristics"):
        owner: Node = loop.getparent()
        maximum = loop.get("loopMaximum")
        if maximum is not None and not (maximum.isdigit() and int(maximum) > 0):
            yield finding(
                owner,
                "loop-without-bound",
                f"{called(owner)}的循环上限应为正整数，实为“{maximum}”。",
                "请写 loopMaximum，如 5",
            )
        elif maximum is None and not children(loop, "loopCondition"):
            yield finding(
                owner,
                "loop-without-bound",
                f"{called(owner)}的循环应有条件或上限，实为没有。",
                "请写 loopCondition（继续的条件）或 loopMaximum",
            )
