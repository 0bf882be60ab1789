"""Who may see an instance: a condition inside the query that fetches it, not a check beside it."""

from __future__ import annotations

import sqlalchemy as sa

from engine.model import Actor
from engine.storage.tables import process_instance, work_item


def may_see_instance(actor: Actor) -> sa.ColumnElement[bool]:
    """A condition on rows of process_instance, for a WHERE of a query that selects from it.

    True for who started it, who has or did a step of it, in whose name a step is done (代行), whose
    group has or had a step to claim, and for a manager (role of the account).
    """
    if actor.has("manager"):
        return sa.true()
    me = actor.person_id
    takes_part = sa.exists().where(
        work_item.c.instance_id == process_instance.c.id,
        sa.or_(
            work_item.c.assignee_id == me,
            work_item.c.done_by == me,
            work_item.c.acted_for_id == me,
            work_item.c.group_code.in_(sorted(actor.groups)),
        ),
    )
    return sa.or_(process_instance.c.started_by == me, takes_part)
