"""Decision tables: every cell compiles and can match, every row can be hit."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from itertools import combinations

from engine.decisions import Rule, Table
from engine.diagnostics.reading import Package
from engine.diagnostics.tables import rows_fit_together
from engine.errors import WARNING, Diagnosis, GuichengError
from engine.expression_guards import BUILTINS
from engine.expressions import compile_expression
from engine.unary_tests import compile_unary_test


def cells_compile(package: Package, table: Table) -> Iterable[Diagnosis]:
    """A cell that cannot be computed, named by row and column."""
    known = package.known.functions
    for rule, column, cell, is_condition in _cells(table):
        try:
            if is_condition:
                compile_unary_test(cell, column, known)
            else:
                compile_expression(cell, known)
        except GuichengError as error:
            yield _of(
                table,
                rule,
                "table-cell",
                f"第{rule.number}行“{column}”的单元格应能计算，实为不能：{error.message}",
                "请按《表达式》说明改写",
            )


def cells_can_match(package: Package, table: Table) -> Iterable[Diagnosis]:
    """A cell of one value that no value can equal: a pair, an empty range, a bare word."""
    known = package.known.functions
    for rule, column, cell, is_condition in _cells(table):
        reason = _never(cell, column, known) if is_condition else None
        if reason:
            yield _of(
                table,
                rule,
                "cell-never-matches",
                f"第{rule.number}行“{column}”的单元格应能成立，实为“{cell}”：{reason}。",
                '请写成 "甲","乙"、? in ("甲", "乙")、[1..5] 或 > 5 这样的条件',
            )


def _never(cell: str, column: str, known: frozenset[str]) -> str | None:
    try:
        compiled = compile_unary_test(cell, column, known)
        tree = ast.parse(compiled.source, mode="eval").body
    except (GuichengError, SyntaxError, ValueError):
        return None
    if _is_empty_range(tree):
        return "范围是空的"
    compared = [part for part in ast.walk(tree) if isinstance(part, ast.Compare)]
    for part in compared:
        for operator, value in zip(part.ops, part.comparators, strict=True):
            if isinstance(operator, ast.Eq) and isinstance(value, ast.Tuple):
                return "一个值不会等于一组值"
    if column.strip() == "True" and not compiled.names - BUILTINS.keys() and "?" not in cell:
        return None if _truth(tree) else "条件总不成立"
    return None


def _is_empty_range(tree: ast.expr) -> bool:
    if not isinstance(tree, ast.Compare) or len(tree.ops) != 2:
        return False
    low, high = tree.left, tree.comparators[1]
    if not (isinstance(low, ast.Constant) and isinstance(high, ast.Constant)):
        return False
    try:
        strict = any(isinstance(operator, ast.Lt) for operator in tree.ops)
        return bool(low.value >= high.value if strict else low.value > high.value)  # type: ignore[operator]
    except TypeError:
        return True


def _truth(tree: ast.expr) -> bool:
    inner = tree.args[0] if isinstance(tree, ast.Call) and tree.args else tree
    return bool(inner.value) if isinstance(inner, ast.Constant) else True


def rows_can_be_hit(package: Package, table: Table) -> Iterable[Diagnosis]:
    """Rows that overlap or leave a gap; rows written alike where cells look at other variables."""
    found = rows_fit_together(table, package.known.functions)
    for each in found:
        yield Diagnosis(
            message=each.message,
            field=each.field,
            code=each.code,
            name=table.name,
            remedy="请改条件，使每种情形恰好命中一行；其余的在最后加一行各格都空的",
        )
    for one, other in combinations(table.rules, 2) if not found else ():
        if table.hit_policy == "UNIQUE" and one.conditions == other.conditions:
            yield _of(
                table,
                other,
                "table-overlap",
                f"第{other.number}行应与别的行不同时成立，实与第{one.number}行条件相同。",
                "请改条件，或合成一行",
            )


def outputs_have_values(package: Package, table: Table) -> Iterable[Diagnosis]:
    """An empty result cell gives nothing; a table that means so says None."""
    for rule in table.rules:
        for column, cell in zip(table.outputs, rule.results, strict=True):
            if not cell and table.hit_policy == "UNIQUE":
                yield _of(
                    table,
                    rule,
                    "result-empty",
                    f"第{rule.number}行“{column.text}”应写结果，实为空，按 None 处理。",
                    "请写结果；确实没有的写 None",
                    WARNING,
                )


def _cells(table: Table) -> Iterator[tuple[Rule, str, str, bool]]:
    for rule in table.rules:
        for column, cell in zip(table.inputs, rule.conditions, strict=True):
            if cell:
                yield rule, column.text, cell, True
        for column, cell in zip(table.outputs, rule.results, strict=True):
            if cell:
                yield rule, column.text, cell, False


def _of(
    table: Table, rule: Rule, code: str, message: str, remedy: str, *severity: str
) -> Diagnosis:
    return Diagnosis(
        message=f"决策表“{table.name}”：{message}",
        field=rule.id,
        code=code,
        name=table.name,
        remedy=remedy,
        **({"severity": severity[0]} if severity else {}),
    )
