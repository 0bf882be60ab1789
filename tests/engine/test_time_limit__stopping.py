"""Work that does not end is stopped, and its thread with it."""

from __future__ import annotations

import threading

import pytest

from engine.spiff import compile_definition
from engine.time_limit import TookTooLong, within
from tests.corpus.drawing import around, inside, node, person, sub
from tests.diagrams import diagram

ENDLESS = 0.2  # seconds


def limited() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "time-limited"]


def test_what_ends_gives_its_result() -> None:
    assert within(60, lambda: 1 + 1) == 2


def test_its_own_exception_comes_through() -> None:
    with pytest.raises(KeyError):
        within(60, lambda: {}["nothing"])


def test_an_endless_loop_is_stopped() -> None:
    def turn() -> None:
        while True:
            pass

    with pytest.raises(TookTooLong, match="超过时限"):
        within(ENDLESS, turn)
    for thread in limited():
        thread.join(30)
    assert not limited()


def test_the_parser_that_hangs_is_stopped() -> None:
    """A data object two sub-processes deep: the library looks for it upwards and never arrives."""
    used = '<dataInputAssociation id="DI"><sourceRef>R</sourceRef></dataInputAssociation>'
    step = person("U").replace("</userTask>", used + "</userTask>")
    deep = node("dataObjectReference", "R", dataObjectRef="none")
    body = around(
        "P", steps=sub("P", inside("P", "Q", steps=sub("Q", inside("Q", "U", steps=step + deep))))
    )
    files = {"t/t.bpmn": ("bpmn", diagram("t", body))}
    with pytest.raises(TookTooLong):
        within(2, lambda: compile_definition("t", files, {}))
    for thread in limited():
        thread.join(30)
    assert not limited()
