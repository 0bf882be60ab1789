"""The conditions in the cells of decision tables, in both spellings, as one kind of expression.

Python subset: `"a"` · `> 5` · `1 < ? < 6` · `? in ("a", "b")` · `not ?` · `limit is not None and
? > limit`. FEEL, as DMN editors write it: `"a","b"` · `not("a")` · `[1..5]` · `true` ·
`date("2026-01-01")`. `?` stands for the column's own expression.
"""

from __future__ import annotations

import ast
from functools import lru_cache

from engine.expressions import Expression, ExpressionError, compile_expression, compile_tree
from engine.feel import CELL, parse_tests

BEGINNINGS = ("in ", "in(", "not in ", "not in(", "is ", "==", "!=", "<", ">")


@lru_cache(maxsize=4096)
def compile_unary_test(cell: str, column: str, functions: frozenset[str]) -> Expression:
    """The condition of one cell as an expression that is true or false.

    A column whose expression is `True` holds free conditions over any variables.
    """
    text = cell.strip()
    if column.strip() == "True" and "?" not in text:
        return compile_expression(f"bool({text})", functions)
    about = _column(column)
    if not _outside_strings(text, "?"):
        try:
            return compile_tree(text, parse_tests(text, about), functions)
        except SyntaxError:
            pass  # then it is written in the Python subset
    return compile_expression(_python(text).replace(CELL, f"({column})"), functions)


def _column(column: str) -> ast.expr:
    try:
        return ast.parse(column.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(f"列的表达式写法有误：{column}。") from error


def _python(text: str) -> str:
    """A cell in the Python subset as a whole condition."""
    if _outside_strings(text, "?"):
        return f"bool({_replace_marks(text)})"
    if text.startswith(BEGINNINGS):
        return f"{CELL} {text}"
    return f"{CELL} == ({text})"


def _outside_strings(text: str, mark: str) -> bool:
    return any(char == mark for char, quoted in _characters(text) if not quoted)


def _replace_marks(text: str) -> str:
    return "".join(
        CELL if char == "?" and not quoted else char for char, quoted in _characters(text)
    )


def _characters(text: str) -> list[tuple[str, bool]]:
    """Each character, and whether it stands in a text; a backslash keeps the next one inside."""
    found, quote, escaped = [], "", False
    for char in text:
        found.append((char, bool(quote)))
        if escaped:
            escaped = False
        elif quote and char == "\\":
            escaped = True
        elif quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
    return found
