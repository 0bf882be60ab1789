"""Sub-processes and called processes: what goes in, what comes out, and who waits for them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from engine import timers
from engine.startup import Engine
from tests.conftest import MORNING
from tests.corpus.drawing import boundary, call, inc, inside, interface, sub, timer, xor
from tests.diagrams import diagram, flow, install, start_end, user
from tests.rows import variables_of
from tests.story import Story


def begun(engine: Engine, folder: Path, key: str, body: str, **parts: object) -> Story:
    install(engine, folder, key, body, **parts)  # type: ignore[arg-type]
    story = Story(engine)
    story.begin("gov_clerk", key, {})
    return story


def test_an_inclusive_join_waits_for_a_branch_that_is_inside_a_sub_process(
    any_engine: Engine, tmp_path: Path
) -> None:
    body = (
        start_end()
        + inc("I", "B")
        + inc("J")
        + user("A")
        + user("B")
        + sub("P", inside("P", "X", steps=user("X")))
        + user("D")
        + xor("Z", "M")
        + user("W")
        + xor("M")
        + user("Y")
        + user("C")
        + flow("S", "I", "B", "J", "C", "E")
        + flow("I", "A", when="1 == 1")
        + flow("I", "P", when="2 == 2")
        + flow("A", "J")
        + flow("P", "D", "Z", "M", "Y", "J")
        + flow("Z", "W", when='note == "再来"')
        + flow("W", "M")
    )
    install(any_engine, tmp_path, "inclusive", body)
    story = Story(any_engine)
    story.begin("gov_clerk", "inclusive", {})
    story.do("gov_clerk", "A", note="先到")
    assert [step for step, _ in story.open_steps()] == ["X"]
    story.do("gov_clerk", "X", note="出来")
    story.do("gov_clerk", "D", note="走")
    story.do("gov_clerk", "Y", note="后到")
    assert [step for step, _ in story.open_steps()] == ["C"]


def test_a_called_process_that_takes_and_gives_nothing_leaves_the_caller_as_it_was(
    any_engine: Engine, tmp_path: Path
) -> None:
    called = interface() + start_end() + user("X", post='kept = "里面"') + flow("S", "X", "E")
    body = start_end() + user("A") + call("K", "closed_in") + user("B") + flow("S", "A", "K", "B")
    body += flow("B", "E")
    story = begun(
        any_engine,
        tmp_path,
        "closed",
        body,
        variables={"kept": "外面"},
        files={"closed_in.bpmn": diagram("closed_in", called)},
    )
    story.do("gov_clerk", "A", note="甲")
    assert "note" not in story.view("gov_clerk", "X").values
    story.do("gov_clerk", "X", note="乙")
    assert [step for step, _ in story.open_steps()] == ["B"]
    known = variables_of(any_engine, story.instance_id)
    assert (known["kept"], known["note"]) == ("外面", "甲")


def test_a_duration_is_over_at_its_last_moment_and_not_after_it(
    engine: Engine, tmp_path: Path
) -> None:
    body = (
        start_end()
        + user("A")
        + boundary("B", "A", timer('"PT1H"', "timeDuration", "B"))
        + user("C")
        + flow("S", "A", "E")
        + flow("B", "C", "E")
    )
    story = begun(engine, tmp_path, "hour", body)
    assert timers.next_due(engine) == MORNING + timedelta(hours=1)
    assert story.at("2026-02-11T10:59:59.999999+08:00") == 0
    assert story.at("2026-02-11T11:00:00+08:00") == 1
    assert story.open_steps() == [("C", "阮一苇")]
