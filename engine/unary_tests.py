"""The conditions in the cells of decision tables, in both spellings, as one kind of expression.

Python subset: `"a"` · `> 5` · `1 < ? < 6` · `? in ("a", "b")` · `not ?` · `limit is not None and
? > limit`. FEEL, as DMN editors write it: `"a","b"` · `not("a")` · `[1..5]` · `true` ·
`date("2026-01-01")`. `?` stands for the column's own expression.
"""

from __future__ import annotations

from functools import lru_cache

from lark import Lark, Token, Transformer
from lark.exceptions import LarkError

from engine.expressions import Expression, compile_expression

_FEEL = Lark(
    r"""
    start: negated | tests
    negated: "not" "(" tests ")"
    tests: test ("," test)*
    ?test: interval | comparison | value
    interval: OPEN value ".." value CLOSE
    comparison: OPERATOR value
    ?value: date | literal
    date: "date" "(" STRING ")"
    literal: STRING | NUMBER | WORD
    OPEN: "[" | "(" | "]"
    CLOSE: "]" | ")" | "["
    OPERATOR: "<=" | ">=" | "<" | ">" | "!=" | "="
    WORD: "true" | "false" | "null"
    STRING: /"[^"\\]*"/
    NUMBER: /-?\d+(\.\d+)?/
    %import common.WS
    %ignore WS
    """,
    parser="lalr",
)
_WORDS = {"true": "True", "false": "False", "null": "None"}


class _Python(Transformer[Token, str]):
    """FEEL as the same condition in the Python subset, over the name `cell_value`."""

    def literal(self, parts: list[Token]) -> str:
        return _WORDS.get(str(parts[0]), str(parts[0]))

    def date(self, parts: list[Token]) -> str:
        return str(parts[0])

    def comparison(self, parts: list[str]) -> str:
        operator = "==" if parts[0] == "=" else parts[0]
        return f"cell_value {operator} {parts[1]}"

    def interval(self, parts: list[str]) -> str:
        low = "<=" if parts[0] == "[" else "<"
        high = "<=" if parts[3] == "]" else "<"
        return f"{parts[1]} {low} cell_value {high} {parts[2]}"

    def tests(self, parts: list[str]) -> str:
        return " or ".join(
            f"({each})" if "cell_value" in each else f"(cell_value == {each})" for each in parts
        )

    def negated(self, parts: list[str]) -> str:
        return f"not ({parts[0]})"

    def start(self, parts: list[str]) -> str:
        return parts[0]


@lru_cache(maxsize=4096)
def compile_unary_test(cell: str, column: str, functions: frozenset[str]) -> Expression:
    """The condition of one cell as an expression that is true or false.

    A column whose expression is `True` holds free conditions over any variables.
    """
    text = cell.strip()
    if column.strip() == "True" and "?" not in text:
        return compile_expression(f"bool({text})", functions)
    feel = _feel(text)
    if feel is not None:
        return compile_expression(feel.replace("cell_value", f"({column})"), functions)
    return compile_expression(_python(text).replace("cell_value", f"({column})"), functions)


def _feel(text: str) -> str | None:
    """The condition when it is written in the FEEL subset, else None."""
    try:
        return str(_Python().transform(_FEEL.parse(text)))
    except LarkError:
        return None


def _python(text: str) -> str:
    """A cell in the Python subset as a whole condition."""
    if _outside_strings(text, "?"):
        return f"bool({_replace_marks(text)})"
    if text.startswith(("in ", "in(", "not in ", "is ", "==", "!=", "<", ">")):
        return f"cell_value {text}"
    return f"cell_value == ({text})"


def _outside_strings(text: str, mark: str) -> bool:
    return mark in _without_strings(text)


def _without_strings(text: str) -> str:
    out, quote = [], ""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        else:
            out.append(char)
    return "".join(out)


def _replace_marks(text: str) -> str:
    out, quote = [], ""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == "?":
            char = "cell_value"
        out.append(char)
    return "".join(out)
