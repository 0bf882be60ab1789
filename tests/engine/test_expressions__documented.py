"""What the designers' page says about expressions is true, example by example."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine import expression_guards as guards
from engine import expression_nodes, expressions
from engine.errors import GuichengError
from engine.expressions import compile_expression, compile_feel, compile_script
from engine.unary_tests import compile_unary_test
from processes.shared.moments import FUNCTIONS

PAGE = (Path(__file__).parent.parent.parent / "docs" / "expressions.md").read_text("utf-8")
GIVEN = {
    "kind": "请示",
    "amount": 7,
    "names": ["甲", "乙", "丙"],
    "party": {"dept": "finance", "days": 7},
    "due_at": None,
    "FAR": FUNCTIONS["FAR"],
}


def rows(title: str, columns: int) -> Iterator[tuple[Any, ...]]:
    """The rows of the table under a heading, each cell without its code marks."""
    section = PAGE.split(f"\n## {title}")[1].split("\n## ")[0]
    for line in section.splitlines():
        cells = re.findall(r"`([^`]+)`", line)
        if line.startswith("| `") and len(cells) == columns:
            yield tuple(cells)


@pytest.mark.parametrize(("source", "result"), list(rows("条件", 2)))
def test_an_example_in_the_python_subset(source: str, result: str) -> None:
    assert compile_expression(source).evaluate(GIVEN, {}) == ast.literal_eval(result)


@pytest.mark.parametrize(("source", "result"), list(rows("FEEL", 2)))
def test_an_example_in_feel(source: str, result: str) -> None:
    assert compile_feel(source).evaluate(GIVEN, {}) == ast.literal_eval(result)


@pytest.mark.parametrize(("cell", "value", "result"), list(rows("决策表", 3)))
def test_an_example_of_a_cell(cell: str, value: str, result: str) -> None:
    compiled = compile_unary_test(cell, "asked", frozenset())
    found = compiled.evaluate({"asked": ast.literal_eval(value)}, {})
    assert found is ast.literal_eval(result)


def test_the_example_of_a_script() -> None:
    script = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert script
    variables: dict[str, Any] = {"names": ["甲", "乙"]}
    compile_script(script[1]).run(variables, {})
    assert (variables["total"], variables["marked"]) == (2, ["甲√", "乙√"])
    assert variables["word"] == "多"


@pytest.mark.parametrize(
    "wrong", [cells[0] for cells in rows("不能写的", 2)] + ["import os", "lambda v: v"]
)
def test_what_may_not_be_written_is_refused_with_its_line(wrong: str) -> None:
    if wrong == "PT1H":
        with pytest.raises(GuichengError, match="没有变量“PT1H”"):
            compile_expression(wrong).evaluate({}, {})
        return
    compile_it = compile_script if " = 1" not in wrong or "[" in wrong else compile_expression
    with pytest.raises(GuichengError, match="第1行"):
        compile_it(wrong)


def test_the_limits_and_functions_are_the_ones_of_the_program() -> None:
    for figure in (
        guards.MOST_ITERATIONS,
        guards.MOST_STEPS,
        guards.LONGEST_VALUE,
        guards.DEEPEST_VALUE,
        guards.WIDEST_NUMBER,
        expressions.LONGEST_SOURCE,
        expression_nodes.MOST_NODES,
    ):
        assert f"{figure:,}" in PAGE or str(figure) in PAGE, figure
    for name in guards.BUILTINS:
        assert re.search(rf"\b{name}\b", PAGE), name
    for methods in guards.METHODS.values():
        assert all(f".{name}()" in PAGE for name in methods)
