"""What a decision table decides: one row, several rows, none, or two where one is allowed."""

from __future__ import annotations

import pytest

from engine import decisions
from engine.errors import Invalid, Malformed
from engine.expressions import ExpressionError
from tests.engine.test_decisions__rows import Row, table

BIG: Row = (('"a"', "> 5"), '"大"')
SMALL: Row = (('"a"', "<= 5"), '"小"')
REST: Row = (("", ""), "None")


def decide(*rows: Row, policy: str = "UNIQUE", **variables: object) -> object:
    loaded = decisions.load(table(*rows, policy=policy))
    return loaded.decide(variables, {"double": lambda n: n * 2})["found"]


def test_the_row_that_matches_decides() -> None:
    assert decide(BIG, SMALL, REST, kind="a", days=9) == "大"
    assert decide(BIG, SMALL, REST, kind="a", days=1) == "小"


def test_the_last_row_without_conditions_takes_the_rest() -> None:
    assert decide(BIG, SMALL, REST, kind="b", days=1) is None


def test_no_row_gives_none_or_an_empty_list() -> None:
    assert decide(BIG, kind="b", days=1) is None
    assert decide(BIG, policy="COLLECT", kind="b", days=1) == []


def test_a_collecting_table_gives_every_result_in_order() -> None:
    rows = [BIG, (("", ""), '"总是"'), (('"a"', ""), "None")]
    assert decide(*rows, policy="COLLECT", kind="a", days=9) == ["大", "总是"]


def test_two_rows_at_once_are_a_fault_of_the_table_and_both_are_named() -> None:
    with pytest.raises(Malformed, match="第1行和第2行同时命中"):
        decide(BIG, (("", "> 7"), "2"), kind="a", days=9)


def test_an_empty_cell_is_not_even_read() -> None:
    assert decide((("", ""), "1")) == 1


def test_a_result_is_an_expression_over_the_variables() -> None:
    assert decide((('"a"', ""), "days * 2"), kind="a", days=4) == 8


def test_a_missing_variable_is_told() -> None:
    with pytest.raises(ExpressionError, match="没有变量“days”"):
        decide(BIG, kind="a")


def test_a_result_that_cannot_be_stored_is_told() -> None:
    with pytest.raises(ExpressionError, match="sorted"):
        decide((('"a"', ""), "{1, 2}"), kind="a", days=1)
    assert decide((('"a"', ""), "(1, 2)"), kind="a", days=1) == [1, 2]


def test_functions_may_be_called_and_unknown_ones_are_named() -> None:
    loaded = decisions.load(table((('"a"', ""), "double(days)"), REST))
    assert loaded.decide({"kind": "a", "days": 2}, {"double": lambda n: n * 2}) == {"found": 4}
    assert decisions.check_names(loaded, frozenset({"double"})) == []
    [told] = decisions.check_names(loaded, frozenset())
    assert "第1行“found”" in told.message
    assert told.code == "table-cell"


@pytest.mark.parametrize(
    "text",
    [
        "<definitions",
        '<!DOCTYPE x [<!ENTITY a "b">]><definitions>&a;</definitions>',
    ],
)
def test_what_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        decisions.load(text)


def test_every_fault_is_told_at_once() -> None:
    wrong = table((('"a"',), "1"), policy="FIRST").replace('name="found"', 'name=""')
    with pytest.raises(Invalid) as told:
        decisions.load(wrong)
    codes = {each.code for each in told.value.findings}
    assert codes == {"table-policy", "table-outputs", "table-columns"}


def test_a_row_cites_its_source() -> None:
    assert decisions.load(table(BIG)).rules[0].source == "工作规则第三十条"
