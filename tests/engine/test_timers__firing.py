"""What is due fires once, in order, each at its moment; one broken instance holds up nobody."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from engine import history, instances, timers
from engine.clock import ManualClock, OffsetClock, parse_moment
from engine.errors import ClockBackwards, NotAllowed, ProcedureFault
from engine.settings import Settings
from engine.startup import Engine, build
from processes import discover
from tests.conftest import MORNING
from tests.diagrams import flow, install, properties, start_end, user
from tests.rows import jobs_of
from tests.story import Story


def boundary(identity: str, date: str, *, cancel: str = "true", effect: str = "interrupt") -> str:
    return (
        f'<boundaryEvent id="{identity}" name="{identity}" attachedToRef="A" '
        f'cancelActivity="{cancel}">{properties(effect=effect, source="约定")}'
        f'<timerEventDefinition id="T_{identity}"><timeDate>{date}</timeDate>'
        "</timerEventDefinition></boundaryEvent>"
    )


NOON = '"2026-02-11T12:00:00+08:00"'
INTERRUPTED = (
    start_end()
    + user("A")
    + boundary("B", NOON)
    + user("C")
    + flow("S", "A", "E")
    + flow("B", "C", "E")
)


def waiting(engine: Engine, folder: Path, body: str = INTERRUPTED, key: str = "timed") -> Story:
    install(engine, folder, key, body)
    story = Story(engine)
    story.begin("gov_clerk", key, {})
    return story


def test_an_interrupting_timer_ends_the_step_at_its_moment(
    any_engine: Engine, tmp_path: Path
) -> None:
    story = waiting(any_engine, tmp_path)
    assert timers.next_due(any_engine) == parse_moment("2026-02-11T12:00:00+08:00")
    assert story.at("2026-02-11T11:59:59+08:00") == 0
    assert story.at("2026-02-11T12:00:00+08:00") == 1
    assert story.open_steps() == [("C", "阮一苇")]
    assert timers.next_due(any_engine) is None
    assert [row.status for row in jobs_of(any_engine, story.instance_id)] == ["done"]


def test_a_reminder_leaves_the_step_open(engine: Engine, tmp_path: Path) -> None:
    body = (
        start_end()
        + user("A")
        + boundary("B", NOON, cancel="false", effect="remind")
        + '<scriptTask id="T"><script>title = "已催办"</script></scriptTask><endEvent id="E2"/>'
        + flow("S", "A", "E")
        + flow("B", "T", "E2")
    )
    story = waiting(engine, tmp_path, body)
    assert story.at("2026-02-11T13:00:00+08:00") == 1
    assert story.open_steps() == [("A", "阮一苇")]
    assert story.at("2026-02-12T13:00:00+08:00") == 0


def test_a_step_done_in_time_takes_its_timer_back(engine: Engine, tmp_path: Path) -> None:
    story = waiting(engine, tmp_path)
    story.do("gov_clerk", "A", note="按时")
    assert [row.status for row in jobs_of(engine, story.instance_id)] == ["void"]
    assert story.at("2026-02-12T12:00:00+08:00") == 0
    assert story.see().row.state == "completed"


def test_a_timer_due_at_the_moment_it_is_armed_fires_at_once(
    engine: Engine, tmp_path: Path
) -> None:
    story = waiting(engine, tmp_path, INTERRUPTED.replace(NOON, "now_iso()"))
    assert story.open_steps() == [("C", "阮一苇")]


def test_far_is_never(engine: Engine, tmp_path: Path) -> None:
    story = waiting(engine, tmp_path, INTERRUPTED.replace(NOON, "FAR"))
    assert jobs_of(engine, story.instance_id) == []


def test_the_demo_clock_fires_in_due_order_and_each_sees_its_own_moment(
    engine: Engine, tmp_path: Path
) -> None:
    stories = []
    for hour in (15, 13, 14):
        date = f'"2026-02-11T{hour}:00:00+08:00"'
        stories.append(waiting(engine, tmp_path, INTERRUPTED.replace(NOON, date), f"timed{hour}"))
    timers.move_clock(engine, None, parse_moment("2026-02-11T20:00:00+08:00"))
    at = []
    for story in stories:
        told = instances.history(engine, story.who("manager"), story.instance_id)
        at += [each.at.hour for each in told if each.kind == "timer.fired"]
    assert at == [15, 13, 14]
    assert engine.clock.now() == parse_moment("2026-02-11T20:00:00+08:00")
    assert history.verify(engine).ok


def test_the_demo_clock_never_goes_back(engine: Engine) -> None:
    with pytest.raises(ClockBackwards):
        timers.move_clock(engine, None, MORNING - timedelta(seconds=1))
    assert engine.clock.now() == MORNING


def test_a_real_clock_cannot_be_moved(sqlite_settings: Settings) -> None:
    real = build(sqlite_settings, discover())
    with pytest.raises(NotAllowed):
        timers.move_clock(real, None, real.clock.now() + timedelta(days=1))
    real.close()


def test_the_demo_clock_survives_a_restart_and_runs_at_real_speed(
    sqlite_settings: Settings,
) -> None:
    wall = ManualClock(MORNING)
    demo = Settings(
        data=sqlite_settings.data, demo=True, clock_start=parse_moment("2026-02-11T10:00:00+08:00")
    )
    first = build(demo, discover(), system_clock=wall)
    assert isinstance(first.clock, OffsetClock)
    timers.move_clock(first, None, parse_moment("2026-03-01T09:00:00+08:00"))
    wall.advance(minutes=5)
    assert first.clock.now() == parse_moment("2026-03-01T09:05:00+08:00")
    first.close()
    wall.advance(minutes=5)
    second = build(demo, discover(), system_clock=wall)
    assert second.clock.now() == parse_moment("2026-03-01T09:10:00+08:00")
    second.close()


def test_one_broken_instance_is_retried_then_left_and_holds_up_nobody(
    engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    fault = INTERRUPTED.replace(
        '<endEvent id="E"',
        '<scriptTask id="T"><script>x = 1 / 0</script></scriptTask><endEvent id="E"',
    ).replace(flow("B", "C", "E"), flow("B", "T", "C", "E"))
    broken = waiting(engine, tmp_path, fault, "broken")
    sound = waiting(engine, tmp_path, INTERRUPTED, "sound")
    assert isinstance(engine.system_clock, ManualClock)
    assert broken.at("2026-02-11T12:00:00+08:00") == 1
    assert sound.open_steps() == [("C", "阮一苇")]
    assert broken.open_steps() == [("A", "阮一苇")]
    [job] = jobs_of(engine, broken.instance_id)
    assert (job.status, job.attempts) == ("waiting", 1)
    assert "没有成功" in job.last_error
    assert timers.fire_due(engine) == 0
    assert jobs_of(engine, broken.instance_id)[0].attempts == 1
    for pause in (timedelta(seconds=6), timedelta(minutes=2), timedelta(minutes=11)):
        engine.system_clock.advance(seconds=pause.total_seconds())
        timers.fire_due(engine)
    assert jobs_of(engine, broken.instance_id)[0].status == "failed"
    broken.do("gov_clerk", "A", note="人工办理")
    assert broken.see().row.state == "completed"


def test_two_sweeps_at_once_fire_everything_once(any_engine: Engine, tmp_path: Path) -> None:
    stories = [waiting(any_engine, tmp_path) for _ in range(8)]
    assert isinstance(any_engine.clock, ManualClock)
    any_engine.clock.move_to(parse_moment("2026-02-11T12:00:00+08:00"))
    fired: list[int] = []
    sweeps = [
        threading.Thread(target=lambda: fired.append(timers.fire_due(any_engine))) for _ in range(3)
    ]
    for sweep in sweeps:
        sweep.start()
    for sweep in sweeps:
        sweep.join()
    assert sum(fired) == len(stories)
    for story in stories:
        assert story.open_steps() == [("C", "阮一苇")]
    assert history.verify(any_engine).ok


def test_a_moment_that_is_no_text_stops_the_step_with_a_sentence(
    engine: Engine, tmp_path: Path
) -> None:
    body = INTERRUPTED.replace(NOON, "until")
    install(engine, tmp_path, "odd", body, variables={"until": [1, 2]})
    with pytest.raises(ProcedureFault, match="定时应为时刻、时长或周期的文本"):
        Story(engine).begin("gov_clerk", "odd", {})
