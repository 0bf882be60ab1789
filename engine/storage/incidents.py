"""Jobs that failed or are being tried again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, case, func, or_, select

from engine.storage.database import Connection
from engine.storage.tables import job, process_definition, process_instance

FAILED = job.c.status == "failed"
RETRYING = and_(job.c.status == "waiting", job.c.last_error.is_not(None))
INCIDENT = or_(FAILED, RETRYING)


def _rows(*more: Any) -> Any:
    with_instance = job.outerjoin(process_instance, process_instance.c.id == job.c.instance_id)
    return select(
        job,
        process_instance.c.number,
        process_instance.c.definition_id,
        process_definition.c.name.label("procedure"),
        *more,
    ).select_from(
        with_instance.outerjoin(
            process_definition, process_definition.c.id == process_instance.c.definition_id
        )
    )


def listing(connection: Connection, visible: Any, *, limit: int, offset: int) -> list[Any]:
    """Those left to a person first, then by when they were due. visible: who may see the title."""
    title = case((visible, process_instance.c.title), else_=None).label("title")
    query = _rows(title).where(INCIDENT).order_by(job.c.status, job.c.due_at, job.c.id)
    return list(connection.execute(query.limit(limit).offset(offset)))


def counts(connection: Connection) -> dict[str, int]:
    """How many of each state."""
    query = select(job.c.status, func.count()).where(INCIDENT).group_by(job.c.status)
    found = {row[0]: row[1] for row in connection.execute(query)}
    return {"failed": found.get("failed", 0), "retrying": found.get("waiting", 0)}


def one(connection: Connection, job_id: str) -> Any | None:
    """One job with the head of its instance, whatever its state."""
    return connection.execute(_rows().where(job.c.id == job_id)).one_or_none()


def lock(connection: Connection, job_id: str) -> bool:
    """Lock a job and look again: False when it is no incident any more."""
    query = select(job.c.id).where(job.c.id == job_id, INCIDENT)
    return connection.execute(query.with_for_update()).first() is not None


def try_again(connection: Connection, job_id: str) -> None:
    """Waiting, with no pause before the next attempt."""
    changed = job.update().where(job.c.id == job_id)
    connection.execute(changed.values(status="waiting", lease_until=None))


def give_up(connection: Connection, job_id: str) -> None:
    """Taken back for good."""
    changed = job.update().where(job.c.id == job_id)
    connection.execute(changed.values(status="void", lease_until=None))
