"""Expressions and scripts of diagrams, tables and forms: a small, safe language in two spellings.

The Python subset stands in diagrams, the FEEL subset in what decision-table and form editors write
(engine.feel); both become one syntax tree, pass one allow-list and share one budget. Nothing here
can import, open, loop forever or grow without bound, whoever wrote the diagram; safety is in this
environment, not in the engine that calls it. Compiled once, so that a designer gets the refusal
with its line at deployment.

Values are replaced, never mutated: a script assigns names, and what a name held before keeps its
value wherever it is held (the history relies on it). What is assigned can be stored as JSON.
"""

from __future__ import annotations

import ast
import threading
import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import CodeType
from typing import Any

from engine import feel
from engine.expression_guards import (
    BUILTINS,
    GUARDS,
    Budget,
    ExpressionError,
    budget,
    is_generator,
    listed,
    plain,
    weigh,
)
from engine.expression_nodes import Allow

__all__ = [
    "Expression",
    "ExpressionError",
    "Functions",
    "Script",
    "compile_expression",
    "compile_feel",
    "compile_script",
    "compile_tree",
    "names_used",
]

LONGEST_SOURCE = 4_000  # characters
_compiling = threading.Lock()  # the filter of warnings is one for the process
SIMPLE = (bool, int, float, str, type(None))

Functions = Mapping[str, Callable[..., Any]]

# ---- the doors -------------------------------------------------------------------------------


class Expression:
    """A compiled expression."""

    def __init__(self, source: str, code: CodeType, names: frozenset[str]) -> None:
        self.source = source
        self.names = names
        self._code = code

    def evaluate(self, variables: Mapping[str, Any], functions: Functions) -> Any:
        """Its value over these variables. ExpressionError when it cannot be computed."""
        names = {**variables, **BUILTINS, **functions, **GUARDS}
        token = budget.set(Budget())
        try:
            value = eval(self._code, names)
            return value if isinstance(value, SIMPLE) else _whole(value)
        except _TOLD as error:
            raise _told(error, self.source) from error
        finally:
            budget.reset(token)


class Script:
    """A compiled script of assignments."""

    def __init__(self, source: str, code: CodeType, names: frozenset[str]) -> None:
        self.source = source
        self.names = names
        self._code = code

    def run(self, variables: dict[str, Any], functions: Functions) -> None:
        """Run it; `variables` gets the assigned names, whole values only."""
        reserved = BUILTINS.keys() | functions.keys() | GUARDS.keys()
        names = {**variables, **BUILTINS, **functions, **GUARDS}
        token = budget.set(Budget())
        try:
            exec(self._code, names)
            assigned = {
                name: plain(value, name)
                for name, value in names.items()
                if name not in reserved and (name not in variables or variables[name] is not value)
            }
        except _TOLD as error:
            raise _told(error, self.source) from error
        finally:
            budget.reset(token)
        variables.update(assigned)


def _whole(value: Any) -> Any:
    """A value that is not lazy and not too large to be looked at."""
    found = listed(value) if is_generator(value) else value
    weigh(found)
    return found


_TOLD = (
    *(NameError, TypeError, ValueError, LookupError, AttributeError),
    *(ArithmeticError, RuntimeError, MemoryError),
)


def _told(error: BaseException, source: str) -> ExpressionError:
    """What went wrong, in a sentence for the designer."""
    if isinstance(error, NameError):
        return ExpressionError(f"没有变量“{error.name}”（表达式：{_short(source)}）。")
    if isinstance(error, (RecursionError, MemoryError)):
        return ExpressionError("嵌套太深，算不出结果。")
    return ExpressionError(
        f"算不出结果（{type(error).__name__}: {error}；表达式：{_short(source)}）。"
    )


def compile_expression(source: str, functions: frozenset[str] = frozenset()) -> Expression:
    """Compile one expression; ExpressionError names the line and what to write instead."""
    return _compile(source, functions, "eval")  # type: ignore[return-value]


def compile_script(source: str, functions: frozenset[str] = frozenset()) -> Script:
    """Compile a script: assignments, if, for over lists."""
    return _compile(source, functions, "exec")  # type: ignore[return-value]


def names_used(source: str) -> frozenset[str]:
    """The names an expression or script reads that it does not assign itself."""
    return _free(ast.parse(source.strip()))


def _free(tree: ast.AST) -> frozenset[str]:
    loaded: set[str] = set()
    stored: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (stored if isinstance(node.ctx, ast.Store) else loaded).add(node.id)
    return frozenset(loaded - stored)


def compile_feel(source: str, functions: frozenset[str] = frozenset()) -> Expression:
    """Compile one expression in the FEEL spelling, as form and table editors write it."""
    return _compile(source, functions, "feel")  # type: ignore[return-value]


def compile_tree(
    source: str, tree: ast.expr, functions: frozenset[str] = frozenset()
) -> Expression:
    """Compile a syntax tree that another spelling was read into."""
    whole = ast.fix_missing_locations(ast.Expression(tree))
    text = ast.unparse(whole)
    return _guarded(text, ast.parse(text, mode="eval"), functions, "eval")  # type: ignore[return-value]


@lru_cache(maxsize=4096)
def _compile(source: str, functions: frozenset[str], mode: str) -> Expression | Script:
    if len(source) > LONGEST_SOURCE:
        raise ExpressionError(f"太长：最多{LONGEST_SOURCE}个字符。")
    text = source.strip("\n") if mode == "exec" else source.strip()
    if not text.strip():
        raise ExpressionError("表达式是空的。")
    try:
        if mode == "feel":
            return compile_tree(source, feel.parse(text), functions)
        return _guarded(source, _parsed(text, mode), functions, mode)
    except SyntaxError as error:
        raise ExpressionError(f"第{error.lineno or 1}行写法有误：{_short(text)}。") from error
    except (RecursionError, MemoryError, ValueError) as error:
        raise ExpressionError("嵌套太深或含有不能用的字符。") from error


def _parsed(text: str, mode: str) -> ast.AST:
    with _compiling, warnings.catch_warnings():
        warnings.simplefilter("error", SyntaxWarning)
        warnings.simplefilter("ignore", DeprecationWarning)  # "\\d" is what it looks like
        return ast.parse(text, mode=mode)


def _guarded(
    source: str, tree: ast.AST, functions: frozenset[str], mode: str
) -> Expression | Script:
    names = _free(tree)
    guarded = ast.fix_missing_locations(Allow(functions, mode == "exec").visit(tree))
    with _compiling, warnings.catch_warnings():
        warnings.simplefilter("error", SyntaxWarning)  # `"a"[0]("b")` is surely not meant
        code = compile(guarded, "<expression>", mode)
    return (Script if mode == "exec" else Expression)(source, code, names)


def _short(source: str) -> str:
    flat = " ".join(source.split())
    return flat if len(flat) <= 80 else flat[:77] + "…"
