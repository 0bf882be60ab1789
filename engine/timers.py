"""Fires what is due. One function for the clock thread, the command line and the tests.

Each job is its own transaction: take the earliest that no other process has, lock its instance
unless a command has it, advance, mark done. A broken instance is noted, retried with growing pauses
and then left to an administrator; it never holds up the others. Any number of processes may sweep
one database at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from engine import (
    commands,
    housekeeping,
    instances,
    leases,
    org_reforms,
    posting,
    reforms,
    staff_reforms,
    tasks,
    years,
)
from engine.clock import OffsetClock
from engine.errors import (
    ClockBackwards,
    Finding,
    Invalid,
    NotAllowed,
)
from engine.history import record_system
from engine.model import Actor
from engine.running import subjects
from engine.running.opening import take_up
from engine.running.settle import settle, silent_responses
from engine.storage import clock as clock_rows
from engine.storage import instances as instance_rows
from engine.storage import jobs, outbox, responses
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

log = logging.getLogger(__name__)

PAUSES = (timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=10))
LONG: Mapping[str, Callable[[Engine, Any, leases.Lease], None]] = {
    years.RECOUNT: years.recount_all,
    housekeeping.HOUSE: housekeeping.keep,
}
"""Jobs that take longer than a transaction should: done under a lease, in many transactions."""
REFORMS = {
    each.kind: each
    for each in (
        org_reforms.AddOrganisation,
        org_reforms.Rename,
        org_reforms.Merge,
        org_reforms.End,
        staff_reforms.AddPerson,
        staff_reforms.MovePerson,
        staff_reforms.Leave,
    )
}
FURTHEST = timedelta(days=3660)  # the demo clock at once 【约】


def next_due(engine: Engine) -> datetime | None:
    """When the earliest waiting job is due (business time); None when nothing waits."""
    with engine.database.read() as connection:
        return jobs.next_due(connection)


def fire_due(engine: Engine) -> int:
    """Fire everything due now, in due order; how many jobs did their work."""
    return _fire_until(engine, engine.clock.now(), at_own_moment=False)


def move_clock(
    engine: Engine, actor: Actor | None, to: datetime, *, key: str | None = None
) -> datetime:
    """Move the demo clock forward; what becomes due fires in order, each at its own moment.

    A repeated key moves nothing and gets the moment it got first. Raises ClockBackwards when `to`
    lies in the past, Invalid when it is far off, NotAllowed without a clock that moves.
    """
    if actor is None or key is None:
        return _move_clock(engine, actor, to)
    asked = (actor.person_id, key, "demo-clock", {"now": to.isoformat()})
    answer = commands.answered(engine, *asked)
    if answer is None:
        now = _move_clock(engine, actor, to)
        answer, _ = commands.run_once(engine, *asked, lambda _: {"now": now.isoformat()})
    return datetime.fromisoformat(answer["now"])


def _move_clock(engine: Engine, actor: Actor | None, to: datetime) -> datetime:
    if not hasattr(engine.clock, "move_to"):
        raise NotAllowed("只有演示模式（GUICHENG_DEMO=1）才能拨动时钟。")
    if to < engine.clock.now():
        raise ClockBackwards
    if to - engine.clock.now() > FURTHEST:
        raise Invalid([Finding("演示时钟一次最多向前拨十年。", "now")])
    with engine.database.write() as connection:
        record_system(
            connection,
            at=engine.clock.now(),
            kind="clock.moved",
            actor_id=actor.person_id if actor else None,
            data={"to": to.isoformat()},
        )
    _fire_until(engine, to, at_own_moment=True)
    with engine.database.write() as connection:
        _set_clock(engine, connection, to)
    return engine.clock.now()


def _fire_until(engine: Engine, until: datetime, *, at_own_moment: bool) -> int:
    with engine.database.read() as connection:
        if not jobs.any_due(connection, until, engine.system_clock.now()):
            return 0  # no write lock every second for nothing
    fired, passed = 0, set[str]()
    while (done := _fire_one(engine, until, passed, at_own_moment)) is not None:
        fired += done
    return fired


def _fire_one(
    engine: Engine, until: datetime, passed: set[str], at_own_moment: bool
) -> bool | None:
    """Take the earliest job and do it; None when there is none left for this round.

    passed: jobs to be left to the next round, because they failed or their instance is at work.
    """
    job = None
    try:
        with engine.database.write() as connection:
            job = jobs.take(connection, until, engine.system_clock.now(), passed)
            if job is None:
                return None
            if job.kind not in LONG:
                fired = _fire(engine, connection, job, at_own_moment)
                passed.update(() if fired else (job.id,))
                return fired
            token = jobs.lease(connection, job, leases.end(engine))
        LONG[job.kind](engine, job, leases.Lease(engine, job.id, token))
        return True
    except leases.LeaseLost:
        log.warning("a job was taken over by another process")
        return False
    except Exception as error:
        if job is None:
            raise
        passed.add(job.id)
        log.exception("job %s of instance %s failed", job.id, job.instance_id)
        _note_failure(engine, job, error)
        return False


def _fire(engine: Engine, connection: Connection, job: Any, at_own_moment: bool) -> bool:
    """Do one job that this transaction has locked; False while a command has its instance, or
    while the instance rests (挂起): then the job waits until it goes on."""
    row = instance_rows.lock_free(connection, job.instance_id) if job.instance_id else None
    if job.instance_id is not None and row is None:
        return False
    if row is not None and row.suspended_at is not None and job.kind != subjects.CLOSE:
        jobs.put_by(connection, job.id)
        return False
    if at_own_moment:
        _set_clock(engine, connection, job.due_at)
    if job.kind == "reassign":
        tasks.reassess(engine, connection)
    elif job.kind == reforms.JOB:
        reforms.fire(engine, connection, job, REFORMS)
    elif job.kind == subjects.DELIVER:
        instances.deliver(engine, connection, job.instance_id, job.payload)
    elif job.kind == subjects.CLOSE:
        instances.close(engine, connection, job.instance_id, job.payload["reason"])
    elif job.kind == posting.DELIVERY:
        posting.again(connection, job)
    else:
        _fire_timers(engine, connection, job.instance_id)
    jobs.finish(connection, job.id, engine.clock.now())
    return True


def _fire_timers(engine: Engine, connection: Connection, instance_id: str) -> None:
    work = take_up(engine, connection, instance_id, engine.clock.now())
    fired = work.execution.fire()
    for timer in fired:
        work.note(
            "timer.fired",
            element_id=timer.element_id,
            element_name=timer.properties.get("clock") or timer.name,
            data={"due": timer.fires_at.isoformat(), "source": timer.properties.get("source")},
        )
    responses.add_responses(connection, silent_responses(work, fired))
    settle(work)


def _note_failure(engine: Engine, job: Any, error: Exception) -> None:
    """Again after a pause; after the last one an incident, of which the administrators are told."""
    attempts = job.attempts + 1
    pause = PAUSES[attempts - 1] if attempts <= len(PAUSES) else None
    retry_at = engine.system_clock.now() + pause if pause is not None else None
    before = attempts if job.kind in LONG else job.attempts
    reason = posting.reason_of(error)
    with engine.database.write() as connection:
        noted = jobs.fail(connection, job.id, reason, retry_at, before=before, attempts=attempts)
        if noted and retry_at is None:
            outbox.add(connection, [posting.alarm(engine)])


def _set_clock(engine: Engine, connection: Connection, to: datetime) -> None:
    """Move business time to a moment, never back; a demo clock remembers it across a restart."""
    if to > engine.clock.now():
        engine.clock.move_to(to)  # type: ignore[attr-defined]
    if isinstance(engine.clock, OffsetClock):
        system_now = engine.system_clock.now()
        clock_rows.store(connection, engine.clock.now(), system_now)
