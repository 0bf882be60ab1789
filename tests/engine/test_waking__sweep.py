"""While the server runs, what is due fires by itself, and trouble in one round ends nothing."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from engine import timers, waking
from engine.clock import ManualClock, OffsetClock, SystemClock, parse_moment
from engine.scheduling.waker import Waker
from engine.startup import Engine
from tests.corpus.drawing import around, catch, script, timer
from tests.diagrams import install
from tests.engine.test_timers__firing import INTERRUPTED, NOON, waiting
from tests.story import Story

PATIENCE = 20.0  # seconds
TICKING = script("T", "said = pass_time()")


def until(true: Callable[[], bool]) -> None:
    """Wait for another thread's work."""
    look = threading.Event()
    for _ in range(int(PATIENCE / 0.05)):
        if true():
            return
        look.wait(0.05)
    raise AssertionError("it did not happen")


def test_what_becomes_due_fires_by_itself(engine: Engine, tmp_path: Path) -> None:
    story = waiting(engine, tmp_path)
    assert isinstance(engine.clock, ManualClock)
    with waking.awake(engine):
        engine.clock.move_to(parse_moment("2026-02-11T12:00:00+08:00"))
        until(lambda: timers.next_due(engine) is None)
    assert story.open_steps() == [("C", "阮一苇")]


def test_what_is_due_before_the_next_sweep_gets_an_alarm_of_its_own(
    engine: Engine, tmp_path: Path
) -> None:
    story = waiting(engine, tmp_path)
    noon = parse_moment(NOON.strip('"'))
    system = SystemClock()
    engine.clock = OffsetClock(system, noon - timedelta(seconds=2.5) - system.now())
    with waking.awake(engine):
        until(lambda: timers.next_due(engine) is None)
    [fired] = [each for each in story.see().steps if each.element_id == "C"]
    assert fired.state == "now"


def test_what_comes_due_while_others_fire_does_not_wait_for_the_next_round(
    engine: Engine, tmp_path: Path
) -> None:
    clock = engine.clock
    assert isinstance(clock, ManualClock)

    def pass_time() -> str:
        clock.advance(seconds=60)
        return "到"

    body = around("C", "T", steps=catch("C", timer('"PT1M"', "timeDuration")) + TICKING)
    install(engine, tmp_path, "ticking", body, functions={"pass_time": pass_time})
    Story(engine).begin("gov_clerk", "ticking", {})
    clock.advance(seconds=50)
    Story(engine).begin("gov_clerk", "ticking", {})
    clock.advance(seconds=10)  # only the first is due; while it fires the second comes due
    Waker(engine).sweep()
    assert timers.next_due(engine) is None


def test_a_round_that_fails_is_logged_and_the_next_one_comes(
    engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    waiting(engine, tmp_path)
    assert isinstance(engine.clock, ManualClock)
    database = engine.database
    with waking.awake(engine):
        engine.database = None  # type: ignore[assignment]
        until(lambda: any(each.levelno == logging.ERROR for each in caplog.records))
        engine.database = database
        engine.clock.move_to(parse_moment("2026-02-11T12:00:00+08:00"))
        until(lambda: timers.next_due(engine) is None)
    assert "sweep failed" in caplog.text


def test_house_is_kept_daily(engine: Engine) -> None:
    anchors = engine.settings.data / "anchors" / "anchors.jsonl"
    for _ in range(2):  # whoever asks again the same day orders nothing more
        Waker(engine).keep_house()
    assert not anchors.exists()
    assert timers.fire_due(engine) == 1
    assert anchors.exists()
    assert isinstance(engine.clock, ManualClock)
    engine.clock.advance(days=1)
    Waker(engine).keep_house()
    assert timers.fire_due(engine) == 1
    assert len(anchors.read_text("utf-8").splitlines()) == 2


def test_a_timer_in_the_past_fires_when_the_server_comes_back(
    engine: Engine, tmp_path: Path
) -> None:
    story = waiting(engine, tmp_path, INTERRUPTED)
    assert isinstance(engine.clock, ManualClock)
    engine.clock.move_to(parse_moment("2026-02-20T12:00:00+08:00"))
    with waking.awake(engine):
        until(lambda: timers.next_due(engine) is None)
    assert story.open_steps() == [("C", "阮一苇")]
