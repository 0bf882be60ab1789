"""Long work is taken over from a process that stands still, and its late result is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from engine import incidents, leases, timers, years
from engine.clock import ManualClock
from engine.leases import Lease, LeaseLost
from engine.startup import Engine
from engine.storage import jobs
from tests.engine.notices import NOTICE_2027
from tests.story import Story


def ordered(engine: Engine) -> None:
    """A year is imported, so that a recount waits."""
    engine.clock.move_to(engine.clock.now())  # type: ignore[attr-defined]
    years.take(engine, Story(engine).who("sysadmin"), NOTICE_2027, key="import")


def taken(engine: Engine) -> Lease | None:
    """One process takes the job as the sweep does."""
    with engine.database.write() as connection:
        now = engine.system_clock.now()
        job = jobs.take(connection, engine.clock.now(), now)
        if job is None:
            return None
        return Lease(engine, job.id, jobs.lease(connection, job, leases.end(engine)))


def job_of(engine: Engine) -> Any:
    with engine.database.read() as connection:
        return jobs.newest_of_kind(connection, years.RECOUNT)


def wait(engine: Engine, **parts: float) -> None:
    assert isinstance(engine.system_clock, ManualClock)
    engine.system_clock.advance(**parts)


def test_what_is_held_is_taken_by_nobody_else_until_its_lease_is_over(any_engine: Engine) -> None:
    ordered(any_engine)
    assert taken(any_engine) is not None
    wait(any_engine, seconds=59)
    assert taken(any_engine) is None
    assert timers.fire_due(any_engine) == 0
    wait(any_engine, seconds=2)
    assert timers.fire_due(any_engine) == 1
    assert job_of(any_engine).status == "done"


def test_a_sign_of_life_holds_the_lease_longer(any_engine: Engine) -> None:
    ordered(any_engine)
    held = taken(any_engine)
    assert held is not None
    wait(any_engine, seconds=59)
    with any_engine.database.write() as connection:
        held.hold(connection)
    wait(any_engine, seconds=59)
    assert taken(any_engine) is None
    held.finish()


def test_who_stood_still_can_neither_go_on_nor_finish_nor_fail(any_engine: Engine) -> None:
    ordered(any_engine)
    frozen = taken(any_engine)
    wait(any_engine, seconds=61)
    second = taken(any_engine)
    assert frozen is not None
    assert second is not None
    assert (frozen.token, second.token) == (1, 2)
    with pytest.raises(LeaseLost), any_engine.database.write() as connection:
        frozen.hold(connection)
    with pytest.raises(LeaseLost):
        frozen.finish()
    with any_engine.database.write() as connection:
        told = {"before": frozen.token, "attempts": frozen.token}
        assert not jobs.fail(connection, frozen.job_id, "late", None, **told)
    second.finish()
    with pytest.raises(LeaseLost):
        second.finish()
    assert job_of(any_engine).attempts == 2


def test_an_interrupted_job_is_seen_by_the_administrator_while_it_is_done_again(
    any_engine: Engine,
) -> None:
    ordered(any_engine)
    admin = Story(any_engine).who("sysadmin")
    taken(any_engine)
    assert incidents.listing(any_engine, admin).items == ()  # at work is no incident
    wait(any_engine, seconds=61)
    taken(any_engine)
    [found] = incidents.listing(any_engine, admin).items
    assert (found.state, found.reason) == ("retrying", jobs.INTERRUPTED)


def test_a_recount_that_fails_is_tried_again_after_growing_pauses_then_left_and_told(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered(engine)

    def broken(*_: object) -> None:
        raise ValueError

    monkeypatch.setitem(timers.LONG, years.RECOUNT, broken)  # type: ignore[arg-type]
    for pause in (*timers.PAUSES, timedelta()):
        assert timers.fire_due(engine) == 0
        assert timers.fire_due(engine) == 0
        wait(engine, seconds=pause.total_seconds() + 1)
    assert (job_of(engine).status, job_of(engine).attempts) == ("failed", 4)
    monkeypatch.undo()
    [found] = incidents.listing(engine, Story(engine).who("sysadmin")).items
    incidents.retry(engine, Story(engine).who("sysadmin"), found.id, key="again")
    assert timers.fire_due(engine) == 1
    assert job_of(engine).status == "done"
