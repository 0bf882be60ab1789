"""Whether every expression and script of a diagram is one the engine will compute."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from lxml import etree

from engine.diagnostics.names import BARE, IN_PROPERTIES, computed_words
from engine.diagnostics.reading import (
    SPIFF,
    Diagram,
    Node,
    called,
    each,
    finding,
    property_of,
    tag,
)
from engine.errors import Diagnosis, GuichengError
from engine.expressions import compile_expression, compile_script
from engine.spiff.defaults import COMPUTED, is_computed

IN_FORMAL_EXPRESSIONS = (
    "conditionExpression",
    "timeDate",
    "timeDuration",
    "timeCycle",
    "completionCondition",
    "loopCondition",
)

Compile = Callable[[str, frozenset[str]], object]


def expressions_are_allowed(diagram: Diagram) -> Iterable[Diagnosis]:
    """Compile everything that would be computed later; each refusal names its element and line."""
    known = diagram.package.known.functions
    for node, text, compile_it in _sources(diagram.root):
        try:
            compile_it(text, known)
        except GuichengError as error:
            yield finding(
                node,
                "expression",
                f"{called(node)}的表达式应能计算，实为不能：{error.message}",
                "请按《表达式》说明改写；没有的函数请先登记",
            )


def computed_defaults_run(diagram: Diagram) -> Iterable[Diagnosis]:
    """A default that is computed at entry ("=open_parties") must be an expression that runs."""
    known, defaults = diagram.package.known.functions, diagram.package.defaults
    for scope in diagram.scopes:
        for variable, default in defaults.get(scope.get("id") or "", {}).items():
            try:
                if is_computed(default):
                    compile_expression(default.removeprefix(COMPUTED), known)
            except GuichengError as error:
                yield finding(
                    scope,
                    "expression",
                    f"变量“{variable}”的缺省值应能计算，实为不能：{error.message}",
                    "请改写 variables.json 里“=”后面的表达式，或改用普通的值",
                )


def _sources(root: Node) -> Iterator[tuple[Node, str, Compile]]:
    for node in each(root, *IN_FORMAL_EXPRESSIONS):
        if node.text and node.text.strip() and not BARE.fullmatch(node.text.strip()):
            yield _owner(node), node.text.strip(), compile_expression
    for node in each(root, "script"):
        if node.text and node.text.strip():
            yield _owner(node), node.text, compile_script
    for name in ("preScript", "postScript"):
        for node in root.iter(f"{{{SPIFF}}}{name}"):
            if node.text and node.text.strip():
                yield _owner(node), node.text, compile_script
    for node in root.iter(f"{{{SPIFF}}}messagePayload"):
        yield _owner(node), node.text or "", compile_expression
    for node in each(root, "userTask", "boundaryEvent", "intermediateCatchEvent"):
        for name in IN_PROPERTIES:
            text = property_of(node, name)
            if text:
                yield node, text, compile_expression
        for text in computed_words(node):
            yield node, text, compile_expression


def _owner(node: Node) -> Node:
    """The flow element an expression belongs to."""
    current: etree._Element | None = node
    while current is not None:
        if current.get("id") and tag(current) and not tag(current).endswith("Definition"):
            return current
        current = current.getparent()
    return node
