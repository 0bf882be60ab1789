"""Cells of decision tables mean the same in both spellings."""

from __future__ import annotations

from typing import Any

import pytest

from engine.expressions import ExpressionError
from engine.unary_tests import compile_unary_test

VALUES: list[Any] = ["a", "b", "c", 0, 1, 3, 5, 6, True, False, None, "2026-03-01"]


def holds(cell: str, value: Any, **others: Any) -> bool:
    compiled = compile_unary_test(cell, "asked", frozenset({"len"}))
    return bool(compiled.evaluate({"asked": value, **others}, {}))


@pytest.mark.parametrize(
    ("feel", "python"),
    [
        ('"a","b"', '? in ("a", "b")'),
        ('not("a","b")', '? not in ("a", "b")'),
        ('not("a")', '!= "a"'),
        ("true", "True"),
        ("null", "None"),
        ("null", "? is None"),
        ('"a"', '== "a"'),
        ('date("2026-03-01")', '"2026-03-01"'),
    ],
)
def test_both_spellings_mean_the_same(feel: str, python: str) -> None:
    for value in VALUES:
        assert holds(feel, value) == holds(python, value), value


@pytest.mark.parametrize(
    ("feel", "python"),
    [
        ("[1..5]", "1 <= ? <= 5"),
        ("(1..5)", "1 < ? < 5"),
        ("[1..5)", "1 <= ? and ? < 5"),
        ("> 3", "? > 3"),
        ("<= 3,> 5", "? <= 3 or ? > 5"),
        ("-3", "? == -3"),
        ("[low..5]", "low <= ? <= 5"),
    ],
)
def test_ranges_mean_the_same(feel: str, python: str) -> None:
    for value in (-3, 0, 1, 2, 3, 4, 5, 6):
        assert holds(feel, value, low=2) == holds(python, value, low=2), value


def test_marks_and_commas_inside_a_text_are_the_text() -> None:
    assert holds('"it\'s ?, not(a)"', "it's ?, not(a)")
    assert holds("? == 'what?'", "what?")
    assert holds('"a\\"b"', 'a"b')
    assert not holds('not("a,b")', "a,b")


def test_not_around_a_part_is_no_not_around_the_cell() -> None:
    assert holds("not(flag) and (? > 1)", 3, flag=False)


def test_a_column_of_free_conditions_looks_at_any_variable() -> None:
    compiled = compile_unary_test('kind == "a" and n > 1', "True", frozenset())
    assert compiled.evaluate({"kind": "a", "n": 2}, {}) is True


def test_the_columns_expression_stands_for_the_mark() -> None:
    compiled = compile_unary_test("[1..5]", "len(names)", frozenset())
    assert compiled.evaluate({"names": ["x"]}, {}) is True


@pytest.mark.parametrize(
    ("cell", "column"), [("> ", "x"), ("in", "x"), ("import os", "x"), ("1", "x +")]
)
def test_what_is_no_condition_is_refused(cell: str, column: str) -> None:
    with pytest.raises(ExpressionError):
        compile_unary_test(cell, column, frozenset())
