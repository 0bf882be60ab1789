"""Whether the picture hangs together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from engine.diagnostics.elements import FLOW_NODES
from engine.diagnostics.reading import (
    Node,
    called,
    children,
    each,
    outgoing,
    processes,
    property_of,
)
from engine.errors import Finding

ONE_WAY = ("userTask", "scriptTask", "businessRuleTask", "callActivity", "subProcess")


def one_start_event(root: Node, functions: frozenset[str]) -> Iterable[Finding]:
    """Only the first of several start events would ever run."""
    for scope in [*processes(root), *each(root, "subProcess")]:
        starts = children(scope, "startEvent")
        if len(starts) != 1:
            yield Finding(
                f"{called(scope)}应有一个开始事件，实有{len(starts)}个。",
                field=scope.get("id"),
                code="one-start",
            )
        if not children(scope, "endEvent"):
            yield Finding(
                f"{called(scope)}应有结束事件，实为没有。", field=scope.get("id"), code="no-end"
            )


def unique_ids(root: Node, functions: frozenset[str]) -> Iterable[Finding]:
    """Two elements with one id: the library silently takes one of them."""
    counts = Counter(node.get("id") for node in root.iter() if isinstance(node.tag, str))
    for identity, count in counts.items():
        if identity is not None and count > 1:
            yield Finding(
                f"编号“{identity}”用了{count}次，应只用一次。", field=identity, code="duplicate-id"
            )


def one_way_out_of_a_task(root: Node, functions: frozenset[str]) -> Iterable[Finding]:
    """A task has one way out; where it goes on is a gateway's decision."""
    flows = outgoing(root)
    for node in each(root, *ONE_WAY):
        count = len(flows.get(node.get("id") or "", ()))
        if count != 1:
            yield Finding(
                f"{called(node)}应有一条出线，实有{count}条：分路请画在后面的排他网关上。",
                field=node.get("id"),
                code="one-way-out",
            )


def gateway_has_a_default(root: Node, functions: frozenset[str]) -> Iterable[Finding]:
    """An exclusive split needs a default flow, and a condition on every other."""
    flows = outgoing(root)
    for node in each(root, "exclusiveGateway", "inclusiveGateway"):
        out = flows.get(node.get("id") or "", [])
        if not out:
            yield Finding(f"{called(node)}没有出线。", field=node.get("id"), code="no-way-out")
        if len(out) < 2:
            continue
        default = node.get("default")
        if default not in [flow.get("id") for flow in out]:
            yield Finding(
                f"{called(node)}分路时应有一条缺省出线，实为没有。",
                field=node.get("id"),
                code="no-default",
            )
        for flow in out:
            if flow.get("id") != default and not children(flow, "conditionExpression"):
                label = flow.get("name") or flow.get("id")
                yield Finding(
                    f"{called(node)}的出线“{label}”应写条件，实为没有。",
                    field=flow.get("id"),
                    code="no-condition",
                )


def nothing_dangles(root: Node, functions: frozenset[str]) -> Iterable[Finding]:
    """Every flow joins two elements that exist; every element can be reached."""
    nodes = {node.get("id"): node for node in each(root, *FLOW_NODES)}
    reached = set()
    for flow in each(root, "sequenceFlow"):
        reached.add(flow.get("targetRef"))
        for end in ("sourceRef", "targetRef"):
            if flow.get(end) not in nodes:
                yield Finding(
                    f"连线“{flow.get('id')}”的一端“{flow.get(end)}”不存在。",
                    field=flow.get("id"),
                    code="dangling-flow",
                )
    for identity, node in nodes.items():
        if identity not in reached and not node.tag.endswith(("startEvent", "boundaryEvent")):
            yield Finding(f"{called(node)}走不到：没有进线。", field=identity, code="unreachable")


def user_task_names_role_and_form(root: Node, functions: frozenset[str]) -> Iterable[Finding]:
    """Who acts and on which form is part of the drawing."""
    for node in each(root, "userTask"):
        if not (property_of(node, "role") or property_of(node, "assignee")):
            yield Finding(
                f"{called(node)}没有写由谁办理（role 属性）。", field=node.get("id"), code="no-role"
            )
        if not property_of(node, "form"):
            yield Finding(
                f"{called(node)}没有表单（form 属性）。", field=node.get("id"), code="no-form"
            )
