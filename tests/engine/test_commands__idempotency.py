"""One key, one effect, one answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa

from engine import commands, registers
from engine.errors import KeyReused, Malformed, NotAllowed
from engine.startup import Engine


def press(
    engine: Engine,
    key: str,
    body: Any = None,
    *,
    actor: str = "p1",
    operation: str = "instances.start",
) -> tuple[dict[str, Any], bool]:
    """A command whose effect can be counted: it takes the next number of a series."""

    def work(connection: sa.Connection) -> dict[str, Any]:
        return {"number": registers.take_number(connection, "收文", 2026)}

    return commands.run_once(engine, actor, key, operation, body, work)


def test_a_retry_gets_the_same_answer_and_has_no_effect(any_engine: Engine) -> None:
    assert press(any_engine, "k1", {"a": 1, "b": 2}) == ({"number": 1}, False)
    assert press(any_engine, "k1", {"b": 2, "a": 1}) == ({"number": 1}, True)
    assert press(any_engine, "k2", {"a": 1, "b": 2}) == ({"number": 2}, False)


def test_the_same_key_with_another_body_is_refused(any_engine: Engine) -> None:
    press(any_engine, "k1", {"a": 1})
    with pytest.raises(KeyReused):
        press(any_engine, "k1", {"a": 2})


def test_the_same_key_for_another_operation_is_refused(any_engine: Engine) -> None:
    press(any_engine, "k1", {"a": 1})
    with pytest.raises(KeyReused):
        press(any_engine, "k1", {"a": 1}, operation="tasks.complete")


def test_keys_of_two_people_do_not_meet(any_engine: Engine) -> None:
    assert press(any_engine, "k1", actor="p1") == ({"number": 1}, False)
    assert press(any_engine, "k1", actor="p2") == ({"number": 2}, False)


@pytest.mark.parametrize("key", ["", "k" * 129, "a\x00b", "a\nb"])
def test_an_unusable_key_is_refused_with_a_sentence(any_engine: Engine, key: str) -> None:
    with pytest.raises(Malformed, match="1到128个可见字符"):
        press(any_engine, key)


@pytest.mark.parametrize("text", ["\x00", "\\\x00", "\ud800"])
def test_what_no_database_can_keep_is_refused(any_engine: Engine, text: str) -> None:
    with pytest.raises(Malformed):
        press(any_engine, "k1", {"comment": [text]})


def test_a_backslash_is_no_forbidden_character(any_engine: Engine) -> None:
    assert press(any_engine, "k1", {"comment": "\\u0000"}) == ({"number": 1}, False)


def test_a_refused_command_leaves_its_key_free(any_engine: Engine) -> None:
    def refuse(connection: sa.Connection) -> dict[str, Any]:
        raise NotAllowed

    with pytest.raises(NotAllowed):
        commands.run_once(any_engine, "p1", "k1", "instances.start", None, refuse)
    assert press(any_engine, "k1") == ({"number": 1}, False)


def test_two_clicks_at_once_end_in_one_effect_and_one_answer(any_engine: Engine) -> None:
    for round_ in range(10):
        gate = Barrier(2)

        def click(_: int, gate: Barrier = gate, key: str = f"k{round_}") -> Any:
            gate.wait(10)
            return press(any_engine, key, {"round": key})

        with ThreadPoolExecutor(2) as pool:
            first, second = pool.map(click, range(2))
        assert first[0] == second[0] == {"number": round_ + 1}
        assert {first[1], second[1]} == {False, True}


def test_a_repetition_that_fails_for_another_reason_still_gets_its_answer(
    any_engine: Engine,
) -> None:
    press(any_engine, "k1")

    def stumble(connection: sa.Connection) -> dict[str, Any]:
        raise ZeroDivisionError

    again = commands.run_once(any_engine, "p1", "k1", "instances.start", None, stumble)
    assert again == ({"number": 1}, True)
    with pytest.raises(ZeroDivisionError):
        commands.run_once(any_engine, "p1", "k2", "instances.start", None, stumble)


def test_a_key_used_for_something_else_undoes_what_was_done_under_it(any_engine: Engine) -> None:
    press(any_engine, "k1", {"a": 1})
    with pytest.raises(KeyReused):
        press(any_engine, "k1", {"a": 2})
    assert press(any_engine, "k2", {"a": 1}) == ({"number": 2}, False)
