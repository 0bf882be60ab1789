"""Finds instances for those who steer them: what is open, with whom, whether it may be read too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.model import Actor
from engine.storage import access, instances, work_items
from engine.storage.database import Connection
from engine.storage.tables import process_instance, work_item

Condition = sa.ColumnElement[bool]


def find(
    connection: Connection,
    actor: Actor,
    *,
    page: int,
    size: int,
    resting: bool | None,
    late_at: datetime | None,
    number: str | None,
) -> tuple[list[Any], int]:
    """A page of the running instances this person may steer, newest first, and how many there are.

    resting: only those that were suspended, or only the others; late_at: only those with a step
    overdue at this moment; number: what stands in their number.
    """
    table = process_instance.c
    narrowed: list[Condition] = [sa.true()]
    if resting is not None:
        rests = table.suspended_at.is_not(None)
        narrowed.append(rests if resting else sa.not_(rests))
    if late_at is not None:
        narrowed.append(_has_late(late_at))
    if number:
        narrowed.append(table.number.icontains(number, autoescape=True))
    return instances.find(
        connection,
        access.may_steer_instance(actor),
        page=page,
        size=size,
        state="running",
        search=sa.and_(*narrowed),
    )


def _has_late(now: datetime) -> Condition:
    late = sa.and_(work_items.OPEN, work_item.c.due_at < now)
    of_it = work_item.c.instance_id == process_instance.c.id
    return sa.exists().where(of_it, late).correlate(process_instance)


def readable(connection: Connection, actor: Actor, ids: Sequence[str]) -> set[str]:
    """Which of these instances this person may read too."""
    own = process_instance.c.id.in_(list(ids))
    query = sa.select(process_instance.c.id).where(own, access.may_see_instance(actor))
    return {row.id for row in connection.execute(query)} if ids else set()
