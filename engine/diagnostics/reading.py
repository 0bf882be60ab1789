"""How checks look at a diagram: the elements of one file, and what belongs to them."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from lxml import etree

from engine.decisions import Table
from engine.errors import ERROR, Diagnosis
from engine.forms import Form
from engine.procedure import RefuseSilence

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
ACTIVITIES = ("userTask", "scriptTask", "businessRuleTask", "callActivity", "subProcess")
LOOP = "multiInstanceLoopCharacteristics"

Node: TypeAlias = Any  # an element of lxml, which publishes no types


@dataclass(frozen=True, slots=True)
class Known:
    """What diagrams may name. None: unknown here, therefore not checked.

    functions: callable names; constants: other registered names; roles: codes of posts;
    clauses: how many articles the work rules have; conventions: what the office has set 【约】;
    refuse_silence: why silence may never answer a step with these properties.
    """

    functions: frozenset[str] = frozenset()
    constants: frozenset[str] = frozenset()
    roles: frozenset[str] | None = None
    clauses: int | None = None
    conventions: Container[str] | None = None
    refuse_silence: RefuseSilence | None = None


@dataclass(frozen=True)
class Package:
    """Everything that is deployed together. forms: by path; defaults: by process or scope id."""

    known: Known = Known()
    roots: Mapping[str, Node] = field(default_factory=dict)  # by path
    tables: Mapping[str, Table] = field(default_factory=dict)  # by id
    forms: Mapping[str, Form] = field(default_factory=dict)
    defaults: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @cached_property
    def diagrams(self) -> tuple[Diagram, ...]:
        """One for every BPMN file."""
        return tuple(Diagram(self, path, root) for path, root in self.roots.items())

    @cached_property
    def processes(self) -> dict[str, Node]:
        """Every process by its key."""
        return {
            process.get("id") or "": process
            for diagram in self.diagrams
            for process in processes(diagram.root)
        }

    @cached_property
    def called(self) -> frozenset[str]:
        """Keys of the processes that some call activity calls."""
        return frozenset(
            each_call.get("calledElement") or ""
            for root in self.roots.values()
            for each_call in each(root, "callActivity")
        )


@dataclass(frozen=True)
class Diagram:
    """One BPMN file within its package."""

    package: Package
    path: str
    root: Node

    @cached_property
    def flows(self) -> dict[str, list[Node]]:
        """Sequence flows by their source."""
        return outgoing(self.root)

    @cached_property
    def by_id(self) -> dict[str, Node]:
        """Every element that has an id."""
        return {
            node.get("id"): node
            for node in self.root.iter()
            if isinstance(node.tag, str) and node.get("id")
        }

    @cached_property
    def scopes(self) -> tuple[Node, ...]:
        """Every process and embedded sub-process."""
        return (*processes(self.root), *each(self.root, "subProcess"))

    @cached_property
    def messages(self) -> dict[str, str]:
        """Names of the file's messages by id."""
        return {node.get("id"): node.get("name") or "" for node in each(self.root, "message")}

    def form_of(self, node: Node) -> Form | None:
        """The form a step names; None without one or where it does not exist."""
        named = property_of(node, "form")
        return self.package.forms.get(f"{self.path.rpartition('/')[0]}/{named}") if named else None


def finding(
    node: Node, code: str, message: str, remedy: str, severity: str = ERROR, *, file: str = ""
) -> Diagnosis:
    """A diagnosis of this element."""
    return Diagnosis(
        message=message,
        field=node.get("id"),
        severity=severity,
        code=code,
        name=_name(node),
        remedy=remedy,
        file=file,
    )


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
    """Every BPMN element of these kinds, in the order of the file."""
    yield from root.iter(*(f"{{{BPMN}}}{name}" for name in names))


def children(node: Node, *names: str) -> list[Node]:
    """Direct children of these kinds."""
    return [child for child in node if tag(child) in names]


def events(root: Node, kind: str, definition: str) -> Iterator[tuple[Node, Node]]:
    """Every event of a kind with this definition: (event, definition)."""
    for event in each(root, kind):
        for found in children(event, definition):
            yield event, found


def loops(root: Node) -> Iterator[tuple[Node, Node]]:
    """Every multi-instance activity: (activity, its loop characteristics)."""
    for loop in each(root, LOOP):
        yield loop.getparent(), loop


def is_loop(node: Node) -> bool:
    """Whether the element is done several times at once or in order."""
    return bool(children(node, LOOP))


def called(node: Node) -> str:
    """What an office person would call the element: its name, else its id."""
    return f"“{_name(node) or node.get('id') or tag(node)}”"


def _name(node: Node) -> str:
    return " ".join((node.get("name") or "").split())


def scope_of(node: Node) -> Node:
    """The process or sub-process the element stands in."""
    return node.getparent()


def boundary_events(node: Node) -> list[Node]:
    """The events on the border of an activity."""
    return [
        event
        for event in children(scope_of(node), "boundaryEvent")
        if event.get("attachedToRef") == node.get("id")
    ]


def interrupts(event: Node) -> bool:
    """Whether a boundary event ends the activity it is attached to."""
    return bool(event.get("cancelActivity", "true").lower() == "true")


def property_of(node: Node, name: str) -> str | None:
    """A property of our own on an element, None without it."""
    return properties_of(node).get(name)


def properties_of(node: Node) -> dict[str, str]:
    """Every property of our own on an element."""
    return {
        found.get("name") or "": found.get("value") or ""
        for found in node.iterfind(
            f"{{{BPMN}}}extensionElements/{{{SPIFF}}}properties/{{{SPIFF}}}property"
        )
    }


def script_of(node: Node, name: str) -> str | None:
    """The preScript or postScript of an element, None without one."""
    found = node.find(f"{{{BPMN}}}extensionElements/{{{SPIFF}}}{name}")
    return None if found is None else found.text or ""


def text_of(node: Node | None) -> str:
    """The text of an element, stripped; empty when there is none."""
    return ((node.text if node is not None else "") or "").strip()


def outgoing(root: Node) -> dict[str, list[Node]]:
    """Sequence flows by their source."""
    flows: dict[str, list[Node]] = {}
    for flow in each(root, "sequenceFlow"):
        flows.setdefault(flow.get("sourceRef") or "", []).append(flow)
    return flows
