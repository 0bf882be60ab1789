"""Parallel branches, joins in loops, several signers, several instances."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from engine import instances
from engine.errors import ProcedureFault
from engine.startup import Engine
from engine.storage import tables
from tests.corpus.drawing import MESSAGE, catch, message, node
from tests.diagrams import NOTE, flow, install, start_end, user
from tests.story import Story

FORK = '<parallelGateway id="P1"/><parallelGateway id="P2"/>'


def test_parallel_branches_meet_and_keep_what_each_wrote(
    any_engine: Engine, tmp_path: Path
) -> None:
    body = (
        start_end()
        + FORK
        + user("A", post='left = note\nshared = "A"')
        + user("B", post="right = note")
        + user("C", post='both = left + "和" + right')
        + flow("S", "P1", "A", "P2", "C", "E")
        + flow("P1", "B", "P2")
    )
    install(any_engine, tmp_path, "parallel", body, variables={"shared": "S"})
    story = Story(any_engine)
    story.begin("gov_clerk", "parallel", {})
    story.do("gov_clerk", "B", note="右")
    assert [step for step, _ in story.open_steps()] == ["A"]
    story.do("gov_clerk", "A", note="左")
    assert [step for step, _ in story.open_steps()] == ["C"]
    story.do("gov_clerk", "C", note="完")
    assert story.see().row.outcome_label == "完成"


def test_a_join_in_a_loop_waits_for_every_branch_in_every_round(
    engine: Engine, tmp_path: Path
) -> None:
    body = (
        start_end()
        + FORK
        + '<exclusiveGateway id="L"/><exclusiveGateway id="X" default="F_X_E"/>'
        + user("A")
        + user("B")
        + user("C")
        + flow("S", "L", "P1", "A", "P2", "C", "X", "E")
        + flow("P1", "B", "P2")
        + flow("X", "L", when='note == "再来"')
    )
    install(engine, tmp_path, "rounds", body)
    story = Story(engine)
    story.begin("gov_clerk", "rounds", {})
    for round_ends_with in ("再来", "再来", "完"):
        story.do("gov_clerk", "A", note="甲")
        assert [step for step, _ in story.open_steps()] == ["B"]
        story.do("gov_clerk", "B", note="乙")
        story.do("gov_clerk", "C", note=round_ends_with)
    assert story.see().row.state == "completed"


def test_signers_in_order_get_it_one_after_the_other(engine: Engine, tmp_path: Path) -> None:
    body = start_end() + user("A", "dept_clerk, dept_head", policy="ordered") + flow("S", "A", "E")
    install(engine, tmp_path, "ordered", body)
    story = Story(engine)
    story.begin("gov_clerk", "ordered", {})
    assert story.open_steps() == [("A", "阮一苇")]
    story.do("gov_clerk", "A", note="一")
    assert story.open_steps() == [("A", "郗明哲")]
    story.do("office_director", "A", note="二")
    assert story.see().row.state == "completed"


def test_signers_all_together_in_any_order(engine: Engine, tmp_path: Path) -> None:
    body = start_end() + user("A", "dept_clerk, dept_head", policy="all") + flow("S", "A", "E")
    install(engine, tmp_path, "together", body)
    story = Story(engine)
    story.begin("gov_clerk", "together", {})
    assert sorted(story.open_steps()) == sorted([("A", "阮一苇"), ("A", "郗明哲")])
    story.do("office_director", "A", note="二")
    assert story.see().row.state == "running"
    story.do("gov_clerk", "A", note="一")
    assert story.see().row.state == "completed"


@pytest.mark.parametrize("order", [("A", "B"), ("B", "A")])
def test_every_instance_of_a_loop_gives_one_result(
    engine: Engine, tmp_path: Path, order: tuple[str, str]
) -> None:
    loop = (
        '<multiInstanceLoopCharacteristics isSequential="false">'
        "<loopDataInputRef>names</loopDataInputRef><loopDataOutputRef>answers</loopDataOutputRef>"
        '<inputDataItem id="name" name="name"/><outputDataItem id="note" name="note"/>'
        "</multiInstanceLoopCharacteristics>"
    )
    body = (
        start_end()
        + '<scriptTask id="T"><script>names = ["A", "B"]</script></scriptTask>'
        + user("M", loop=loop)
        + '<scriptTask id="R"><script>title = "、".join(answers)</script>'
        "</scriptTask>" + flow("S", "T", "M", "R", "E")
    )
    install(engine, tmp_path, "several", body)
    story = Story(engine)
    story.begin("gov_clerk", "several", {})
    assert len(story.open_steps()) == 2
    for note in order:
        story.do("gov_clerk", "M", note=note)
    assert story.see().row.state == "completed"
    assert sorted(story.see().row.title.split("、")) == ["A", "B"]


def test_a_loop_without_a_way_out_is_stopped_and_nothing_is_kept(
    engine: Engine, tmp_path: Path
) -> None:
    body = (
        start_end()
        + user("A")
        + '<exclusiveGateway id="X" default="F_X_T"/><scriptTask id="T"><script>x = 1</script>'
        "</scriptTask>" + flow("S", "A", "X", "T", "X") + flow("X", "E", when="x == 2")
    )
    install(engine, tmp_path, "endless", body, variables={"x": 0})
    story = Story(engine)
    story.begin("gov_clerk", "endless", {})
    before = instances.history(engine, story.who("manager"), story.instance_id)
    with pytest.raises(ProcedureFault) as refused:
        story.do("gov_clerk", "A", note="进")
    assert "没有出口的循环" in refused.value.message
    assert story.open_steps() == [("A", "阮一苇")]
    assert instances.history(engine, story.who("manager"), story.instance_id) == before


def test_a_diagram_that_cannot_compute_keeps_what_was_typed(engine: Engine, tmp_path: Path) -> None:
    body = start_end() + user("A", post="x = 1 / amount") + flow("S", "A", "E")
    amount = {"key": "amount", "type": "number", "label": "数额", "properties": {"kind": "int"}}
    install(engine, tmp_path, "fault", body, fields=[NOTE, amount])
    story = Story(engine)
    story.begin("gov_clerk", "fault", {})
    with pytest.raises(ProcedureFault) as refused:
        story.do("gov_clerk", "A", amount=0)
    assert "没有生效" in refused.value.message
    story.do("gov_clerk", "A", amount=2)
    assert story.see().row.state == "completed"


def test_a_deadline_behind_an_event_gateway_is_shown_as_it_is_drawn(
    engine: Engine, tmp_path: Path
) -> None:
    more = {"clock": "等候答复", "fact": "now_iso()", "length": "3", "unit": "workday"}
    body = (
        start_end()
        + node("eventBasedGateway", "G")
        + catch("C1", source="约定：等候", **more)
        + catch("C2", message("news"))
        + flow("S", "G", "C1", "E")
        + flow("G", "C2", "E")
    )
    install(engine, tmp_path, "first", body, before=MESSAGE.format("news"))
    Story(engine).begin("gov_clerk", "first", {})
    with engine.database.read() as connection:
        [job] = connection.execute(sa.select(tables.job).where(tables.job.c.kind == "timer"))
    assert (job.element_id, job.effect) == ("C1", "remind")
    assert job.basis["fact"] == "等候答复"


@pytest.mark.parametrize("by", ["message", "clock"])
def test_an_event_gateway_goes_on_with_what_comes_first(
    any_engine: Engine, tmp_path: Path, by: str
) -> None:
    body = (
        start_end()
        + node("eventBasedGateway", "G")
        + catch("C1")
        + catch("C2", message("news"))
        + user("late", pre='note = "到期"')
        + user("told", pre="note = received")
        + flow("S", "G", "C1", "late", "E")
        + flow("G", "C2", "told", "E")
    )
    install(any_engine, tmp_path, "first", body, before=MESSAGE.format("news"))
    story = Story(any_engine)
    story.begin("gov_clerk", "first", {})
    if by == "clock":
        story.at("2026-02-11T12:00:00+08:00")
    else:
        clerk = story.who("gov_clerk")
        given = (any_engine, clerk, story.instance_id, "news", {"text": "有"})
        instances.send_message(*given, key="news")
    [(step, _)] = story.open_steps()
    assert step == {"clock": "late", "message": "told"}[by]
    chain = instances.history(any_engine, story.who("gov_clerk"), story.instance_id)
    fired = [each.element_id for each in chain if each.kind == "timer.fired"]
    assert fired == {"clock": ["C1"], "message": []}[by]  # the drawn event, not the gateway
    assert story.at("2026-02-12T12:00:00+08:00") == 0
    story.do("gov_clerk", step, note="完")
    assert story.see().row.state == "completed"
