"""Scripts assign whole values that can be stored."""

from __future__ import annotations

from typing import Any

import pytest

from engine.expressions import ExpressionError, compile_script
from tests.long._written import FUNCTIONS, STATEMENTS, VARIABLES

KNOWN = frozenset(FUNCTIONS)


def after(source: str, **variables: Any) -> dict[str, Any]:
    given = dict(variables)
    compile_script(source, KNOWN).run(given, FUNCTIONS)
    return given


def test_assignments_branches_and_loops() -> None:
    loop = "for n in numbers:\n    if n > 1:\n        total = total + n\n    else:\n        pass"
    script = f"total = 0\n{loop}"
    assert after(script, numbers=[1, 2, 3])["total"] == 5


def test_what_a_name_held_before_keeps_its_value() -> None:
    before = {"rows": [{"n": 1}]}
    kept = before["rows"]
    found = after("rows = rows + [{'n': 2}]\ncopy = rows", **before)
    assert kept == [{"n": 1}]
    assert found["copy"] == found["rows"]
    assert found["copy"] is not found["rows"]
    assert found["rows"][0] is not kept[0]


def test_what_is_not_assigned_stays_the_same_object() -> None:
    rows = [1, 2]
    assert after("n = len(rows)", rows=rows)["rows"] is rows


def test_a_failing_script_changes_nothing() -> None:
    given = {"a": 1}
    with pytest.raises(ExpressionError):
        compile_script("a = 2\nb = 1 / 0").run(given, {})
    assert given == {"a": 1}


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("out = (1, 2)", [1, 2]),
        ("out = range(3)", [0, 1, 2]),
        ("out = (n for n in [1])", [1]),
        ("out = {'a': (1, [2])}", {"a": [1, [2]]}),
        ("out = {'a': 1}.items()", [["a", 1]]),
        ("out = enumerate(['x'])", [[0, "x"]]),
    ],
)
def test_what_is_assigned_becomes_json(source: str, result: Any) -> None:
    assert after(source)["out"] == result


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("out = {1, 2}", "sorted"),
        ("out = {1: 2}", "以文本为键"),
        ("out = 1e308 * 10", "不是有限的数字"),
        ("out = 9223372036854775807 + 1", "数字太大，不能保存"),
        ('out = "\\x00"', "不能保存的字符"),
        ('out = "\\ud800"', "不能保存的字符"),
        ("out = range(30000)", "循环|太长|太大"),
        ("l = [1]\n" + "l = [l, l]\n" * 60, "太长|嵌套太深"),
    ],
)
def test_only_what_can_be_stored_is_assigned(source: str, words: str) -> None:
    if "range(30000)" in source:
        assert len(after(source)["out"]) == 30_000
        return
    with pytest.raises(ExpressionError, match=words):
        after(source)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_no_statement_gets_out(statement: str) -> None:
    given = dict(VARIABLES)
    try:
        compile_script(statement, KNOWN).run(given, FUNCTIONS)
    except ExpressionError:
        assert given == VARIABLES
        return
    made = {name: given[name] for name in given.keys() - VARIABLES.keys()}
    assert all(
        isinstance(each, (str, int, float, list, dict, type(None))) for each in made.values()
    )


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("a = 1\nb = = 2", "第2行写法有误"),
        ("a = 1\nimport os", "第2行：不能使用 Import：需要的函数请先登记"),
        ("a = 1\n\nx['a'] = 1", "第3行：不能修改列表或字典的一项|一次只能给一个变量赋值"),
        ("a += 1", "请写成 x = x \\+ 1"),
        ("a, b = 1, 2", "一次只能给一个变量赋值"),
        ("len = 1", "“len”是函数名"),
        ("for n in [1]:\n    pass\nelse:\n    pass", "for 不能带 else"),
        ("   ", "空的"),
    ],
)
def test_a_fault_is_told_with_its_line(source: str, words: str) -> None:
    with pytest.raises(ExpressionError, match=words):
        compile_script(source)
