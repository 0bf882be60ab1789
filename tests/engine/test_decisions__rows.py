"""Tables whose rows overlap or leave a gap are refused before any case meets them."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import decisions
from engine.diagnostics.tables import rows_fit_together
from engine.errors import DeploymentRefused
from engine.startup import Engine
from tests.diagrams import flow, install, properties, start_end

Row = tuple[tuple[str, ...], str]


def table(*rows: Row, policy: str = "UNIQUE", inputs: tuple[str, ...] = ("kind", "days")) -> str:
    """A table of one output over some inputs."""
    columns = "".join(
        f'<input id="I{n}" label="{name}"><inputExpression><text>{name}</text></inputExpression>'
        "</input>"
        for n, name in enumerate(inputs)
    )
    written = ""
    for number, (cells, result) in enumerate(rows):
        entries = "".join(
            f"<inputEntry><text>{cell.replace('<', '&lt;')}</text></inputEntry>" for cell in cells
        )
        written += (
            f'<rule id="R{number}">{entries}<outputEntry><text>{result}</text></outputEntry>'
            "<annotationEntry><text>工作规则第三十条</text></annotationEntry></rule>"
        )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="D">'
        f'<decision id="tried" name="试表"><decisionTable hitPolicy="{policy}">{columns}'
        f'<output name="found"/>{written}</decisionTable></decision></definitions>'
    )


def findings(*rows: Row, **more: str) -> list[str]:
    return [each.message for each in rows_fit_together(decisions.load(table(*rows, **more)))]


def test_rows_that_divide_every_case_fit() -> None:
    rows = [
        (('"a"', "<= 5"), "1"),
        (('"a"', "> 5"), "2"),
        (('? != "a"', ""), "3"),
    ]
    assert findings(*rows) == []


def test_two_rows_for_one_case_are_told_with_the_case() -> None:
    [told] = findings((('"a"', "> 3"), "1"), (('"a"', "> 5"), "2"), (("", ""), "3"))
    assert "第1行和第2行会同时命中" in told
    assert "kind＝a" in told


def test_a_case_without_a_row_is_told_unless_a_last_row_takes_the_rest() -> None:
    rows = [(('"a"', ""), "1"), (('"b"', ""), "2")]
    [told] = findings(*rows)
    assert "一行也不命中" in told
    assert findings(*rows, (("", ""), "3")) == []


def test_numbers_are_tried_at_their_borders() -> None:
    [told] = findings((('? in ("a", "b")', "<= 5"), "1"), (("", "> 6"), "2"))
    assert "一行也不命中" in told


def test_a_collecting_table_may_hit_several_rows() -> None:
    assert findings((('"a"', ""), "1"), (('"a"', ""), "2"), policy="COLLECT") == []


def test_a_table_that_looks_at_other_variables_is_left_to_its_tests() -> None:
    assert findings((('"a"', "> limit"), "1"), (('"a"', "> limit"), "2")) == []


def test_an_overlapping_table_cannot_be_deployed(engine: Engine, tmp_path: Path) -> None:
    rule = (
        '<businessRuleTask id="BR" name="判断">'
        + properties().replace(
            "</extensionElements>",
            "<spiffworkflow:calledDecisionId>tried</spiffworkflow:calledDecisionId>"
            "</extensionElements>",
        )
        + "</businessRuleTask>"
    )
    wrong = table((('"a"', ""), "1"), (('"a"', ""), "2"), (("", ""), "3"))
    with pytest.raises(DeploymentRefused) as refused:
        install(
            engine,
            tmp_path,
            "tried_process",
            start_end() + rule + flow("S", "BR", "E"),
            files={"tried.dmn": wrong},
        )
    assert any("同时命中" in each.message for each in refused.value.findings)


def test_a_record_carries_the_source_of_its_row() -> None:
    found = decisions.load(table((('"a"', ""), '{"no": 1}'), policy="COLLECT"))
    assert found.decide({"kind": "a", "days": 1}, {}) == {
        "found": [{"source": "工作规则第三十条", "no": 1}]
    }
