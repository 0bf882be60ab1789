"""What an expression is, what it costs and what it never does."""

from __future__ import annotations

from typing import Any

import pytest

from engine.expression_guards import LONGEST_VALUE, MOST_ITERATIONS
from engine.expressions import (
    ExpressionError,
    compile_expression,
    compile_feel,
    names_used,
)
from tests.long._written import ATTACKS, FUNCTIONS, VARIABLES

KNOWN = frozenset(FUNCTIONS)


def value(source: str, **variables: Any) -> Any:
    return compile_expression(source, KNOWN).evaluate(variables, FUNCTIONS)


def test_names_are_known_before_anything_runs() -> None:
    assert compile_expression("a + len([b for b in c if b > d])").names >= {"a", "c", "d"}
    assert "b" not in compile_expression("[b for b in c]").names
    assert names_used("x = y\nz = x") == {"y"}


def test_the_same_text_is_compiled_once() -> None:
    assert compile_expression("1 + 1") is compile_expression("1 + 1")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "空的"),
        ("1 +", "第1行写法有误"),
        ("(1,\n2 +)", "第2行写法有误"),
        ("[\n1,\nopen('x')]", "第3行：没有登记名为“open”的函数"),
        ("title.__class__", "不能使用 .__class__"),
        ("_secret", "不能以下划线开头"),
        ("len(x=1)", "按顺序写"),
        ("(lambda: 1)()", "只能调用登记的函数"),
        ("2 ** 8", "请用乘法"),
        ("b'x'", "只能使用文本、数字"),
        ("{**party}", "请逐个写出"),
        ("1" * 400, "数字太大"),
        ("x" * 5000, "太长"),
        (f"[{'1, ' * 500}]", "太长"),
        ("(1)[0]", "写法有误"),
        ("x.y.z[0", "第1行写法有误"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(source: str, words: str) -> None:
    with pytest.raises(ExpressionError) as told:
        compile_expression(source, KNOWN)
    assert words in told.value.message


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("missing + 1", "没有变量“missing”"),
        ("1 / 0", "ZeroDivisionError"),
        ('"a" + 1', "TypeError"),
        ("[1][5]", "IndexError"),
        ("party.nothing", "没有“nothing”这一项"),
        ("title.encode()", "不能对这个值使用"),
        ("5 % 0", "ZeroDivisionError"),
        ('"%s" % 1', "只能用于数字"),
        ("[v for v in 5]", "只能逐项处理"),
        ("round(1, 99)", "最多保留"),
        ('int("1" * 200)', "数字太长"),
        ('float("1" * 200)', "数字太长"),
        ("str(pick)", "str 只能用于"),
        ('"、".join([["a"]])', "只能连接文本"),
        ("range(10000000)", "太长"),
    ],
)
def test_what_cannot_be_computed_is_told(source: str, words: str) -> None:
    with pytest.raises(ExpressionError) as told:
        value(source, party={"dept": "x"}, title="t")
    assert words in told.value.message


def test_a_loop_stops_at_its_budget() -> None:
    assert len(value(f"[n for n in range({MOST_ITERATIONS})]")) == MOST_ITERATIONS
    with pytest.raises(ExpressionError, match="循环次数超过"):
        value(f"[n for n in range({MOST_ITERATIONS + 1})]")


def test_a_long_body_costs_more_for_every_round() -> None:
    body = " + ".join(["n"] * 60)
    with pytest.raises(ExpressionError, match="计算量太大"):
        value(f"[{body} for n in range({MOST_ITERATIONS})]")


@pytest.mark.parametrize(
    "source",
    [
        "[text + text for n in range(5000)]",
        "[text[1:] for n in range(20000)]",
        "[text == text[1:] + 'x' for n in range(20000)]",
        "['乙' in text for n in range(20000)]",
        "[rows == rows2 for n in range(20000)]",
        "[text.upper() for n in range(20000)]",
        "[5 in rows for n in range(20000)]",
        "[str(rows) for n in range(5000)]",
        "sum([rows for n in range(200)], [])",
        "[sorted(rows) for n in range(2000)]",
        "[max(rows, rows2) for n in range(2000)]",
        "[set(rows) - set(rows2) for n in range(2000)]",
        "text * 20000",
        "'x'.replace('', text).replace('x', text)",
        "[dict(big) for n in range(20000)]",
        "[text.count('乙') for n in range(20000)]",
    ],
)
def test_what_looks_through_or_builds_much_is_paid_for(source: str) -> None:
    given = {
        "text": "甲乙" * 4000,
        "rows": list(range(3000)),
        "rows2": [*range(2999), -1],
        "big": {str(n): n for n in range(500)},
    }
    with pytest.raises(ExpressionError):
        value(source, **given)


def test_a_value_that_holds_itself_many_times_is_stopped() -> None:
    shared: list[Any] = [1]
    for _ in range(40):
        shared = [shared, shared]
    for source in ("shared == [shared, 1]", "str(shared)", "[shared]"):
        with pytest.raises(ExpressionError, match=r"太长|嵌套太深"):
            value(source, shared=shared)


def test_numbers_do_not_grow_without_bound() -> None:
    for source in ("n * n * n", "n + n + n + n + n", "0 - n - n - n - n - n"):
        with pytest.raises(ExpressionError, match="数字太大"):
            value(source, n=1 << 510)


def test_a_middle_value_of_a_chain_is_computed_once() -> None:
    calls = []

    def counted() -> int:
        calls.append(1)
        return 3

    compiled = compile_expression("1 < counted() < x", frozenset({"counted"}))
    assert compiled.evaluate({"x": 5}, {"counted": counted}) is True
    assert len(calls) == 1


def test_a_generator_comes_out_as_a_list() -> None:
    assert value("(n * 2 for n in [1, 2])") == [2, 4]
    assert value("enumerate(['a'])") == [(0, "a")]
    assert value("dict(zip(['a'], [1]))") == {"a": 1}


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_gets_out(attack: str) -> None:
    try:
        found = compile_expression(attack, KNOWN).evaluate(VARIABLES, FUNCTIONS)
    except ExpressionError:
        return
    assert isinstance(found, (str, int, float, bool, type(None), list, tuple, dict, set, range)), (
        found
    )
    assert len(str(found)) <= 20 * LONGEST_VALUE


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ('事由 = "甲"', True),
        ("-count(xs) + 1", -1),
        ("xs[n]", 8),
        ("xs[-1]", 8),
        ("n in (> 5, < 3)", True),
        ("n in (1..2]", True),
        ('"a\\"b"', 'a"b'),
        ("inner in outer.parts", False),
        ("string(n)", "2"),
        ("date and_more", None),
        ("xs[0]", None),
        ("some v in xs", None),
    ],
)
def test_feel_becomes_the_same_language(source: str, result: Any) -> None:
    given = {"事由": "甲", "xs": [7, 8], "n": 2, "inner": 1, "outer": {"parts": [2]}}
    if result is None:
        with pytest.raises(ExpressionError):
            compile_feel(source).evaluate(given, {})
    else:
        assert compile_feel(source).evaluate(given, {}) == result


def test_feel_tells_the_line_too() -> None:
    with pytest.raises(ExpressionError, match="第2行"):
        compile_feel("a = 1 and\nb ==")
    with pytest.raises(ExpressionError, match="没有登记名为“frobnicate”的函数"):
        compile_feel("frobnicate(1)")
