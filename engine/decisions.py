"""Decision tables: reads a DMN table and decides. Hit policies UNIQUE and COLLECT, nothing else.

Cells are written either as Python subset (`? in ("请示", "报告")`) or in the FEEL spelling that
DMN editors write (`"请示","报告"`); both compile to the same expressions.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from lxml import etree

from engine.errors import Finding, GuichengError, Invalid, Malformed
from engine.expression_guards import plain
from engine.expressions import Functions, compile_expression
from engine.unary_tests import compile_unary_test

rows_hit = logging.getLogger("engine.rows_hit")  # at debug: table, number of the row
HIT_POLICIES = ("UNIQUE", "COLLECT")


@dataclass(frozen=True, slots=True)
class Column:
    """An input (expression) or output (variable name) of a table."""

    text: str
    label: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: conditions and results as written, and the source it cites (its annotation)."""

    number: int
    id: str
    conditions: tuple[str, ...]
    results: tuple[str, ...]
    source: str | None


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table ready to decide."""

    id: str
    name: str
    hit_policy: str
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    rules: tuple[Rule, ...]

    def matching(self, variables: Mapping[str, Any], functions: Functions) -> list[Rule]:
        """Every row that applies, in order."""
        allowed = frozenset(functions)
        return [rule for rule in self.rules if self._matches(rule, variables, functions, allowed)]

    def decide(self, variables: Mapping[str, Any], functions: Functions) -> dict[str, Any]:
        """Output name → value. COLLECT gives a list per output; no row gives [] or None.

        Two rows of a UNIQUE table raise Malformed, naming both: the table is wrong, not the case.
        """
        rules = self.matching(variables, functions)
        if self.hit_policy == "UNIQUE" and len(rules) > 1:
            rules = [rule for rule in rules if not self._is_else(rule)]
            if len(rules) > 1:
                raise Malformed(
                    f"决策表“{self.name}”的第{rules[0].number}行和第{rules[1].number}行同时命中，"
                    "应只命中一行。请告诉流程设计人员。"
                )
        for rule in rules:
            rows_hit.debug("%s %s", self.id, rule.number)
        collected = [self._results(rule, variables, functions) for rule in rules]
        if self.hit_policy == "COLLECT":
            return {
                column.text: [row[column.text] for row in collected if row[column.text] is not None]
                for column in self.outputs
            }
        return collected[0] if collected else {column.text: None for column in self.outputs}

    def _is_else(self, rule: Rule) -> bool:
        return not any(rule.conditions) and rule is self.rules[-1]

    def _matches(
        self,
        rule: Rule,
        variables: Mapping[str, Any],
        functions: Functions,
        allowed: frozenset[str],
    ) -> bool:
        for column, cell in zip(self.inputs, rule.conditions, strict=True):
            if cell and not compile_unary_test(cell, column.text, allowed).evaluate(
                variables, functions
            ):
                return False
        return True

    def _results(
        self, rule: Rule, variables: Mapping[str, Any], functions: Functions
    ) -> dict[str, Any]:
        allowed = frozenset(functions)
        return {
            column.text: _sourced(
                plain(compile_expression(cell, allowed).evaluate(variables, functions), column.text)
                if cell
                else None,
                rule.source,
            )
            for column, cell in zip(self.outputs, rule.results, strict=True)
        }


def _sourced(value: Any, source: str | None) -> Any:
    """A result that is a record carries the source of its row, for whoever reads it."""
    return {"source": source, **value} if isinstance(value, dict) and source else value


def load(xml: str | bytes) -> Table:
    """Read a DMN file with one decision table. Raises Invalid with all findings at once."""
    decision = _decision(_root(xml))
    identity = decision.get("id") or ""
    name = decision.get("name") or identity
    table = next((each for each in decision if _tag(each) == "decisionTable"), None)
    if table is None:
        raise Invalid(
            [
                Finding(
                    f"“{name}”应为决策表，实为文字表达式或别的决策。", identity, code="table-kind"
                )
            ]
        )
    policy = table.get("hitPolicy") or "UNIQUE"
    findings = []
    if policy not in HIT_POLICIES or table.get("aggregation"):
        wanted = f"{policy} {table.get('aggregation') or ''}".strip()
        findings.append(
            Finding(
                f"“{name}”的命中策略应为 UNIQUE 或 COLLECT，实为 {wanted}。",
                identity,
                code="table-policy",
            )
        )
    inputs = tuple(
        Column(_text(next(each.iter(_in(each, "inputExpression")), None)), each.get("label") or "")
        for each in table
        if _tag(each) == "input"
    )
    outputs = tuple(
        Column(each.get("name") or "", each.get("label") or "")
        for each in table
        if _tag(each) == "output"
    )
    rules = tuple(
        _rule(number, each)
        for number, each in enumerate((each for each in table if _tag(each) == "rule"), 1)
    )
    found = Table(identity, name, policy, inputs, outputs, rules)
    findings += _findings(found)
    if findings:
        raise Invalid(findings)
    return found


def check_names(table: Table, functions: frozenset[str]) -> list[Finding]:
    """Cells that would not compile with these functions, each naming its row and column."""
    findings = []
    for rule in table.rules:
        for column, cell in zip(table.inputs, rule.conditions, strict=True):
            if cell:
                compile_it = partial(compile_unary_test, cell, column.text, functions)
                findings += _compiled(table, rule, column, compile_it)
        for column, cell in zip(table.outputs, rule.results, strict=True):
            if cell:
                compile_it = partial(compile_expression, cell, functions)
                findings += _compiled(table, rule, column, compile_it)
    return findings


def _compiled(
    table: Table, rule: Rule, column: Column, compile_it: Callable[[], object]
) -> list[Finding]:
    try:
        compile_it()
    except GuichengError as error:
        where = f"决策表“{table.name}”第{rule.number}行“{column.label or column.text}”"
        return [Finding(f"{where}：{error.message}", field=rule.id, code="table-cell")]
    return []


def _root(xml: str | bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(xml.encode() if isinstance(xml, str) else xml, parser)
    except etree.XMLSyntaxError as error:
        raise Malformed(f"决策表不是完整的XML文件（第{error.lineno}行）。") from error
    if root.getroottree().docinfo.doctype:
        raise Malformed("决策表含有DOCTYPE声明，不予接受。")
    return root


def _decision(root: etree._Element) -> etree._Element:
    decisions = [each for each in root if _tag(each) == "decision"]
    if len(decisions) != 1:
        raise Invalid(
            [Finding(f"一个文件应有一张决策表，实有{len(decisions)}张。", code="table-kind")]
        )
    return decisions[0]


def _findings(table: Table) -> list[Finding]:
    findings = []
    if not table.outputs or any(not column.text for column in table.outputs):
        findings.append(
            Finding(f"“{table.name}”的输出列应有变量名，实为没有。", table.id, code="table-outputs")
        )
    for rule in table.rules:
        widths = (len(rule.conditions), len(rule.results))
        if widths != (len(table.inputs), len(table.outputs)):
            findings.append(
                Finding(
                    f"“{table.name}”第{rule.number}行应有{len(table.inputs)}个条件、"
                    f"{len(table.outputs)}个结果，实有{widths[0]}个、{widths[1]}个。",
                    rule.id,
                    code="table-columns",
                )
            )
    return findings


def _rule(number: int, node: etree._Element) -> Rule:
    conditions = tuple(_cell(each) for each in node if _tag(each) == "inputEntry")
    results = tuple(_cell(each) for each in node if _tag(each) == "outputEntry")
    notes = [_cell(each) for each in node if _tag(each) == "annotationEntry"]
    described = [_text(each, own=True) for each in node if _tag(each) == "description"]
    source = next((each for each in [*notes, *described] if each), None)
    return Rule(number, node.get("id") or f"rule_{number}", conditions, results, source)


def _cell(node: etree._Element) -> str:
    text = _text(node)
    return "" if text == "-" else text


def _text(node: etree._Element | None, own: bool = False) -> str:
    if node is None:
        return ""
    if own:
        return (node.text or "").strip()
    return next(((each.text or "").strip() for each in node if _tag(each) == "text"), "")


def _tag(node: etree._Element) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _in(node: etree._Element, name: str) -> str:
    return f"{{{etree.QName(node).namespace}}}{name}"
