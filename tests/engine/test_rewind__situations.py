"""Taking a finished step back undoes its consequences and nothing else, wherever it stands.

Every situation is played twice, the second time rebuilt from its rows before every act, and to the
end; after every act the live workflow is the one its rows give (tests/engine/rewinding.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engine.startup import Engine
from tests.engine.rewinding import Run, compiled, flow, script, several, task, timer

NAMES = ["甲", "乙", "丙"]
Begin = Callable[..., Run]

LINE = task("a") + task("b") + task("c") + flow("S", "a", "b", "c", "E")
BRANCHES = (
    "".join(map(task, ("a", "b1", "b2", "c1", "c2", "z")))
    + '<parallelGateway id="f"/><parallelGateway id="j"/>'
    + flow("S", "a", "f", "b1", "b2", "j", "z", "E")
    + flow("f", "c1", "c2", "j")
)
INSIDE = '<startEvent id="s2"/><endEvent id="e2"/>' + task("x") + task("y")
EACH = INSIDE + script("r", 'res = one + "好"') + flow("s2", "x", "y", "r", "e2")
SEVERAL = task("a") + several("m", EACH) + task("z") + flow("S", "a", "m", "z", "E")
IN_ORDER = task("a") + several("m", EACH, ordered=True) + task("z") + flow("S", "a", "m", "z", "E")
INNER = INSIDE + flow("s2", "x", "y", "e2")
PART = task("a") + f'<subProcess id="u">{INNER}</subProcess>' + task("z")
PART += flow("S", "a", "u", "z", "E")
CALLING = task("a") + '<callActivity id="k" calledElement="q"/>' + task("z")
CALLING += flow("S", "a", "k", "z", "E")
CALLED = (
    '<ioSpecification><dataInput id="given" name="given"/><dataOutput id="gave" name="gave"/>'
    "<inputSet/><outputSet/></ioSpecification>"
    + INSIDE
    + script("r", "gave = given + more")
    + flow("s2", "x", "y", "r", "e2")
)
ROUNDS = (
    '<exclusiveGateway id="in"/><exclusiveGateway id="out" default="F_out_z"/>'
    + "".join(map(task, ("a", "b", "d", "z")))
    + flow("S", "a", "in", "b", "d", "out", "z", "E")
    + flow("out", "in", when="again")
)
OFFICE = (
    '<inclusiveGateway id="f" default="F_f_d"/><inclusiveGateway id="j"/>'
    + "".join(map(task, "abcdz"))
    + flow("S", "a", "f")
    + flow("f", "b", when="left")
    + flow("f", "c", when="right")
    + flow("f", "d", "j", "z", "E")
    + flow("b", "j")
    + flow("c", "j")
)


@pytest.fixture(params=[False, True], ids=["kept", "reloaded"])
def begin(request: pytest.FixtureRequest, engine: Engine) -> Iterator[Begin]:
    """Begin an instance of a body: the same one kept in memory, or rebuilt before every act."""
    with engine.database.read() as connection:

        def run(body: str, *, called: dict[str, str] | None = None, **variables: Any) -> Run:
            definition = compiled(body, called=called)
            return Run(engine, connection, definition, reloads=request.param, **variables)

        yield run


def test_on_a_straight_line_the_target_opens_and_what_followed_is_gone(begin: Begin) -> None:
    run = begin(LINE)
    run.do("a", note="甲")
    run.do("b", note="乙")
    assert run.targets("c") == ["b", "a"]
    told = run.undoing("a")
    assert (len(told.undone), len(told.closed), told.refusals) == (1, 1, ())
    run.take_back("a")
    assert run.open == ["a"]
    assert "note" not in run.data("a")  # it opens as it opened; what was entered is kept as facts
    run.do("a", note="丙")
    assert run.data("b")["note"] == "丙"
    assert run.to_the_end() == ["b", "c"]


def test_within_a_branch_the_other_branch_goes_on(begin: Begin) -> None:
    run = begin(BRANCHES)
    run.do("a")
    run.do("b1")
    run.take_back("b1")
    assert run.open == ["b1", "c1"]
    assert sorted(run.to_the_end()) == ["b1", "b2", "c1", "c2", "z"]


def test_to_before_the_split_every_branch_is_cancelled(begin: Begin) -> None:
    run = begin(BRANCHES)
    run.do("a")
    run.do("b1")
    run.do("c1")
    told = run.undoing("a")
    assert (len(told.undone), len(told.closed)) == (2, 2)
    run.take_back("a")
    assert run.open == ["a"]
    assert len(run.to_the_end()) == 6


def test_a_branch_that_waits_at_the_join_stays_there(begin: Begin) -> None:
    run = begin(BRANCHES)
    for step in ("a", "c1", "c2", "b1"):
        run.do(step)
    run.take_back("b1")
    assert run.open == ["b1"]
    assert run.to_the_end() == ["b1", "b2", "z"]


def test_of_several_back_to_before_them_all_are_cancelled(begin: Begin) -> None:
    run = begin(SEVERAL, names=NAMES)
    run.do("a")
    run.do("x", "乙")
    run.take_back("a")
    assert run.open == ["a"]
    assert len(run.to_the_end()) == 8


def test_of_several_back_within_one_the_others_and_the_clock_go_on(begin: Begin) -> None:
    clock = timer("t", "m", '"P5D"', interrupts=False, kind="Duration") + '<endEvent id="e3"/>'
    run = begin(SEVERAL + clock + flow("t", "e3"), names=NAMES)
    run.do("a")
    before = run.due
    run.do("x", "乙")
    run.do("x", "甲")
    run.wait(1)
    run.take_back("x", "乙")
    assert run.open == ["x@丙", "x@乙", "y@甲"]
    assert run.due == before
    run.to_the_end()


def test_in_order_back_to_the_one_before_takes_the_later_away(begin: Begin) -> None:
    run = begin(IN_ORDER, names=NAMES)
    for step in ("a", "x", "y", "x"):
        run.do(step)
    assert run.open == ["y@乙"]
    run.take_back("y", "甲")
    assert run.open == ["y@甲"]
    assert run.to_the_end() == ["y@甲", "x@乙", "y@乙", "x@丙", "y@丙", "z"]


@pytest.mark.parametrize("step", ["b2", "c2"])
def test_behind_a_join_only_the_one_branch_runs_again(begin: Begin, step: str) -> None:
    run = begin(BRANCHES)
    for each in ("a", "b1", "b2", "c1", "c2"):
        run.do(each, **{each: 1})
    assert sorted(run.targets("z")) == ["a", "b1", "b2", "c1", "c2"]
    run.take_back(step)
    assert run.open == [step]
    run.do(step, **{step: 2})
    data = run.data("z")
    assert data[step] == 2
    assert {data[each] for each in ("b1", "b2", "c1", "c2") if each != step} == {1}
    assert run.to_the_end() == ["z"]


def test_into_a_finished_part_reopens_it_and_only_that_step(begin: Begin) -> None:
    run = begin(PART)
    for step in ("a", "x", "y"):
        run.do(step)
    run.take_back("x")
    assert run.open == ["x"]
    assert run.to_the_end() == ["x", "y", "z"]


def test_into_a_finished_called_process_reopens_it(begin: Begin) -> None:
    run = begin(CALLING, called={"q": CALLED}, given=1)
    run.do("a")
    run.do("x")
    run.do("y", more=1)
    assert run.data("z")["gave"] == 2
    run.take_back("y")
    assert run.open == ["y"]
    run.do("y", more=5)
    assert run.data("z")["gave"] == 6
    assert run.to_the_end() == ["z"]


def test_into_a_finished_one_of_several_rebuilds_the_results(begin: Begin) -> None:
    run = begin(SEVERAL, names=NAMES, results=[])
    run.do("a")
    for each in NAMES:
        run.do("x", each)
        run.do("y", each)
    assert run.data("z")["results"] == ["甲好", "乙好", "丙好"]
    run.take_back("y", "乙")
    assert run.open == ["y@乙"]
    run.do("y", "乙")
    assert run.data("z")["results"] == ["甲好", "丙好", "乙好"]
    assert run.to_the_end() == ["z"]


def test_from_a_called_process_back_to_its_caller_removes_it(begin: Begin) -> None:
    run = begin(CALLING, called={"q": CALLED}, given=1)
    run.do("a")
    run.do("x")
    assert run.targets("y") == ["x", "a"]
    run.take_back("a")
    assert run.open == ["a"]
    run.do("a")
    run.do("x")
    run.do("y", more=0)
    assert run.to_the_end() == ["z"]


def test_in_a_loop_one_round_is_taken_back_and_the_later_are_gone(begin: Begin) -> None:
    run = begin(ROUNDS, again=False)
    run.do("a")
    for again in (True, True, False):
        run.do("b", round=again)
        run.do("d", again=again)
    assert run.targets("z") == ["d", "b", "d", "b", "d", "b", "a"]
    run.take_back("d")
    assert run.open == ["d"]
    run.do("d", again=True)
    run.take_back("d")
    run.take_back("b")
    assert run.open == ["b"]
    run.do("b")
    run.do("d", again=False)
    assert run.to_the_end() == ["z"]


def test_a_loop_with_branches_waits_for_both_again(begin: Begin) -> None:
    run = begin(
        '<exclusiveGateway id="in"/><exclusiveGateway id="out" default="F_out_E"/>'
        + "".join(map(task, "bcd"))
        + '<parallelGateway id="f"/><parallelGateway id="j"/>'
        + flow("S", "in", "f", "b", "j", "d", "out", "E")
        + flow("f", "c", "j")
        + flow("out", "in", when="again"),
        again=True,
    )
    for step in ("b", "c", "d", "c", "b"):
        run.do(step)
    assert run.open == ["d"]
    run.take_back("b")
    assert run.open == ["b"]
    run.do("b")
    run.do("d", again=False)
    assert run.execution.completed


def test_an_inclusive_join_waits_for_the_branch_again(begin: Begin) -> None:
    run = begin(OFFICE, left=True, right=True)
    for step in "abc":
        run.do(step)
    run.take_back("b")
    assert run.open == ["b"]
    run.do("b")
    assert run.open == ["z"]
    run.take_back("a")
    run.do("a", left=False)
    assert run.open == ["c"]
    assert run.to_the_end() == ["c", "z"]


# ---- what is refused -------------------------------------------------------------------------


def test_a_step_of_another_branch_is_no_target(begin: Begin) -> None:
    run = begin(BRANCHES)
    for step in ("a", "c1", "b1"):
        run.do(step)
    assert run.targets("b2") == ["b1", "a"]
    assert run.targets("c2") == ["c1", "a"]
    run.to_the_end()


def test_a_step_of_another_of_several_is_no_target(begin: Begin) -> None:
    run = begin(SEVERAL, names=NAMES)
    run.do("a")
    run.do("x", "甲")
    run.do("x", "乙")
    assert run.targets("y", "甲") == ["x@甲", "a"]
    run.to_the_end()


def test_nothing_leads_back_into_what_a_deadline_cut_off(begin: Begin) -> None:
    late = timer("t", "u", '"2026-02-20T09:00:00+08:00"', interrupts=True)
    late += task("w") + '<endEvent id="e3"/>' + flow("t", "w", "e3")
    run = begin(PART + late)
    run.do("a")
    run.do("x")
    run.wait(10)
    assert run.open == ["w"]
    assert run.targets("w") == ["a"]
    assert "“u”已中止" in run.undoing("x").refusals[0]
    run.take_back("a")
    assert run.open == ["a"]


def test_nothing_leads_back_into_what_a_terminate_event_ended(begin: Begin) -> None:
    inner = (
        INSIDE.replace('<endEvent id="e2"/>', "")
        + '<endEvent id="e2"><terminateEventDefinition id="td"/></endEvent><endEvent id="e4"/>'
        + '<parallelGateway id="f"/>'
        + flow("s2", "f", "x", "e4")
        + flow("f", "y", "e2")
    )
    part = task("a") + f'<subProcess id="u">{inner}</subProcess>' + task("z")
    run = begin(part + flow("S", "a", "u", "z", "E"))
    for step in ("a", "y"):
        run.do(step)
    assert run.open == ["z"]
    assert "终止事件" in run.undoing("y").refusals[0]
    assert run.targets("z") == ["a"]
    run.take_back("a")
    assert run.to_the_end() == ["a", "x", "y", "z"]


def test_a_step_that_ran_out_of_time_is_no_target(begin: Begin) -> None:
    late = timer("t", "b", '"2026-02-20T09:00:00+08:00"', interrupts=True)
    run = begin(LINE + late + task("w") + flow("t", "w", "c"))
    run.do("a")
    run.wait(10)
    run.do("w")
    assert run.targets("c") == ["w", "a"]
    run.to_the_end()


def test_a_step_whose_time_is_over_by_now_does_not_open_again(begin: Begin) -> None:
    late = timer("t", "b", '"2026-02-20T09:00:00+08:00"', interrupts=True)
    run = begin(LINE + late + task("w") + flow("t", "w", "c"))
    run.do("a")
    run.do("b")
    assert run.targets("c") == ["b", "a"]
    run.wait(10)
    assert run.targets("c") == ["a"]
    assert "“b”的时限已过" in run.undoing("b").refusals[0]


# ---- clocks ----------------------------------------------------------------------------------


def test_a_deadline_counted_from_a_fact_does_not_begin_again(begin: Begin) -> None:
    late = timer("t", "b", "due", interrupts=True)
    run = begin(LINE + late + task("w") + flow("t", "w", "c"), due="2026-02-20T09:00:00+08:00")
    run.do("a")
    before = run.due
    run.do("b")
    run.wait(2)
    run.take_back("b")
    assert (run.open, run.due) == (["b"], before)
    run.wait(10)
    assert run.open == ["w"]
    run.to_the_end()


def test_a_time_counted_from_the_opening_begins_again(begin: Begin) -> None:
    late = timer("t", "b", '"P5D"', interrupts=True, kind="Duration")
    run = begin(LINE + late + task("w") + flow("t", "w", "c"))
    run.do("a")
    before = run.due
    run.do("b")
    run.wait(2)
    run.take_back("b")
    assert run.due.keys() == before.keys()
    assert run.due["t"] > before["t"]
    run.to_the_end()


def test_the_clock_of_a_part_that_runs_is_not_touched(begin: Begin) -> None:
    late = timer("t", "u", '"P5D"', interrupts=False, kind="Duration") + '<endEvent id="e3"/>'
    run = begin(PART + late + flow("t", "e3"))
    run.do("a")
    before = run.due
    run.do("x")
    run.wait(1)
    run.take_back("x")
    assert (run.open, run.due) == (["x"], before)
    run.to_the_end()


def test_a_reminder_that_repeats_goes_on_when_its_step_opens_again(begin: Begin) -> None:
    weekly = timer("t", "b", '"R/P7D"', interrupts=False, kind="Cycle") + task("w")
    run = begin(LINE + weekly + '<endEvent id="e3"/>' + flow("t", "w", "e3"))
    run.do("a")
    run.wait(8)
    assert run.open == ["b", "w"]
    run.do("b")
    assert (run.open, run.due) == (["c"], {})
    run.take_back("b")
    assert run.open == ["b"]
    run.wait(8)
    assert run.open == ["b", "w"]
    run.wait(7)
    assert run.open == ["b", "w", "w"]


def test_what_a_reminder_opened_goes_when_its_step_opens_again(begin: Begin) -> None:
    remind = timer("t", "b", '"2026-02-20T09:00:00+08:00"', interrupts=False) + task("w")
    run = begin(LINE + remind + '<endEvent id="e3"/>' + flow("t", "w", "e3"))
    run.do("a")
    run.wait(10)
    run.take_back("a")
    assert (run.open, run.due) == (["a"], {})
    run.do("a")  # the moment has passed: reminded at once
    assert run.open == ["b", "w"]
    run.do("w")
    run.do("b")
    assert run.to_the_end() == ["c"]


# ---- taking back one's own -------------------------------------------------------------------


def test_the_first_at_a_join_takes_back_while_the_other_branch_is_open(begin: Begin) -> None:
    run = begin(BRANCHES)
    for step in ("a", "b1", "b2", "c1"):
        run.do(step)
    assert run.undoing("b2").closed == ()
    run.take_back("b2")
    assert run.open == ["b2", "c2"]
    run.to_the_end()


def test_the_last_of_several_takes_back_when_all_had_ended(begin: Begin) -> None:
    run = begin(SEVERAL, names=NAMES)
    run.do("a")
    for each in NAMES:
        run.do("x", each)
        run.do("y", each)
    assert run.undoing("y", "丙").undone == ()
    run.take_back("y", "丙")
    assert run.open == ["y@丙"]
    run.to_the_end()


def test_of_those_cut_off_by_the_first_answer_only_the_answer_comes_back(begin: Begin) -> None:
    first = several("m", EACH, until='res == "甲好"')
    run = begin(task("a") + first + task("z") + flow("S", "a", "m", "z", "E"), names=NAMES)
    run.do("a")
    run.do("x", "甲")
    run.do("y", "甲")
    assert run.open == ["z"]
    run.take_back("y", "甲")
    assert run.open == ["y@甲"]
    assert run.to_the_end() == ["y@甲", "z"]


def test_a_deep_loop_is_taken_back_without_running_out_of_stack(begin: Begin) -> None:
    run = begin(ROUNDS, again=True)
    run.reloads = False
    run.do("a")
    for _ in range(60):
        run.do("b")
        run.do("d", again=True)
    run.take_back("a")
    assert run.open == ["a"]
    assert len(run.tasks) < 30
