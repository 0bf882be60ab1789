"""Notices: what each person was told and has read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, literal, not_, or_, select

from engine.model import Actor
from engine.storage import access
from engine.storage.database import Connection
from engine.storage.tables import (
    contact,
    notice,
    outbox,
    process_instance,
    work_item,
)
from engine.storage.upsert import insert_into

COUNT_CAP = 100


def add(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Tell people; what somebody was told already (the same id) is not told again."""
    if rows:
        connection.execute(insert_into(connection, notice).on_conflict_do_nothing(), list(rows))


def unread(actor: Actor, of_work: Sequence[str]) -> Any:
    """Not read, and not about work that is done by now or in other hands. Over notice × item."""
    settled = and_(
        notice.c.kind.in_(of_work),
        notice.c.work_item_id.is_not(None),
        or_(
            work_item.c.id.is_(None),
            work_item.c.state.in_(("done", "void")),
            work_item.c.assignee_id != actor.person_id,
        ),
    )
    return and_(
        notice.c.person_id == actor.person_id,
        notice.c.read_at.is_(None),
        not_(func.coalesce(settled, False)),
    )


def count_unread(connection: Connection, actor: Actor, of_work: Sequence[str]) -> int:
    """How many, up to COUNT_CAP."""
    mine = select(notice.c.id).select_from(_with_item()).where(unread(actor, of_work))
    capped = mine.limit(COUNT_CAP).subquery()
    return connection.execute(select(func.count()).select_from(capped)).scalar_one()


def listing(
    connection: Connection,
    actor: Actor,
    of_work: Sequence[str],
    *,
    only_unread: bool,
    limit: int = 1,
    offset: int = 0,
    one: str | None = None,
) -> list[Any]:
    """My notices, the latest first, or one of them, each with `fresh` (counts as unread) and the
    title where the instance may be seen."""
    fresh = unread(actor, of_work)
    visible = access.may_see_instance(actor)
    query = (
        select(
            notice,
            fresh.label("fresh"),
            work_item.c.state.label("item_state"),
            *(
                case((visible, column), else_=None).label(label)
                for label, column in (
                    ("title", process_instance.c.title),
                    ("number", process_instance.c.number),
                    ("open_id", process_instance.c.id),
                )
            ),
        )
        .select_from(_with_instance())
        .where(notice.c.person_id == actor.person_id)
        .order_by(notice.c.at.desc(), notice.c.id)
    )
    if only_unread:
        query = query.where(fresh)
    if one is not None:
        query = query.where(notice.c.id == one)
    return list(connection.execute(query.limit(limit).offset(offset)))


def total(connection: Connection, actor: Actor, of_work: Sequence[str], only_unread: bool) -> int:
    """How many there are to list, up to a thousand."""
    query = select(notice.c.id).select_from(_with_item())
    query = query.where(notice.c.person_id == actor.person_id)
    if only_unread:
        query = query.where(unread(actor, of_work))
    capped = query.limit(1000).subquery()
    return connection.execute(select(func.count()).select_from(capped)).scalar_one()


def person_of(connection: Connection, notice_id: str) -> str | None:
    """Whose notice it is."""
    query = select(notice.c.person_id).where(notice.c.id == notice_id)
    return connection.execute(query).scalar_one_or_none()


def read(connection: Connection, person_id: str, at: datetime, notice_id: str | None = None) -> int:
    """Mark one of mine, or all, as read; how many were not."""
    statement = notice.update().where(notice.c.person_id == person_id, notice.c.read_at.is_(None))
    if notice_id is not None:
        statement = statement.where(notice.c.id == notice_id)
    return connection.execute(statement.values(read_at=at)).rowcount


def of_items(connection: Connection, item_ids: Sequence[str]) -> list[Any]:
    """Open items as they are now, for telling whoever has them."""
    query = select(work_item).where(work_item.c.id.in_(list(item_ids)))
    return list(connection.execute(query.where(work_item.c.state == "open")))


def due_untold(
    connection: Connection, after: datetime | None, until: datetime, prefix: str, limit: int
) -> list[Any]:
    """Open items due in a stretch of time whose holder was not told yet (under prefix + item)."""
    key = literal(prefix) + work_item.c.id
    already = select(outbox.c.id).where(outbox.c.dedupe_key == key).exists()
    query = (
        select(work_item.c.id, work_item.c.instance_id, work_item.c.due_at)
        .join(process_instance, process_instance.c.id == work_item.c.instance_id)
        .where(
            work_item.c.state == "open",
            work_item.c.due_at <= until,
            process_instance.c.state == "running",
            ~already,
        )
        .order_by(work_item.c.due_at, work_item.c.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(work_item.c.due_at > after)
    return list(connection.execute(query))


def forget(connection: Connection, before: datetime) -> int:
    """Delete what was read, or told, before a moment; how many."""
    return connection.execute(notice.delete().where(notice.c.at < before)).rowcount


# ---- where a person is reached ---------------------------------------------------------------


def contact_of(connection: Connection, person_id: str) -> Any | None:
    """(email, mail_off) of a person."""
    return connection.execute(select(contact).where(contact.c.person_id == person_id)).one_or_none()


def put_contact(connection: Connection, person_id: str, **values: Any) -> None:
    """Change the address or the switch of a person."""
    statement = insert_into(connection, contact).values(
        {"person_id": person_id, "mail_off": False, **values}
    )
    again = statement.on_conflict_do_update(index_elements=["person_id"], set_=values)
    connection.execute(again)


def _with_item() -> Any:
    return notice.outerjoin(work_item, work_item.c.id == notice.c.work_item_id)


def _with_instance() -> Any:
    return _with_item().outerjoin(process_instance, process_instance.c.id == notice.c.instance_id)
