"""What an expression may call while it runs, each within the budget of its evaluation.

Guards stand where a plain operator could grow without bound; the compiler (engine.expressions)
puts them in. Nothing here is reachable by name unless it stands in BUILTINS.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from typing import Any

from engine.errors import Malformed

MOST_ITERATIONS = 20_000  # of all loops of one evaluation together
LONGEST_VALUE = 100_000  # characters or members of a value that an operator builds
WIDEST_NUMBER = 512  # bits


class ExpressionError(Malformed):
    """这个表达式不能用。"""

    code = "expression"


budget: ContextVar[list[int]] = ContextVar("budget")


def _spend(count: int = 1) -> None:
    left = budget.get()
    left[0] -= count
    if left[0] < 0:
        raise ExpressionError(f"循环次数超过{MOST_ITERATIONS}次，已停止。请缩小要处理的列表。")


def _counted(items: Iterable[Any]) -> Iterator[Any]:
    if not isinstance(items, (str, list, tuple, dict, set, range, *_VIEWS)):
        raise ExpressionError("这里只能逐项处理列表、文本或字典。")
    for item in list(items):
        _spend()
        yield item


_VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()), enumerate, zip)


def _size(value: Any) -> int:
    return len(value) if isinstance(value, (str, list, tuple, dict, set)) else 0


def _limited(size: int) -> None:
    if size > LONGEST_VALUE:
        raise ExpressionError("计算结果太长，已停止。")


def _add(left: Any, right: Any) -> Any:
    _limited(_size(left) + _size(right))
    return left + right


def _multiply(left: Any, right: Any) -> Any:
    for one, other in ((left, right), (right, left)):
        if _size(one) and isinstance(other, int):
            _limited(_size(one) * max(other, 0))
    if isinstance(left, int) and isinstance(right, int):
        narrow(left.bit_length() + right.bit_length())
    return left * right


def narrow(bits: int) -> None:
    if bits > WIDEST_NUMBER:
        raise ExpressionError("数字太大，已停止。")


def _modulo(left: Any, right: Any) -> Any:
    if not isinstance(left, (int, float)):
        raise ExpressionError("% 只能用于数字；拼接文本请用加号。")
    return left % right


def _range(*bounds: Any) -> range:
    made = range(*bounds)
    _limited(len(made))
    return made


def _str(value: Any = "") -> str:
    if isinstance(value, (str, int, float, bool, list, tuple, dict, set)) or value is None:
        if isinstance(value, int):
            narrow(value.bit_length())
        _limited(_size(value))
        return str(value)
    raise ExpressionError("str 只能用于数字、文本和列表。")


def _int(value: Any = 0) -> int:
    if isinstance(value, str) and len(value) > 100:
        raise ExpressionError("数字太长。")
    return int(value)


def _method(owner: Any, name: str, arguments: tuple[Any, ...]) -> Any:
    if not any(isinstance(owner, kind) and name in names for kind, names in METHODS.items()):
        raise ExpressionError(f"不能对这个值使用 .{name}()。")
    if name == "replace":
        _limited(len(owner) * max(1, _size(arguments[1]) if len(arguments) > 1 else 1))
    if name == "join":
        arguments = ([str(each) for each in _counted(arguments[0])],)
        _limited(sum(map(len, arguments[0])) + len(owner) * len(arguments[0]))
    return getattr(owner, name)(*arguments)


def _attribute(owner: Any, name: str) -> Any:
    if isinstance(owner, dict) and name in owner:
        return owner[name]
    raise ExpressionError(f"没有“{name}”这一项。")


METHODS: dict[type, frozenset[str]] = {
    str: frozenset(
        [
            "strip",
            "lower",
            "upper",
            "startswith",
            "endswith",
            "split",
            "join",
            "replace",
            "count",
            "index",
            "find",
            "isdigit",
        ]
    ),
    dict: frozenset(["get", "keys", "values", "items"]),
    list: frozenset(["count", "index"]),
    tuple: frozenset(["count", "index"]),
}
BUILTINS: dict[str, Any] = {
    "abs": abs,
    "all": lambda items: all(_counted(items) if not is_generator(items) else items),
    "any": lambda items: any(_counted(items) if not is_generator(items) else items),
    "bool": bool,
    "dict": lambda items=(): dict(listed(items)) if not isinstance(items, dict) else dict(items),
    "enumerate": lambda items: enumerate(listed(items)),
    "float": float,
    "int": _int,
    "len": len,
    "list": lambda items=(): listed(items),
    "max": lambda *items: max(*items) if len(items) > 1 else max(listed(items[0])),
    "min": lambda *items: min(*items) if len(items) > 1 else min(listed(items[0])),
    "range": _range,
    "round": round,
    "set": lambda items=(): set(listed(items)),
    "sorted": lambda items: sorted(listed(items)),
    "str": _str,
    "sum": lambda items: sum(listed(items)),
    "zip": lambda *columns: zip(*(listed(each) for each in columns), strict=False),
}
GUARDS = {
    "_add": _add,
    "_multiply": _multiply,
    "_modulo": _modulo,
    "_counted": _counted,
    "_method": _method,
    "_attribute": _attribute,
    "__builtins__": {},
}


def is_generator(value: Any) -> bool:
    return isinstance(value, Iterator)


def listed(items: Any) -> list[Any]:
    return list(items) if is_generator(items) else list(_counted(items))
