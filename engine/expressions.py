"""Expressions and scripts of diagrams, tables and forms: a small, safe Python subset.

One AST, one budget. Nothing here can import, open, loop forever or grow without bound, whoever
wrote the diagram; safety is in this environment, not in the engine that calls it. Compiled once,
so that a designer gets the refusal with its line at deployment.

Values are replaced, never mutated: a script assigns names, and what a name held before keeps its
value wherever it is held (the history relies on it).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from copy import deepcopy
from functools import lru_cache
from types import CodeType
from typing import Any, NoReturn

from engine.expression_guards import (
    BUILTINS,
    GUARDS,
    MOST_ITERATIONS,
    ExpressionError,
    budget,
    is_generator,
    listed,
    narrow,
)

LONGEST_SOURCE = 4_000  # characters
MOST_NODES = 400

Functions = Mapping[str, Callable[..., Any]]

# ---- what may be written ---------------------------------------------------------------------

_COMMON = (
    ast.Constant,
    ast.Name,
    ast.Load,
    ast.BinOp,
    ast.UnaryOp,
    ast.BoolOp,
    ast.Compare,
    ast.IfExp,
    ast.List,
    ast.Tuple,
    ast.Dict,
    ast.Set,
    ast.Subscript,
    ast.Slice,
    ast.Call,
    ast.Attribute,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.comprehension,
    ast.Store,
    ast.And,
    ast.Or,
    ast.Not,
    ast.USub,
    ast.UAdd,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.FloorDiv,
    ast.Mod,
    ast.Eq,
    ast.NotEq,
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.In,
    ast.NotIn,
    ast.Is,
    ast.IsNot,
    ast.Expression,
)
_STATEMENTS = (ast.Module, ast.Assign, ast.If, ast.For, ast.Expr, ast.Pass)
_INSTEAD = {
    "Import": "需要的函数请先登记",
    "ImportFrom": "需要的函数请先登记",
    "While": "请改用 for",
    "Lambda": "请改用登记的函数",
    "FunctionDef": "请改用登记的函数",
    "AugAssign": "请写成 x = x + 1",
    "Delete": "请赋值为 None",
    "JoinedStr": "请用加号拼接文本",
    "Pow": "请用乘法",
    "Starred": "请逐个写出",
}


class _Allow(ast.NodeTransformer):
    """Refuses what is not on the list; routes operators, loops and methods through the guards."""

    def __init__(self, functions: frozenset[str], script: bool) -> None:
        self.callable = functions | BUILTINS.keys()
        self.allowed = (*_COMMON, *_STATEMENTS) if script else _COMMON
        self.nodes = 0

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if not isinstance(node, self.allowed):
            kind = type(node).__name__
            self._refuse(node, f"不能使用 {kind}：{_INSTEAD.get(kind, '请换一种写法')}")
        self.nodes += 1
        if self.nodes > MOST_NODES:
            self._refuse(node, "太长，请把复杂的计算放进登记的函数")
        return super().generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if isinstance(node.value, (bytes, complex)) or node.value is Ellipsis:
            self._refuse(node, "只能使用文本、数字、True、False 和 None")
        if isinstance(node.value, int):
            narrow(node.value.bit_length())
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id.startswith("_"):
            self._refuse(node, f"名称“{node.id}”不能以下划线开头")
        if isinstance(node.ctx, ast.Store) and node.id in self.callable:
            self._refuse(node, f"“{node.id}”是函数名，不能用作变量")
        return self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if node.attr.startswith("_") or not isinstance(node.ctx, ast.Load):
            self._refuse(node, f"不能使用 .{node.attr}")
        owner = self.visit(node.value)
        return _call("_attribute", node, owner, ast.Constant(node.attr))

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if not isinstance(node.ctx, ast.Load):
            self._refuse(node, "不能修改列表或字典的一项：请重新赋值整个变量")
        return self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        if len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
            self._refuse(node, "一次只能给一个变量赋值")
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if node.keywords:
            self._refuse(node, "函数的参数请按顺序写，不写参数名")
        if isinstance(node.func, ast.Attribute):
            if node.func.attr.startswith("_"):
                self._refuse(node, f"不能使用 .{node.func.attr}")
            owner = self.visit(node.func.value)
            arguments = ast.Tuple([self.visit(each) for each in node.args], ast.Load())
            return _call("_method", node, owner, ast.Constant(node.func.attr), arguments)
        if not isinstance(node.func, ast.Name):
            self._refuse(node, "只能调用登记的函数")
        if node.func.id not in self.callable:
            self._refuse(node, f"没有登记名为“{node.func.id}”的函数")
        return self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        visited = self.generic_visit(node)
        assert isinstance(visited, ast.BinOp)
        guards: dict[type, str] = {ast.Add: "_add", ast.Mult: "_multiply", ast.Mod: "_modulo"}
        guard = guards.get(type(node.op))
        return _call(guard, node, visited.left, visited.right) if guard else visited

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        visited = self.generic_visit(node)
        assert isinstance(visited, ast.comprehension)
        if node.is_async:
            self._refuse(node.iter, "不能使用 async")
        visited.iter = _call("_counted", node.iter, visited.iter)
        return visited

    def visit_For(self, node: ast.For) -> ast.AST:
        visited = self.generic_visit(node)
        assert isinstance(visited, ast.For)
        visited.iter = _call("_counted", node.iter, visited.iter)
        return visited

    def _refuse(self, node: ast.AST, why: str) -> NoReturn:
        raise ExpressionError(f"第{getattr(node, 'lineno', 1)}行：{why}。")


def _call(name: str, where: ast.AST, *arguments: ast.expr) -> ast.Call:
    call = ast.Call(ast.Name(name, ast.Load()), list(arguments), [])
    return ast.copy_location(call, where)


# ---- the doors -------------------------------------------------------------------------------


class Expression:
    """A compiled expression."""

    def __init__(self, source: str, code: CodeType, names: frozenset[str]) -> None:
        self.source = source
        self.names = names
        self._code = code

    def evaluate(self, variables: Mapping[str, Any], functions: Functions) -> Any:
        """Its value over these variables. ExpressionError when it cannot be computed."""
        return _run(self._code, {**variables, **BUILTINS, **functions, **GUARDS}, self.source)


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
        _run(self._code, names, self.source)
        for name, value in names.items():
            if name not in reserved and (name not in variables or variables[name] is not value):
                variables[name] = deepcopy(value)


def _run(code: CodeType, names: dict[str, Any], source: str) -> Any:
    token = budget.set([MOST_ITERATIONS])
    try:
        value = eval(code, names)
        return listed(value) if is_generator(value) else value
    except ExpressionError:
        raise
    except NameError as error:
        raise ExpressionError(f"没有变量“{error.name}”（表达式：{_short(source)}）。") from error
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError) as error:
        raise ExpressionError(
            f"算不出结果（{type(error).__name__}: {error}；表达式：{_short(source)}）。"
        ) from error
    except (RecursionError, MemoryError) as error:
        raise ExpressionError("嵌套太深，算不出结果。") from error
    finally:
        budget.reset(token)


def compile_expression(source: str, functions: frozenset[str] = frozenset()) -> Expression:
    """Compile one expression; ExpressionError names the line and what to write instead."""
    return _compile(source, functions, "eval")  # type: ignore[return-value]


def compile_script(source: str, functions: frozenset[str] = frozenset()) -> Script:
    """Compile a script: assignments, if, for over lists."""
    return _compile(source, functions, "exec")  # type: ignore[return-value]


def names_used(source: str) -> frozenset[str]:
    """The names an expression or script reads that it does not assign itself."""
    tree = ast.parse(source.strip())
    loaded: set[str] = set()
    stored: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (stored if isinstance(node.ctx, ast.Store) else loaded).add(node.id)
    return frozenset(loaded - stored)


@lru_cache(maxsize=4096)
def _compile(source: str, functions: frozenset[str], mode: str) -> Expression | Script:
    if len(source) > LONGEST_SOURCE:
        raise ExpressionError(f"太长：最多{LONGEST_SOURCE}个字符。")
    text = source.strip() if mode == "eval" else source.strip("\n")
    if not text.strip():
        raise ExpressionError("表达式是空的。")
    try:
        tree = ast.parse(text, mode=mode)
        names = names_used(text)
        guarded = ast.fix_missing_locations(_Allow(functions, mode == "exec").visit(tree))
        code = compile(guarded, "<expression>", mode)
    except SyntaxError as error:
        raise ExpressionError(f"第{error.lineno or 1}行写法有误：{_short(text)}。") from error
    except (RecursionError, MemoryError, ValueError) as error:
        raise ExpressionError("嵌套太深或含有不能用的字符。") from error
    kind = Expression if mode == "eval" else Script
    return kind(source, code, names)


def _short(source: str) -> str:
    flat = " ".join(source.split())
    return flat if len(flat) <= 80 else flat[:77] + "…"
