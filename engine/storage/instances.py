"""Process instances: their heads, locks and lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, func, or_, select

from engine.model import Actor
from engine.storage import access, prepared
from engine.storage.database import Connection
from engine.storage.tables import job, process_definition, process_instance, reading, work_item

COUNT_CAP = 999


def lock(connection: Connection, instance_id: str) -> Any | None:
    """The instance, locked until the transaction ends (SQLite has one writer in any case)."""
    query = select(process_instance).where(process_instance.c.id == instance_id)
    return connection.execute(query.with_for_update()).one_or_none()


def lock_free(connection: Connection, instance_id: str) -> Any | None:
    """Lock an instance unless another transaction has it; never waits. None: it has.

    Who holds a job asks so: the order elsewhere is the instance first, then its jobs.
    """
    columns = (process_instance.c.id, process_instance.c.suspended_at)
    query = select(*columns).where(process_instance.c.id == instance_id)
    return connection.execute(query.with_for_update(skip_locked=True)).first()


def plain(connection: Connection, instance_id: str) -> Any | None:
    """The instance, not locked."""
    query = select(process_instance).where(process_instance.c.id == instance_id)
    return connection.execute(query).one_or_none()


def with_deadlines(connection: Connection, since: datetime) -> list[Any]:
    """Heads of the running instances with a deadline after `since` or a provisional one."""
    item_is_live = work_item.c.state.in_(("waiting", "open"))
    items = select(work_item.c.instance_id).where(
        item_is_live,
        or_(work_item.c.due_at >= since, work_item.c.due_basis["provisional"].as_boolean()),
    )
    timers = select(job.c.instance_id).where(
        job.c.kind == "timer",
        job.c.status.in_(("waiting", "failed")),
        or_(job.c.due_at >= since, job.c.basis["provisional"].as_boolean()),
    )
    query = (
        select(
            process_instance.c.id,
            process_instance.c.number,
            process_definition.c.name.label("procedure"),
        )
        .join(process_definition, process_definition.c.id == process_instance.c.definition_id)
        .where(
            process_instance.c.state == "running",
            or_(process_instance.c.id.in_(items), process_instance.c.id.in_(timers)),
        )
        .order_by(process_instance.c.started_at, process_instance.c.id)
    )
    return list(connection.execute(query))


def lock_of_item(connection: Connection, item_id: str, actor: Actor) -> Any | None:
    """The instance an item belongs to, locked, if this person may see it."""
    found = prepared.rows(connection, _locking_item(actor), {"item_id": item_id})
    return found[0] if found else None


@lru_cache(maxsize=1024)
def _locking_item(actor: Actor) -> Any:
    of_item = select(work_item.c.instance_id).where(work_item.c.id == bindparam("item_id"))
    own = process_instance.c.id == of_item.scalar_subquery()
    return select(process_instance).where(own, access.may_see_item(actor)).with_for_update()


def open_about(connection: Connection, instance_id: str, key: str) -> list[str]:
    """The running requests of a procedure about an instance."""
    query = select(process_instance.c.id).where(
        process_instance.c.about_id == instance_id,
        process_instance.c.key == key,
        process_instance.c.state == "running",
    )
    return [row.id for row in connection.execute(query)]


def insert(connection: Connection, values: Mapping[str, Any]) -> None:
    """Add an instance."""
    connection.execute(process_instance.insert().values(**values))


def update(
    connection: Connection, instance_id: str, version: int, values: Mapping[str, Any]
) -> bool:
    """Write under the version guard; False when somebody else wrote in between."""
    return prepared.update(connection, process_instance, instance_id, version, values)


def rest(connection: Connection, instance_id: str, values: Mapping[str, Any]) -> None:
    """Let an instance rest, or go on; its version moves with the link of history that says so."""
    own = process_instance.c.id == instance_id
    connection.execute(process_instance.update().where(own).values(**values))


def get(connection: Connection, instance_id: str, visible: Any) -> Any | None:
    """One instance with its definition's name and version, if the condition lets it be seen."""
    return connection.execute(
        with_definition().where(process_instance.c.id == instance_id, visible)
    ).one_or_none()


def find(
    connection: Connection,
    visible: Any,
    *,
    page: int,
    size: int,
    state: str | None = None,
    search: Any = None,
    key: str | None = None,
) -> tuple[list[Any], int]:
    """A page of instances, newest first, and how many there are (up to the cap plus one).

    search: a condition of engine.storage.search_queries.
    """
    table = process_instance
    conditions = [visible]
    if state:
        conditions.append(table.c.state == state)
    if key:
        conditions.append(table.c.key == key)
    if search is not None:
        conditions.append(search)
    query = (
        with_definition()
        .where(*conditions)
        .order_by(table.c.started_at.desc(), table.c.id)
        .limit(size)
        .offset((page - 1) * size)
    )
    found = list(connection.execute(query))
    counted = select(table.c.id).where(*conditions).limit(COUNT_CAP + 1).subquery()
    total = connection.execute(select(func.count()).select_from(counted)).scalar() or 0
    return found, total


def with_definition() -> Any:
    """The query of instances with the name and version of their definition."""
    return select(
        process_instance,
        process_definition.c.name.label("procedure"),
        process_definition.c.version.label("definition_version"),
    ).join(process_definition, process_definition.c.id == process_instance.c.definition_id)


def with_reading() -> Any:
    """The same with who sent it to somebody to be read, when, and with what word; whose readings
    they are is for the condition to say."""
    sent = (reading.c.sent_by_id, reading.c.sent_at, reading.c.note)
    joined = reading.c.instance_id == process_instance.c.id
    return with_definition().add_columns(*sent).join(reading, joined)
