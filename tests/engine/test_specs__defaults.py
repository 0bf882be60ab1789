"""Variables are declared with the process and set when it is entered; none is drawn."""

from __future__ import annotations

from pathlib import Path

from engine import definitions
from engine.startup import Engine
from tests.diagrams import flow, install, start_end, user, write
from tests.story import Story

TWO_WAYS = (
    start_end()
    + '<exclusiveGateway id="X" default="F_X_B"/>'
    + user("A")
    + user("B")
    + flow("S", "X")
    + flow("X", "A", when='seen == ["a", "b"]')
    + flow("X", "B", "E")
    + flow("A", "E")
)


def test_a_default_may_be_computed_from_what_stands_before_it(
    engine: Engine, tmp_path: Path
) -> None:
    variables = {"given": ["a"], "both": '=given + ["b"]', "seen": "=both"}
    install(engine, tmp_path, "computed", TWO_WAYS, variables=variables)
    story = Story(engine)
    story.begin("gov_clerk", "computed", {})
    assert [step for step, _ in story.open_steps()] == ["A"]


def test_a_default_that_cannot_be_computed_is_refused(tmp_path: Path) -> None:
    made = write(tmp_path, "one", TWO_WAYS, variables={"seen": "=__import__('os')"})
    [finding] = definitions.check([made])
    assert finding.code == "expression"
    assert "变量“seen”的缺省值" in finding.message
