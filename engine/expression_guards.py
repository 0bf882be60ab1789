"""What an expression may call while it runs, each within the budget of its evaluation.

The budget counts steps: what a loop's body costs, what an operator builds or looks through. Guards
stand where a plain operator could grow without bound; the compiler (engine.expression_nodes) puts
them in. Nothing here is reachable by name unless it stands in BUILTINS.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from math import isfinite
from typing import Any

from engine.errors import Malformed

MOST_STEPS = 100_000  # of one evaluation: about 30 ms and 20 MB at most
MOST_ITERATIONS = 20_000  # of all loops of one evaluation together
LONGEST_VALUE = 100_000  # characters or members of a value, nested ones included
WIDEST_NUMBER = 512  # bits
DEEPEST_VALUE = 40  # levels of lists in lists
MEMBERS_A_STEP = 16  # characters or members that an operator builds or compares for one step


class ExpressionError(Malformed):
    """这个表达式不能用。"""

    code = "expression"


class Budget:
    """What one evaluation may still spend."""

    __slots__ = ("iterations", "steps")

    def __init__(self) -> None:
        self.steps = MOST_STEPS
        self.iterations = MOST_ITERATIONS

    def spend(self, steps: int) -> None:
        """Take steps; ExpressionError when there are no more."""
        self.steps -= steps
        if self.steps < 0:
            raise ExpressionError("计算量太大，已停止。请缩小要处理的列表，或改用登记的函数。")

    def turn(self, steps: int) -> None:
        """One more round of a loop whose body costs so many steps."""
        self.iterations -= 1
        self.steps -= steps
        if self.iterations < 0:
            raise ExpressionError(f"循环次数超过{MOST_ITERATIONS}次，已停止。请缩小要处理的列表。")
        if self.steps < 0:
            self.spend(0)


budget: ContextVar[Budget] = ContextVar("budget")

_VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()), enumerate, zip)
_SIZED = (str, list, tuple, dict, set)
_LOOPED = (*_SIZED, range, *_VIEWS)
_SURROGATE = re.compile("[\ud800-\udfff]")
_PLAIN = (bool, int, float, type(None))


def _counted(items: Iterable[Any], steps: int = 1) -> Iterator[Any]:
    if not isinstance(items, _LOOPED) and not is_generator(items):
        raise ExpressionError("这里只能逐项处理列表、文本或字典。")
    left = budget.get()
    for item in items if is_generator(items) else list(items):
        left.turn(steps)
        yield item


def _size(value: Any) -> int:
    return len(value) if isinstance(value, _SIZED) else 0


def _limited(size: int) -> None:
    """A value of so many members may be built; it is paid for."""
    if size > LONGEST_VALUE:
        raise ExpressionError("计算结果太长，已停止。")
    budget.get().spend(1 + size // MEMBERS_A_STEP)


def weigh(value: Any) -> int:
    """Characters and members of a value, nested ones included; what is too large is refused."""
    total, waiting = 0, [(value, 0)]
    while waiting:
        each, depth = waiting.pop()
        total += 1 + _size(each)
        if total > LONGEST_VALUE or depth > DEEPEST_VALUE:
            raise ExpressionError("内容太长或嵌套太深，已停止。")
        if isinstance(each, dict):
            waiting += [(part, depth + 1) for pair in each.items() for part in pair]
        elif isinstance(each, (list, tuple, set)):
            waiting += [(part, depth + 1) for part in each]
    return total


def _look_through(*values: Any) -> None:
    """Pay for comparing or searching these values."""
    steps = 1
    for value in values:
        if isinstance(value, str):
            steps += len(value) // MEMBERS_A_STEP
        elif isinstance(value, _SIZED):
            steps += weigh(value)
    budget.get().spend(steps)


def _add(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        narrow(max(left.bit_length(), right.bit_length()) + 1)
    else:
        _limited(_size(left) + _size(right))
    return left + right


def _subtract(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        narrow(max(left.bit_length(), right.bit_length()) + 1)
    else:
        _look_through(left, right)
    return left - right


def _multiply(left: Any, right: Any) -> Any:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, _SIZED) and isinstance(other, int):
            _limited(_size(one) * max(other, 0))
    if isinstance(left, int) and isinstance(right, int):
        narrow(left.bit_length() + right.bit_length())
    return left * right


def narrow(bits: int) -> None:
    """Refuse numbers of more bits than are ever needed."""
    if bits > WIDEST_NUMBER:
        raise ExpressionError("数字太大，已停止。")


def _modulo(left: Any, right: Any) -> Any:
    if not isinstance(left, (int, float)):
        raise ExpressionError("% 只能用于数字；拼接文本请用加号。")
    return left % right


def _compared(operators: tuple[str, ...], values: tuple[Any, ...]) -> bool:
    """Comparisons in a row (`a < b <= c`), each paid for by what it looks through."""
    for operator, left, right in zip(operators, values, values[1:], strict=False):
        if operator in ("in", "not in"):
            right = listed(right) if is_generator(right) else right
            _look_through(right)
        elif operator not in ("is", "is not"):
            _look_through(left, right)
        if not _COMPARISONS[operator](left, right):
            return False
    return True


_COMPARISONS: dict[str, Any] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
    "in": lambda left, right: left in right,
    "not in": lambda left, right: left not in right,
    "is": lambda left, right: left is right,
    "is not": lambda left, right: left is not right,
}


def _part(owner: Any, key: Any) -> Any:
    """A member or a slice; a slice is a copy and paid for."""
    if isinstance(key, slice):
        _limited(_size(owner))
    return owner[key]


def _range(*bounds: Any) -> range:
    made = range(*bounds)
    if len(made) > LONGEST_VALUE:
        raise ExpressionError("计算结果太长，已停止。")
    return made


def _str(value: Any = "") -> str:
    if not isinstance(value, (*_SIZED, *_PLAIN)):
        raise ExpressionError("str 只能用于数字、文本和列表。")
    if isinstance(value, int):
        narrow(value.bit_length())
    elif isinstance(value, _SIZED):
        _limited(8 * weigh(value) if not isinstance(value, str) else len(value))
    return str(value)


def _int(value: Any = 0) -> int:
    if isinstance(value, str) and len(value) > 100:
        raise ExpressionError("数字太长。")
    return int(value)


def _float(value: Any = 0) -> float:
    if isinstance(value, str) and len(value) > 100:
        raise ExpressionError("数字太长。")
    return float(value)


def _round(value: Any, digits: int = 0) -> Any:
    if not isinstance(digits, int) or not -20 <= digits <= 20:
        raise ExpressionError("round 最多保留20位。")
    return round(value, digits) if digits else round(value)


def _sorted(items: Any) -> list[Any]:
    found = listed(items)
    budget.get().spend(1 + weigh(found) * len(found).bit_length() // MEMBERS_A_STEP)
    return sorted(found)


def _extreme(choose: Any) -> Any:
    def extreme(*items: Any) -> Any:
        found = list(items) if len(items) > 1 else listed(items[0])
        _look_through(found)
        return choose(found)

    return extreme


def _unique(items: Any = ()) -> set[Any]:
    found = listed(items)
    _look_through(found)
    return set(found)


def _dict(items: Any = ()) -> dict[Any, Any]:
    if isinstance(items, dict):
        _limited(len(items))
        return dict(items)
    return dict(listed(items))


def _method(owner: Any, name: str, arguments: tuple[Any, ...]) -> Any:
    if not any(isinstance(owner, kind) and name in names for kind, names in METHODS.items()):
        raise ExpressionError(f"不能对这个值使用 .{name}()。")
    if name == "replace":
        _limited((len(owner) + 1) * max(1, _size(arguments[1]) if len(arguments) > 1 else 1))
    elif name == "join":
        arguments = ([str(each) for each in _texts(arguments[0])],)
        _limited(sum(map(len, arguments[0])) + len(owner) * len(arguments[0]))
    elif name != "get":
        _look_through(owner, *arguments)
    return getattr(owner, name)(*arguments)


def _texts(items: Any) -> Iterator[Any]:
    for each in _counted(items):
        if not isinstance(each, (str, *_PLAIN)):
            raise ExpressionError(".join() 只能连接文本和数字。")
        yield each


def _attribute(owner: Any, name: str) -> Any:
    if isinstance(owner, dict) and name in owner:
        return owner[name]
    raise ExpressionError(f"没有“{name}”这一项。")


METHODS: dict[type, frozenset[str]] = {
    str: frozenset(
        {
            *("strip", "lower", "upper", "startswith", "endswith", "isdigit"),
            *("split", "join", "replace", "count", "index", "find"),
        }
    ),
    dict: frozenset({"get", "keys", "values", "items"}),
    list: frozenset({"count", "index"}),
    tuple: frozenset({"count", "index"}),
}
BUILTINS: dict[str, Any] = {
    "abs": abs,
    "all": lambda items: all(_counted(items)),
    "any": lambda items: any(_counted(items)),
    "bool": bool,
    "dict": _dict,
    "enumerate": lambda items: enumerate(listed(items)),
    "float": _float,
    "int": _int,
    "len": len,
    "list": lambda items=(): listed(items),
    "max": _extreme(max),
    "min": _extreme(min),
    "range": _range,
    "round": _round,
    "set": _unique,
    "sorted": _sorted,
    "str": _str,
    "sum": lambda items: sum(listed(items)),
    "zip": lambda *columns: zip(*(listed(each) for each in columns), strict=False),
}
GUARDS = {
    "_add": _add,
    "_subtract": _subtract,
    "_multiply": _multiply,
    "_modulo": _modulo,
    "_compared": _compared,
    "_part": _part,
    "_slice": slice,
    "_counted": _counted,
    "_method": _method,
    "_attribute": _attribute,
    "__builtins__": {},
}


def is_generator(value: Any) -> bool:
    """Whether it is worked through while it is made: a generator, enumerate, zip."""
    return isinstance(value, Iterator)


def listed(items: Any) -> list[Any]:
    """The items as a list, each one paid for."""
    return list(_counted(items))


def plain(value: Any, what: str) -> Any:
    """A copy of a value that can be stored as JSON; ExpressionError says why it cannot."""
    if isinstance(value, (*_SIZED, *_VIEWS)):
        weigh(value)
    return _plain(listed(value) if is_generator(value) else value, what)


def _plain(value: Any, what: str) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if (not value.isascii() and _SURROGATE.search(value)) or "\x00" in value:
            raise ExpressionError(f"“{what}”含有不能保存的字符。")
        return value
    if isinstance(value, int):
        if value.bit_length() > 63:
            raise ExpressionError(f"“{what}”的数字太大，不能保存。")
        return value
    if isinstance(value, float):
        if not isfinite(value):
            raise ExpressionError(f"“{what}”不是有限的数字，不能保存。")
        return value
    if isinstance(value, (list, tuple, range)) or type(value) in _VIEWS:
        return [_plain(each, what) for each in list(value)]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {_plain(key, what): _plain(each, what) for key, each in value.items()}
    given = _WORDS.get(type(value), "别的内容")
    raise ExpressionError(f"“{what}”应为文本、数字、列表或以文本为键的字典，实为{given}。")


_WORDS: dict[Any, str] = {set: "集合（请用 sorted(…) 变成列表）", dict: "以别的内容为键的字典"}
