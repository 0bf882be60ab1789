"""What may be written: one allow-list over one syntax tree, whatever the spelling.

Refuses what is not on the list, with its line, and routes every operator, loop and method that
could grow without bound through its guard (engine.expression_guards).
"""

from __future__ import annotations

import ast
from typing import NoReturn

from engine.expression_guards import BUILTINS, ExpressionError, narrow

MOST_NODES = 400

_COMMON = (
    *(ast.Expression, ast.Constant, ast.Name, ast.Load, ast.Store),
    *(ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp),
    *(ast.List, ast.Tuple, ast.Dict, ast.Set, ast.Subscript, ast.Slice, ast.Call, ast.Attribute),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.comprehension),
    *(ast.And, ast.Or, ast.Not, ast.USub, ast.UAdd),
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod),
    *(ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot),
)
_STATEMENTS = (ast.Module, ast.Assign, ast.If, ast.For, ast.Expr, ast.Pass)
_OPERATORS: dict[type, str] = {
    ast.Add: "_add",
    ast.Sub: "_subtract",
    ast.Mult: "_multiply",
    ast.Mod: "_modulo",
}
_COMPARISONS: dict[type, str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
}
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


class Allow(ast.NodeTransformer):
    """Checks one tree and gives it its guards. functions: registered names that may be called."""

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
        self._count(node)
        return _call("_attribute", node, self.visit(node.value), ast.Constant(node.attr))

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        if None in node.keys:
            self._refuse(node, "不能使用 **：请逐个写出")
        return self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if not isinstance(node.ctx, ast.Load):
            self._refuse(node, "不能修改列表或字典的一项：请重新赋值整个变量")
        visited = self.generic_visit(node)
        assert isinstance(visited, ast.Subscript)
        if not isinstance(visited.slice, ast.Slice):
            return visited
        bounds = [visited.slice.lower, visited.slice.upper, visited.slice.step]
        parts = [each or ast.Constant(None) for each in bounds]
        return _call("_part", node, visited.value, _call("_slice", node, *parts))

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
            self._count(node)
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
        guard = _OPERATORS.get(type(node.op))
        return _call(guard, node, visited.left, visited.right) if guard else visited

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        visited = self.generic_visit(node)
        assert isinstance(visited, ast.Compare)
        if _small(visited):
            return visited
        words = [ast.Constant(_COMPARISONS[type(operator)]) for operator in node.ops]
        values = [visited.left, *visited.comparators]
        return _call(
            "_compared",
            node,
            ast.Tuple(list[ast.expr](words), ast.Load()),
            ast.Tuple(values, ast.Load()),
        )

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        if node.is_async:
            self._refuse(node.iter, "不能使用 async")
        return self.generic_visit(node)

    def _visit_comprehended(self, node: ast.AST) -> ast.AST:
        """Every round of a comprehension is paid for by the size of what it computes."""
        generators: list[ast.comprehension] = node.generators  # type: ignore[attr-defined]
        results = [getattr(node, name, None) for name in ("elt", "key", "value")]
        costs = [
            _cost(*results, *(test for later in generators[place:] for test in later.ifs))
            + _cost(*(later.iter for later in generators[place + 1 :]))
            for place in range(len(generators))
        ]
        visited = self.generic_visit(node)
        made: list[ast.comprehension] = visited.generators  # type: ignore[attr-defined]
        for each, cost in zip(made, costs, strict=True):
            each.iter = _call("_counted", each.iter, each.iter, ast.Constant(cost))
        return visited

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _visit_comprehended

    def visit_For(self, node: ast.For) -> ast.AST:
        cost = _cost(*node.body)
        if node.orelse:
            self._refuse(node, "for 不能带 else")
        visited = self.generic_visit(node)
        assert isinstance(visited, ast.For)
        visited.iter = _call("_counted", node.iter, visited.iter, ast.Constant(cost))
        return visited

    def _count(self, node: ast.AST) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            self._refuse(node, "太长，请把复杂的计算放进登记的函数")

    def _refuse(self, node: ast.AST, why: str) -> NoReturn:
        raise ExpressionError(f"第{getattr(node, 'lineno', 1)}行：{why}。")


def _cost(*nodes: ast.AST | None) -> int:
    """What computing these once costs, in steps."""
    whole = (each for node in nodes if node is not None for each in ast.walk(node))
    return 1 + sum(isinstance(each, (ast.expr, ast.stmt)) for each in whole)


def _small(node: ast.Compare) -> bool:
    """At most one side is not written out, so nothing large is looked through."""
    parts = [node.left, *node.comparators]
    open_parts = [each for each in parts if not _written_out(each)]
    searched = any(isinstance(each, (ast.In, ast.NotIn)) for each in node.ops)
    if searched and not (len(parts) == 2 and isinstance(parts[1], (ast.Tuple, ast.List, ast.Set))):
        return False
    return len(open_parts) <= 1 and (not searched or _written_out(parts[1]))


def _written_out(node: ast.expr) -> bool:
    if isinstance(node, (ast.Tuple, ast.List, ast.Set)):
        return all(isinstance(each, ast.Constant) for each in node.elts)
    return isinstance(node, ast.Constant)


def _call(name: str, where: ast.AST, *arguments: ast.expr) -> ast.Call:
    call = ast.Call(ast.Name(name, ast.Load()), list(arguments), [])
    return ast.copy_location(call, where)
