"""Whether every expression and script of a diagram is one the engine will compute."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from lxml import etree

from engine.diagnostics.reading import SPIFF, Node, called, each, property_of, tag
from engine.errors import Finding, GuichengError
from engine.expressions import compile_expression, compile_script

IN_FORMAL_EXPRESSIONS = (
    "conditionExpression",
    "timeDate",
    "timeDuration",
    "timeCycle",
    "loopCardinality",
    "completionCondition",
    "loopCondition",
)
IN_PROPERTIES = (
    *("org", "field", "assignee", "party"),
    *("due_at", "due_fact", "due_length", "fact", "length", "due"),
)

Compile = Callable[[str, frozenset[str]], object]


def expressions_are_allowed(root: Node, functions: frozenset[str]) -> Iterable[Finding]:
    """Compile everything that would be computed later; each refusal names its element."""
    for node, text, compile_it in _sources(root):
        try:
            compile_it(text, functions)
        except GuichengError as error:
            yield Finding(
                f"{called(node)}的表达式不能用：{error.message}",
                field=node.get("id"),
                code="expression",
            )


def _sources(root: Node) -> Iterator[tuple[Node, str, Compile]]:
    for node in each(root, *IN_FORMAL_EXPRESSIONS):
        yield _owner(node), (node.text or "").strip(), compile_expression
    for node in each(root, "script"):
        yield _owner(node), node.text or "", compile_script
    for name in ("preScript", "postScript"):
        for node in root.iter(f"{{{SPIFF}}}{name}"):
            yield _owner(node), node.text or "", compile_script
    for node in each(root, "userTask", "boundaryEvent", "intermediateCatchEvent"):
        for name in IN_PROPERTIES:
            text = property_of(node, name)
            if text:
                yield node, text, compile_expression


def _owner(node: Node) -> Node:
    """The flow element an expression belongs to."""
    current: etree._Element | None = node
    while current is not None:
        if current.get("id") and tag(current) and not tag(current).endswith("Definition"):
            return current
        current = current.getparent()
    return node
