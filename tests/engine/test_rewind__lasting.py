"""Numbers, books and messages are not taken back. What a step voids is void when it opens again."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from engine.procedure import lasting
from engine.startup import Engine
from processes import discover
from tests.diagrams import properties
from tests.engine.rewinding import Run, compiled, flow, script, task

Begin = Callable[..., Run]
MESSAGE = '<message id="M" name="M"/>'
WRITES = ("take_number", "add_record", "seal_files")


@pytest.fixture
def begin(engine: Engine) -> Iterator[Begin]:
    """Begin an instance of a body."""
    with engine.database.read() as connection:

        def run(body: str, functions: dict[str, Any] | None = None, **variables: Any) -> Run:
            definition = compiled(body, before=MESSAGE, functions=functions)
            return Run(engine, connection, definition, reloads=True, **variables)

        yield run


@lasting
def take() -> int:
    return 7


def test_nobody_goes_back_past_a_number_that_was_taken(begin: Begin) -> None:
    body = "".join(map(task, "abcd")) + script("n", "number = take()")
    run = begin(body + flow("S", "a", "b", "n", "c", "d", "E"), {"take": take})
    for step in "abc":
        run.do(step)
    assert run.targets("d") == ["c"]
    assert run.undoing("a").refusals == ("“n”已编号或登记入册，不能收回；请退回到它之后的步骤。",)


def test_a_step_that_took_a_number_when_it_was_done_does_not_open_again(begin: Begin) -> None:
    numbering = properties(post="number = take()")
    run = begin(task("a") + task("b", numbering) + flow("S", "a", "b", "E"), {"take": take})
    run.do("a")
    assert run.targets("b") == ["a"]  # it is open: no number yet
    run = begin(
        task("a") + task("b", numbering) + task("c") + flow("S", "a", "b", "c", "E"), {"take": take}
    )
    run.do("a")
    run.do("b")
    assert run.targets("c") == []


def test_nobody_goes_back_past_a_message(begin: Begin) -> None:
    catch = (
        '<intermediateCatchEvent id="m" name="来信">'
        '<messageEventDefinition id="md" messageRef="M"/></intermediateCatchEvent>'
    )
    run = begin("".join(map(task, "abc")) + catch + flow("S", "a", "m", "b", "c", "E"))
    run.do("a")
    assert run.undoing("a").refusals == ()  # it waits: nothing has come
    run.deliver("M")
    run.do("b")
    assert run.targets("c") == ["b"]
    assert run.undoing("a").refusals == ("“来信”已收发消息，不能收回；请退回到它之后的步骤。",)


def test_what_a_step_voids_is_void_when_it_opens_again(begin: Begin) -> None:
    body = "".join(map(task, "ac")) + task("b", properties(invalidates="checked, unknown"))
    run = begin(body + flow("S", "a", "b", "c", "E"), checked=True)
    run.do("a")
    assert run.data("b")["checked"] is True
    run.do("b")
    run.take_back("b")
    assert run.data("b")["checked"] is None


def test_what_a_step_voids_must_not_come_back_from_another_branch(begin: Begin) -> None:
    body = (
        "".join(map(task, ("a", "c", "d", "e", "z")))
        + task("b", properties(invalidates="checked"))
        + '<parallelGateway id="f"/><parallelGateway id="j"/>'
        + flow("S", "a", "f", "b", "c", "j", "z", "E")
        + flow("f", "d", "e", "j")
    )
    run = begin(body, checked=None)
    run.do("a")
    run.do("b")
    assert run.targets("c") == ["b", "a"]
    run.do("d", checked=True)
    assert run.targets("c") == ["a"]
    assert "并行的“e”" in run.undoing("b").refusals[0]
    run.do("e")
    assert run.targets("c") == ["a"]


def test_what_was_computed_since_is_told(begin: Begin) -> None:
    body = (
        "".join(map(task, "abc"))
        + script("n", "n = amount + 1")
        + '<exclusiveGateway id="g" default="F_g_c"/>'
        + flow("S", "a", "n", "b", "g", "c", "E")
        + flow("g", "E", when="small")
    )
    run = begin(body, amount=1, small=False)
    run.do("a")
    run.do("b")
    assert run.undoing("a").computed == ("n = amount + 1", "small")
    assert run.undoing("b").computed == ("small",)


def test_every_function_that_writes_a_book_is_marked_as_lasting() -> None:
    unmarked = [
        name
        for procedure in discover()
        for name, function in procedure.functions.items()
        if any(f".{each}(" in _source(function) for each in WRITES)
        and not getattr(function, "is_lasting", False)
    ]
    assert unmarked == []


def _source(function: Any) -> str:
    return inspect.getsource(function) if inspect.isfunction(function) else ""
