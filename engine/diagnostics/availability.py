"""Which variables surely have a value where they are read.

A forward analysis of each scope: what every way to an element has written. Defaults of
variables.json, what an instance is started with and what a call hands in are there from the start.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from engine.diagnostics.graph import Graph, graph_of, reach
from engine.diagnostics.names import (
    ALWAYS,
    IN_PROPERTIES,
    IN_TIMERS,
    assigned_surely,
    declared,
    loop_names,
    message_variables,
    payloads,
    read_by,
    read_by_form,
    read_by_script,
    read_by_table,
    read_by_timer,
    table_of,
    written_by_form,
)
from engine.diagnostics.reading import (
    LOOP,
    Diagram,
    Node,
    children,
    each,
    interrupts,
    is_loop,
    property_of,
    script_of,
    tag,
    text_of,
)

Names = frozenset[str]
COUNTERS = ("nrOfInstances", "nrOfActiveInstances", "nrOfCompletedInstances")


@dataclass(frozen=True, slots=True)
class Missing:
    """A read of names that not every way has given a value. place: where it is read."""

    process: Node
    node: Node
    place: str
    names: Names


@dataclass
class _Scope:
    """The analysis of one process or sub-process. given: what has a value at its start."""

    diagram: Diagram
    process: Node
    scope: Node
    given: Names
    missing: list[Missing] = field(default_factory=list)
    noting: bool = False

    @cached_property
    def graph(self) -> Graph:
        return graph_of(self.scope)

    def run(self) -> Names:
        """What surely has a value at the end; the reads without are in `missing`."""
        graph = self.graph
        entering = self._settled(graph)
        self.noting = True
        self.missing.clear()
        ends: list[Names] = []
        main = self._main_path(graph)
        for name, have in entering.items():
            leaving = self._visit(graph.nodes[name], have)
            self._conditions(graph, name, leaving)
            if tag(graph.nodes[name]) == "endEvent" and name in main:
                ends.append(leaving)
        return frozenset.intersection(*ends) if ends else self.given

    def _main_path(self, graph: Graph) -> set[str]:
        side = {name for name in graph.hosts if not interrupts(graph.nodes[name])}
        return reach(graph.following, graph.starts(), without=side)

    def _settled(self, graph: Graph) -> dict[str, Names]:
        """What surely has a value on entering each element that can be reached."""
        entering: dict[str, Names] = dict.fromkeys(graph.starts(), self.given)
        leaving: dict[str, Names] = {}
        waiting = list(entering)
        while waiting:
            name = waiting.pop(0)
            node = graph.nodes[name]
            out = self._visit(node, entering[name])
            if leaving.get(name) == out:
                continue
            leaving[name] = out
            for event in graph.events.get(name, ()):
                entering[event.get("id") or ""] = entering[name]
                waiting.append(event.get("id") or "")
            for flow in graph.flows[name]:
                target = flow.get("targetRef")
                ways = [
                    leaving[source]
                    for source in graph.preceding[target]
                    if source in leaving and target not in graph.hosts
                ]
                joined = _joined(graph.nodes[target], ways)
                if entering.get(target) != joined or target not in leaving:
                    entering[target] = joined
                    waiting.append(target)
        return entering

    # ---- one element -----------------------------------------------------------------------

    def _note(self, node: Node, place: str, names: Names, have: Names) -> None:
        lacking = names - have
        if self.noting and lacking:
            self.missing.append(Missing(self.process, node, place, lacking))

    def _script(self, node: Node, name: str, have: Names) -> Names:
        source = script_of(node, name)
        self._note(node, name, read_by_script(self.diagram, source), have)
        return have | assigned_surely(source)

    def _conditions(self, graph: Graph, name: str, have: Names) -> None:
        for flow in graph.flows[name]:
            for condition in children(flow, "conditionExpression"):
                self._note(flow, "条件", read_by(self.diagram, text_of(condition)), have)

    def _visit(self, node: Node, have: Names) -> Names:
        """What has a value after the element."""
        for event in self.graph.events.get(node.get("id") or "", ()):
            self._timers(event, have)
        have = self._script(node, "preScript", have)
        have = self._loop(node, have) if is_loop(node) else self._do(node, have)
        for loop in children(node, "standardLoopCharacteristics"):
            for condition in children(loop, "loopCondition"):
                self._note(node, "循环条件", read_by(self.diagram, text_of(condition)), have)
        return self._script(node, "postScript", have)

    def _loop(self, node: Node, have: Names) -> Names:
        source, item, target, result = loop_names(node)
        self._note(node, "多实例的输入", frozenset({source} - {""}), have)
        inner = self._do(node, have | {item})
        for condition in each(children(node, LOOP)[0], "completionCondition"):
            read = read_by(self.diagram, text_of(condition)) - {target, *COUNTERS}
            self._note(node, "结束条件", read, inner)
        self._note(node, "多实例的结果", frozenset({result} - {""}), inner)
        return have | ({target} - {""})

    def _do(self, node: Node, have: Names) -> Names:
        kind = tag(node)
        if kind in ("userTask", "startEvent"):
            return self._form(node, have)
        if kind == "scriptTask":
            for script in children(node, "script"):
                self._note(node, "脚本", read_by_script(self.diagram, script.text), have)
                have |= assigned_surely(script.text)
            return have
        if kind == "businessRuleTask":
            table = table_of(self.diagram, node)
            self._note(node, "决策表", read_by_table(self.diagram, table), have)
            return have | {column.text for column in (table.outputs if table else ())}
        if kind == "callActivity":
            called = self.diagram.package.processes.get(node.get("calledElement") or "")
            self._note(node, "调用的传入变量", declared(called, "dataInput"), have)
            return have | declared(called, "dataOutput")
        if kind == "subProcess":
            return have | self._inside(node, have)
        return self._event(node, have)

    def _form(self, node: Node, have: Names) -> Names:
        for name in IN_PROPERTIES:
            read = read_by(self.diagram, property_of(node, name))
            self._note(node, f"属性 {name}", read, have)
        form = self.diagram.form_of(node)
        self._note(node, "表单的条件", read_by_form(self.diagram, form), have)
        return have | written_by_form(form)

    def _inside(self, node: Node, have: Names) -> Names:
        own = frozenset(self.diagram.package.defaults.get(node.get("id") or "", {}))
        inner = _Scope(self.diagram, self.process, node, have | own)
        found = inner.run()
        if self.noting:
            self.missing += inner.missing
        return found

    def _event(self, node: Node, have: Names) -> Names:
        if tag(node) == "intermediateCatchEvent":
            self._timers(node, have)
        for payload in payloads(node):
            self._note(node, "消息内容", read_by(self.diagram, payload), have)
        return have | message_variables(node)

    def _timers(self, event: Node, have: Names) -> None:
        for timer in each(event, *IN_TIMERS):
            self._note(event, "定时", read_by_timer(self.diagram, text_of(timer)), have)
        for name in IN_PROPERTIES if self.noting else ():
            read = read_by(self.diagram, property_of(event, name))
            self._note(event, f"属性 {name}", read, have)


def _joined(node: Node, ways: list[Names]) -> Names:
    if tag(node) == "parallelGateway":
        return frozenset[str]().union(*ways)
    return frozenset.intersection(*ways) if ways else frozenset()


def missing_in(diagram: Diagram) -> Iterator[Missing]:
    """Every read in a file of names that not every way has given a value."""
    package = diagram.package
    for process in children(diagram.root, "process"):
        key = process.get("id") or ""
        given = frozenset(package.defaults.get(key, {})) | declared(process, "dataInput")
        if key not in package.called:
            given |= ALWAYS
        scope = _Scope(diagram, process, process, given)
        leaving = scope.run()
        yield from scope.missing
        lacking = declared(process, "dataOutput") - leaving
        if lacking:
            yield Missing(process, process, "传出变量", lacking)
