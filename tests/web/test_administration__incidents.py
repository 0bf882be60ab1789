"""What failed is seen without its contents, tried again, or given up with a reason."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from engine import history, incidents, instances, posting, timers, waking
from engine.clock import ManualClock
from engine.errors import Conflict, NotAllowed, NotFound
from engine.scheduling.waker import Waker
from engine.startup import Engine
from tests.diagrams import flow, install, properties, start_end, user
from tests.engine.test_waking__sweep import until
from tests.rows import jobs_of
from tests.story import Story
from tests.web.desk import Desk
from web.app import create_app

PLACE = "/admin/incidents"
BROKEN = (
    start_end()
    + user("A")
    + user("B")
    + '<scriptTask id="T"><script>x = 1 / 0</script></scriptTask>'
    + '<boundaryEvent id="BE" name="到期转办" attachedToRef="A" cancelActivity="true">'
    + properties(effect="interrupt", source="约定")
    + '<timerEventDefinition id="D"><timeDate>"2026-02-11T12:00:00+08:00"</timeDate>'
    + "</timerEventDefinition></boundaryEvent>"
    + flow("S", "A", "E")
    + flow("BE", "T", "B", "E")
)


@pytest.fixture
def broken(any_engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Story:
    """An instance whose timer fails until nobody tries it again."""
    caplog.set_level(logging.CRITICAL)
    install(any_engine, tmp_path, "broken", BROKEN)
    story = Story(any_engine)
    story.begin("gov_clerk", "broken", {})
    story.at("2026-02-11T12:00:00+08:00")
    return story


def exhaust(engine: Engine) -> None:
    assert isinstance(engine.system_clock, ManualClock)
    for pause in (timedelta(seconds=6), timedelta(minutes=2), timedelta(minutes=11)):
        engine.system_clock.advance(seconds=pause.total_seconds())
        timers.fire_due(engine)


def test_a_failed_job_is_shown_retried_and_given_up(any_engine: Engine, broken: Story) -> None:
    app = create_app(any_engine)
    page = Desk(app, "sysadmin").open(PLACE)
    assert "自动重试中" in page.main()
    assert "试过 1 次，下次 今天" in page.main()
    exhaust(any_engine)
    desk = Desk(app, "sysadmin")
    page = desk.open(PLACE)
    assert "到期转办" in page.main()
    assert "没有成功" in page.main()
    assert "试过 4 次" in page.main()
    assert broken.see().row.title not in page.text

    [job] = jobs_of(any_engine, broken.instance_id)
    page = desk.submit(f"{PLACE}/{job.id}/retry")
    assert "“到期转办”将立即重试" in page.main()
    timers.fire_due(any_engine)
    [job] = jobs_of(any_engine, broken.instance_id)
    assert (job.status, job.attempts) == ("failed", 5)

    page = desk.open(PLACE)
    page = desk.submit(f"{PLACE}/{job.id}/give-up", reason="不办")
    assert page.status == 422
    assert "放弃须写明理由（不少于5个字）。" in page.main()
    page = desk.submit(f"{PLACE}/{job.id}/give-up", reason="图有错误，已转人工办理。")
    assert "已放弃“到期转办”" in page.main()
    assert "没有故障" in page.main()
    told = instances.history(any_engine, broken.who("manager"), broken.instance_id)
    assert "放弃处理运行故障“到期转办”，理由：图有错误，已转人工办理。" in told[-1].text
    assert history.verify(any_engine).ok
    broken.do("gov_clerk", "A", note="人工办理")
    assert broken.see().row.state == "completed"


def test_what_was_dealt_with_meanwhile_is_not_dealt_with_again(
    any_engine: Engine, broken: Story
) -> None:
    exhaust(any_engine)
    [job] = jobs_of(any_engine, broken.instance_id)
    admin = broken.who("sysadmin")
    incidents.give_up(any_engine, admin, job.id, "已转人工办理。", key="1")
    with pytest.raises(Conflict):
        incidents.retry(any_engine, admin, job.id, key="2")
    with pytest.raises(NotFound):
        incidents.retry(any_engine, admin, "0" * 32, key="3")
    for who in ("gov_clerk", "secadmin", "auditadmin"):
        with pytest.raises(NotAllowed):
            incidents.listing(any_engine, broken.who(who))


def test_a_page_without_incidents_says_so_and_whether_time_passes(
    app: Flask, engine: Engine, at_desk: Callable[[str], Desk]
) -> None:
    page = at_desk("sysadmin").open(PLACE)
    assert "没有故障" in page.main()
    assert "没有运行" in page.main()
    assert "系统自检" in page.main()
    assert "数据库" in page.main()
    with waking.awake(engine):
        until(lambda: waking.status(engine).alive)
        page = at_desk("sysadmin").open(PLACE)
    assert "在运行" in page.main()
    assert f"网站进程 {socket.gethostname()} {os.getpid()}" in page.main()
    assert not waking.status(engine).alive


def test_a_process_that_gives_no_sign_of_life_is_no_longer_counted(engine: Engine) -> None:
    Waker(engine, "worker").sweep()
    assert [each.kind for each in waking.status(engine).sweepers if each.alive] == ["处理进程"]
    assert isinstance(engine.system_clock, ManualClock)
    engine.system_clock.advance(minutes=3)
    assert not waking.status(engine).alive
    assert waking.status(engine).late_since is None  # and nothing is late
    engine.system_clock.advance(days=2)
    Waker(engine).sweep()
    assert len(waking.status(engine).sweepers) == 1


def test_what_the_program_did_not_foresee_quotes_no_document() -> None:
    assert "详情在服务器日志里" in posting.reason_of(KeyError("忻州市人民政府关于……"))
    assert "忻州市" not in posting.reason_of(KeyError("忻州市人民政府关于……"))
