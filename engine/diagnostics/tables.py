"""Whether the rows of a decision table leave a gap or overlap, over every value its cells name.

For each column the values that matter are those written in it, those just beside a number, and one
that is written nowhere. A table whose cells look at other variables cannot be told so and is left
to its tests.
"""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Iterator
from typing import Any

from engine.decisions import Rule, Table
from engine.errors import Finding, GuichengError
from engine.unary_tests import compile_unary_test

MOST_CASES = 50_000
ELSEWHERE = "（其他）"  # a value no cell names


def rows_fit_together(table: Table, functions: frozenset[str] = frozenset()) -> list[Finding]:
    """Two rows for one case, or a case without a row, in a table that must hit exactly one."""
    if table.hit_policy != "UNIQUE" or not table.rules:
        return []
    last = table.rules[-1]
    otherwise = not any(last.conditions)
    rules = table.rules[:-1] if otherwise else table.rules
    try:
        cases = list(_cases(table, rules))
        hits = [(case, _hit(table, rules, case, functions)) for case in cases]
    except GuichengError:
        return []  # a cell looks beyond its column
    return [*_overlaps(table, hits), *([] if otherwise else _gaps(table, hits))]


Hits = list[tuple[tuple[Any, ...], list[int]]]


def _overlaps(table: Table, hits: Hits) -> Iterator[Finding]:
    told = set()
    for case, numbers in hits:
        if len(numbers) > 1 and (pair := tuple(numbers[:2])) not in told:
            told.add(pair)
            yield Finding(
                f"决策表“{table.name}”第{pair[0]}行和第{pair[1]}行会同时命中"
                f"（{_words(table, case)}）：请改成只命中一行。",
                field=table.id,
                code="table-overlap",
            )


def _gaps(table: Table, hits: Hits) -> Iterator[Finding]:
    open_cases = [case for case, numbers in hits if not numbers]
    if open_cases:
        yield Finding(
            f"决策表“{table.name}”有情形一行也不命中（{_words(table, open_cases[0])}）："
            "请补一行，或在最后加一行各格都空的“其他”。",
            field=table.id,
            code="table-gap",
        )


def _cases(table: Table, rules: tuple[Rule, ...]) -> Iterator[tuple[Any, ...]]:
    columns = [
        _values(rule.conditions[place] for rule in rules) for place in range(len(table.inputs))
    ]
    if math.prod(map(len, columns)) <= MOST_CASES:
        yield from itertools.product(*columns)


def _values(cells: Iterator[str]) -> list[Any]:
    found: list[Any] = [ELSEWHERE, None]
    for cell in cells:
        for constant in _constants(cell):
            if isinstance(constant, (int, float)) and not isinstance(constant, bool):
                found += [constant - 1, constant, constant + 1]
            else:
                found += [constant, not constant] if isinstance(constant, bool) else [constant]
    numeric = any(isinstance(each, (int, float)) and not isinstance(each, bool) for each in found)
    if numeric:  # text and nothing cannot be compared with a number
        found = [each for each in found if isinstance(each, (int, float))]
    kept: list[Any] = []
    for each in found:
        if not any(each is other or (type(each), each) == (type(other), other) for other in kept):
            kept.append(each)
    return kept


def _constants(cell: str) -> list[Any]:
    if not cell:
        return []
    source = compile_unary_test(cell, "cell_value", frozenset()).source
    return [
        node.value for node in ast.walk(ast.parse(source.strip())) if isinstance(node, ast.Constant)
    ]


def _hit(
    table: Table, rules: tuple[Rule, ...], case: tuple[Any, ...], functions: frozenset[str]
) -> list[int]:
    return [
        rule.number
        for rule in rules
        if all(
            not cell
            or compile_unary_test(cell, "cell_value", functions).evaluate({"cell_value": value}, {})
            for cell, value in zip(rule.conditions, case, strict=True)
        )
    ]


def _words(table: Table, case: tuple[Any, ...]) -> str:
    return "，".join(
        f"{column.label or column.text}＝{value}"
        for column, value in zip(table.inputs, case, strict=True)
    )
