"""How checks look at a diagram."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeAlias

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"

Node: TypeAlias = Any  # an element of lxml, which publishes no types


def tag(node: Node) -> str:
    """Local name; empty for comments and for elements of other vocabularies."""
    if not isinstance(node.tag, str):
        return ""
    name = etree.QName(node)
    return name.localname if name.namespace == BPMN else ""


def processes(root: Node) -> Iterator[Node]:
    """Every process of the file."""
    yield from root.iter(f"{{{BPMN}}}process")


def each(root: Node, *names: str) -> Iterator[Node]:
    """Every BPMN element of these kinds."""
    for node in root.iter():
        if tag(node) in names:
            yield node


def children(node: Node, *names: str) -> list[Node]:
    """Direct children of these kinds."""
    return [child for child in node if tag(child) in names]


def called(node: Node) -> str:
    """What an office person would call the element: its name, else its id."""
    name = " ".join((node.get("name") or "").split())
    return f"“{name}”" if name else f"“{node.get('id') or tag(node)}”"


def property_of(node: Node, name: str) -> str | None:
    """One of our own properties of the element."""
    for found in node.iterfind(
        f"{{{BPMN}}}extensionElements/{{{SPIFF}}}properties/{{{SPIFF}}}property"
    ):
        if found.get("name") == name:
            return str(found.get("value"))
    return None


def outgoing(root: Node) -> dict[str, list[Node]]:
    """sourceRef → its sequence flows, in file order."""
    flows: dict[str, list[Node]] = {}
    for flow in each(root, "sequenceFlow"):
        flows.setdefault(flow.get("sourceRef") or "", []).append(flow)
    return flows
