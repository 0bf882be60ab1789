"""The FEEL subset that decision-table and form editors write, read into our syntax tree.

Expressions: `days > 3 and not(done)` · `kind in ("a","b")` · `n in [1..5]` · `n between 1 and 5` ·
`if x = null then 0 else x` · `some v in xs satisfies v > 1` · `count(xs)` · `date("2026-01-01")` ·
names in Chinese. Cells (unary tests): `"a","b"` · `not("a")` · `[1..5]` · `> 5`.
A moment stays the ISO text it is; members of a list count from 1.
"""

from __future__ import annotations

import ast
import json
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import LarkError

CELL = "cell_value"  # what a unary test asks about

_GRAMMAR = r"""
    start: expression
    tests: test ("," test)*
    test: interval -> within
        | OPERATOR sum -> compared
        | expression -> equals
    ?expression: "if" expression "then" expression "else" expression -> conditional
        | "some" NAME "in" sum "satisfies" expression -> some
        | "every" NAME "in" sum "satisfies" expression -> every
        | either
    ?either: both
        | either "or" both -> one_of
    ?both: comparison
        | both "and" comparison -> all_of
    ?comparison: sum
        | sum OPERATOR sum -> comparing
        | sum "between" sum "and" sum -> between
        | sum "in" interval -> in_interval
        | sum "in" "(" tests ")" -> in_tests
        | sum "in" listed -> in_list
    ?listed: NAME -> name
        | listed "." NAME -> member
        | "[" [expression ("," expression)*] "]" -> members
    ?sum: product
        | sum SIGN product -> arithmetic
    ?product: unary
        | product FACTOR unary -> arithmetic
    ?unary: "-" unary -> negative
        | postfix
    ?postfix: atom
        | postfix "." NAME -> member
        | postfix "[" expression "]" -> indexed
    ?atom: NUMBER -> number
        | STRING -> string
        | "true" -> true
        | "false" -> false
        | "null" -> null
        | "not" "(" expression ")" -> inverse
        | NAME "(" [expression ("," expression)*] ")" -> call
        | NAME -> name
        | "(" expression ")"
        | "[" [expression ("," expression)*] "]" -> members
    interval: "[" sum ".." sum "]" -> closed
        | "[" sum ".." sum ")" -> half_open
        | "(" sum ".." sum "]" -> half_closed
        | "(" sum ".." sum ")" -> open
    OPERATOR: "<=" | ">=" | "<" | ">" | "!=" | "="
    SIGN: "+" | "-"
    FACTOR: "*" | "/"
    STRING: /"([^"\\]|\\.)*"/
    NUMBER: /\d+(\.\d+)?(?!\d)/
    NAME: /[^\W\d]\w*/
    %import common.WS
    %ignore WS
"""
_FUNCTIONS = {"count": "len", "string": "str", "number": "float", "now": "now_iso"}
_OPERATORS: dict[str, type[ast.cmpop]] = {
    "=": ast.Eq,
    "!=": ast.NotEq,
    "<": ast.Lt,
    "<=": ast.LtE,
    ">": ast.Gt,
    ">=": ast.GtE,
}
_ARITHMETIC: dict[str, type[ast.operator]] = {
    "+": ast.Add,
    "-": ast.Sub,
    "*": ast.Mult,
    "/": ast.Div,
}


class _Tree(Transformer[Token, ast.expr]):
    """Each rule of the grammar as a piece of our syntax tree."""

    def start(self, parts: list[ast.expr]) -> ast.expr:
        return parts[0]

    # ---- values ----

    def number(self, parts: list[Token]) -> ast.expr:
        return ast.Constant(float(parts[0]) if "." in parts[0] else int(parts[0]))

    def string(self, parts: list[Token]) -> ast.expr:
        return ast.Constant(json.loads(str(parts[0]), strict=False))

    def true(self, _parts: list[Any]) -> ast.expr:
        return ast.Constant(True)

    def false(self, _parts: list[Any]) -> ast.expr:
        return ast.Constant(False)

    def null(self, _parts: list[Any]) -> ast.expr:
        return ast.Constant(None)

    def name(self, parts: list[Token]) -> ast.expr:
        return ast.Name(str(parts[0]), ast.Load())

    def members(self, parts: list[Any]) -> ast.expr:
        return ast.List([part for part in parts if part is not None], ast.Load())

    def member(self, parts: list[Any]) -> ast.expr:
        return ast.Attribute(parts[0], str(parts[1]), ast.Load())

    def indexed(self, parts: list[Any]) -> ast.expr:
        """The first member is 1; the last is -1 in both spellings."""
        place = parts[1]
        if isinstance(place, ast.Constant) and isinstance(place.value, int):
            if place.value < 1:
                raise ValueError("FEEL counts from 1")
            place = ast.Constant(place.value - 1)
        elif not (isinstance(place, ast.UnaryOp) and isinstance(place.op, ast.USub)):
            place = ast.BinOp(place, ast.Sub(), ast.Constant(1))
        return ast.Subscript(parts[0], place, ast.Load())

    # ---- operators ----

    def negative(self, parts: list[Any]) -> ast.expr:
        return ast.UnaryOp(ast.USub(), parts[0])

    def inverse(self, parts: list[Any]) -> ast.expr:
        return ast.UnaryOp(ast.Not(), parts[0])

    def arithmetic(self, parts: list[Any]) -> ast.expr:
        return ast.BinOp(parts[0], _ARITHMETIC[str(parts[1])](), parts[2])

    def one_of(self, parts: list[Any]) -> ast.expr:
        return ast.BoolOp(ast.Or(), parts)

    def all_of(self, parts: list[Any]) -> ast.expr:
        return ast.BoolOp(ast.And(), parts)

    def comparing(self, parts: list[Any]) -> ast.expr:
        return _compare(parts[0], _OPERATORS[str(parts[1])], parts[2])

    def between(self, parts: list[Any]) -> ast.expr:
        return ast.Compare(parts[1], [ast.LtE(), ast.LtE()], [parts[0], parts[2]])

    def in_interval(self, parts: list[Any]) -> ast.expr:
        return _asked(parts[1], parts[0])

    def in_tests(self, parts: list[Any]) -> ast.expr:
        return _asked(parts[1], parts[0])

    def in_list(self, parts: list[Any]) -> ast.expr:
        return _compare(parts[0], ast.In, parts[1])

    def conditional(self, parts: list[Any]) -> ast.expr:
        return ast.IfExp(*parts)

    def some(self, parts: list[Any]) -> ast.expr:
        return _quantified("any", parts)

    def every(self, parts: list[Any]) -> ast.expr:
        return _quantified("all", parts)

    def call(self, parts: list[Any]) -> ast.expr:
        function = str(parts[0])
        arguments = [part for part in parts[1:] if part is not None]
        if function in ("date", "date_and_time") and len(arguments) == 1:
            found: ast.expr = arguments[0]
            return found
        if function == "contains" and len(arguments) == 2:
            return _compare(arguments[1], ast.In, arguments[0])
        called = ast.Name(_FUNCTIONS.get(function, function), ast.Load())
        return ast.Call(called, arguments, [])

    # ---- unary tests, about CELL ----

    def closed(self, parts: list[Any]) -> ast.expr:
        return _range(parts, ast.LtE, ast.LtE)

    def half_open(self, parts: list[Any]) -> ast.expr:
        return _range(parts, ast.LtE, ast.Lt)

    def half_closed(self, parts: list[Any]) -> ast.expr:
        return _range(parts, ast.Lt, ast.LtE)

    def open(self, parts: list[Any]) -> ast.expr:
        return _range(parts, ast.Lt, ast.Lt)

    def within(self, parts: list[ast.expr]) -> ast.expr:
        return parts[0]

    def compared(self, parts: list[Any]) -> ast.expr:
        return _compare(_cell(), _OPERATORS[str(parts[0])], parts[1])

    def equals(self, parts: list[Any]) -> ast.expr:
        return _compare(_cell(), ast.Eq, parts[0])

    def tests(self, parts: list[ast.expr]) -> ast.expr:
        return parts[0] if len(parts) == 1 else ast.BoolOp(ast.Or(), parts)


def _cell() -> ast.expr:
    return ast.Name(CELL, ast.Load())


def _compare(left: ast.expr, operator: type[ast.cmpop], right: ast.expr) -> ast.expr:
    return ast.Compare(left, [operator()], [right])


def _range(parts: list[Any], low: type[ast.cmpop], high: type[ast.cmpop]) -> ast.expr:
    return ast.Compare(parts[0], [low(), high()], [_cell(), parts[1]])


def _quantified(function: str, parts: list[Any]) -> ast.expr:
    each = ast.comprehension(ast.Name(str(parts[0]), ast.Store()), parts[1], [], 0)
    return ast.Call(ast.Name(function, ast.Load()), [ast.GeneratorExp(parts[2], [each])], [])


class _Asked(ast.NodeTransformer):
    """Puts an expression in the place of CELL."""

    def __init__(self, about: ast.expr) -> None:
        self.about = about

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.about if node.id == CELL else node


def _asked(test: ast.expr, about: ast.expr) -> ast.expr:
    found: ast.expr = _Asked(about).visit(test)
    return found


_EXPRESSION = Lark(_GRAMMAR, parser="lalr", start="start", maybe_placeholders=True)
_TESTS = Lark(_GRAMMAR, parser="lalr", start="tests", maybe_placeholders=True)


def parse(source: str) -> ast.expr:
    """An expression in the FEEL spelling as a tree. Raises SyntaxError with the line."""
    return _read(_EXPRESSION, source)


def parse_tests(source: str, about: ast.expr) -> ast.expr:
    """The tests of a cell about a column's expression, as one condition. Raises SyntaxError."""
    inner = _inside_not(source)
    tree = _asked(_read(_TESTS, source if inner is None else inner), about)
    return tree if inner is None else ast.UnaryOp(ast.Not(), tree)


def _read(parser: Lark, source: str) -> ast.expr:
    try:
        found: ast.expr = _Tree().transform(parser.parse(source))
    except LarkError as error:
        wrong = SyntaxError("not in the FEEL subset")
        wrong.lineno = max(1, getattr(error, "line", 1) or 1)
        raise wrong from error
    return found


def _inside_not(source: str) -> str | None:
    """`not(…)` around a whole cell: what stands inside; else None."""
    text = source.strip()
    if not text.startswith("not") or not text.endswith(")"):
        return None
    rest = text[3:].lstrip()
    depth, quoted = 0, False
    for place, char in enumerate(rest):
        if char == '"' and (place == 0 or rest[place - 1] != "\\"):
            quoted = not quoted
        elif not quoted and char in "()":
            depth += 1 if char == "(" else -1
            if depth == 0 and place < len(rest) - 1:
                return None
    return rest[1:-1] if rest.startswith("(") and depth == 0 else None
