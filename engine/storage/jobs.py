"""Jobs: what is due when. One row per armed timer, written with the state that armed it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, or_, select

from engine.clock import FAR
from engine.storage import prepared
from engine.storage.database import Connection
from engine.storage.tables import job

INTERRUPTED = "上一次没有做完就中断了（进程停止或机器断电），已重新开始。"
_VOID = (
    job.update()
    .where(
        job.c.instance_id == bindparam("of_instance"),
        job.c.task_id == bindparam("of_task"),
        job.c.status == "waiting",
    )
    .values(status="void")
)


def add(connection: Connection, jobs: Sequence[Mapping[str, Any]]) -> None:
    """Add jobs; one that is already there (same dedupe key) is left alone, one that was taken
    back waits again: a deadline may move to a later day and back."""
    if jobs:
        prepared.run(connection, _put(connection.dialect.name), jobs)


@cache
def _put(dialect: str) -> Any:
    statement = prepared.INSERT[dialect](job)
    return statement.on_conflict_do_update(
        index_elements=["dedupe_key"],
        set_={"status": "waiting", "attempts": 0, "basis": statement.excluded.basis},
        where=job.c.status == "void",
    )


def withdraw(connection: Connection, dedupe_key: str) -> None:
    """Take back one waiting job by its key."""
    own = (job.c.dedupe_key == dedupe_key, job.c.status == "waiting")
    connection.execute(job.update().where(*own).values(status="void"))


def void(connection: Connection, instance_id: str, task_ids: Iterable[str]) -> None:
    """Take back the waiting jobs of timers that are no longer armed."""
    told = [{"of_instance": instance_id, "of_task": each} for each in task_ids]
    if told:
        prepared.run(connection, _VOID, told)


def void_all(connection: Connection, instance_id: str) -> None:
    """Take back every waiting job of an instance that ended."""
    connection.execute(
        job.update()
        .where(job.c.instance_id == instance_id, job.c.status == "waiting")
        .values(status="void")
    )


def put_by(connection: Connection, job_id: str) -> None:
    """A job of an instance that rests is left alone until the instance goes on."""
    connection.execute(job.update().where(job.c.id == job_id).values(lease_until=FAR))


def release_held(connection: Connection, instance_id: str) -> None:
    """The instance goes on: what was held for it is due as ever."""
    held = (job.c.instance_id == instance_id, job.c.lease_until == FAR)
    connection.execute(job.update().where(*held).values(lease_until=None))


def next_due(connection: Connection) -> datetime | None:
    """When the earliest waiting job is due."""
    query = select(job.c.due_at).where(job.c.status == "waiting").order_by(job.c.due_at).limit(1)
    return connection.execute(query).scalar()


def take(
    connection: Connection, until: datetime, system_now: datetime, passed: Iterable[str] = ()
) -> Any | None:
    """The earliest job due by `until` that no other process has, locked until the transaction ends;
    leaves out those passed, those in back-off and those under a lease."""
    query = (
        select(job)
        .where(_due(until, system_now), job.c.id.not_in(list(passed)))
        .order_by(job.c.due_at, job.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    return connection.execute(query).one_or_none()


def any_due(connection: Connection, until: datetime, system_now: datetime) -> bool:
    """Whether there may be something to take; nothing is locked."""
    query = select(job.c.id).where(_due(until, system_now)).limit(1)
    return connection.execute(query).first() is not None


def oldest_due(connection: Connection, until: datetime, system_now: datetime) -> datetime | None:
    """When the oldest of what may be taken was due."""
    query = select(job.c.due_at).where(_due(until, system_now)).order_by(job.c.due_at).limit(1)
    return connection.execute(query).scalar()


def _due(until: datetime, system_now: datetime) -> Any:
    return and_(
        job.c.status == "waiting",
        job.c.due_at <= until,
        or_(job.c.lease_until.is_(None), job.c.lease_until <= system_now),
    )


def lease(connection: Connection, row: Any, until: datetime) -> int:
    """Hold a taken job beyond this transaction. Returns the fencing token: who took it before has
    a smaller one, and can neither hold nor finish it any more."""
    token = int(row.attempts) + 1
    interrupted = INTERRUPTED if row.attempts and row.last_error is None else row.last_error
    changed = job.update().where(job.c.id == row.id)
    values = {"attempts": token, "lease_until": until, "last_error": interrupted}
    connection.execute(changed.values(**values))
    return token


def hold(connection: Connection, job_id: str, token: int, until: datetime) -> bool:
    """Lock a leased job in a transaction of its work and hold it longer; False: it is lost."""
    statement = job.update().where(_held(job_id, token)).values(lease_until=until)
    return connection.execute(statement).rowcount == 1


def finish_leased(connection: Connection, job_id: str, token: int, at: datetime) -> bool:
    """The leased job did its work; False: another has it by now, and this result does not count."""
    statement = job.update().where(_held(job_id, token))
    done = statement.values(status="done", done_at=at, lease_until=None, last_error=None)
    return connection.execute(done).rowcount == 1


def _held(job_id: str, token: int) -> Any:
    return and_(job.c.id == job_id, job.c.status == "waiting", job.c.attempts == token)


def finish(connection: Connection, job_id: str, at: datetime) -> None:
    """The job did its work."""
    connection.execute(job.update().where(job.c.id == job_id).values(status="done", done_at=at))


def note(connection: Connection, job_id: str, payload: Mapping[str, Any]) -> None:
    """How far a job has come."""
    connection.execute(job.update().where(job.c.id == job_id).values(payload=dict(payload)))


def is_there(connection: Connection, dedupe_key: str) -> bool:
    """Whether a job was ever ordered under this key."""
    query = select(job.c.id).where(job.c.dedupe_key == dedupe_key)
    return connection.execute(query).first() is not None


def newest_of_kind(connection: Connection, kind: str) -> Any | None:
    """The job of a kind that was ordered last."""
    query = select(job).where(job.c.kind == kind).order_by(job.c.due_at.desc(), job.c.id).limit(1)
    return connection.execute(query).one_or_none()


def fail(
    connection: Connection,
    job_id: str,
    error: str,
    retry_at: datetime | None,
    *,
    before: int,
    attempts: int,
) -> bool:
    """The job did not work: try again after a while, or (None) leave it to an administrator.

    before: its attempts when this one was made; False when another made one meanwhile.
    """
    statement = job.update().where(_held(job_id, before))
    state = "waiting" if retry_at is not None else "failed"
    told = {"attempts": attempts, "last_error": error, "lease_until": retry_at, "status": state}
    return connection.execute(statement.values(**told)).rowcount == 1
