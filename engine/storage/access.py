"""Who may see an instance: a condition inside the query that fetches it, not a check beside it."""

from __future__ import annotations

import sqlalchemy as sa

from engine.duties import may_steer
from engine.model import Actor
from engine.storage.tables import process_instance, reading, work_item


def may_see_instance(actor: Actor) -> sa.ColumnElement[bool]:
    """A condition on rows of process_instance, for a WHERE of a query that selects from it.

    True for who started it, who has or did a step of it or handed one on, in whose name a step is
    done (代行), whose group has or had a step to claim, to whom it was sent to read, and for a
    manager (role of the account). Designers and the three administrators see none, whatever posts
    the person holds (三员分立).
    """
    if actor.has("manager"):
        return sa.true()
    if not actor.has("staff"):
        return sa.false()
    me = actor.person_id
    part = work_item.alias("part")
    takes_part = (
        sa.exists()
        .where(
            part.c.instance_id == process_instance.c.id,
            sa.or_(
                part.c.assignee_id == me,
                part.c.done_by == me,
                part.c.acted_for_id == me,
                part.c.given_by_id == me,
                *(part.c.group_code == each for each in sorted(actor.groups)),  # no list to expand
            ),
        )
        .correlate(process_instance)
    )
    reads = (
        sa.exists()
        .where(reading.c.instance_id == process_instance.c.id, reading.c.person_id == me)
        .correlate(process_instance)
    )
    return sa.or_(process_instance.c.started_by == me, takes_part, reads)


def may_steer_instance(actor: Actor) -> sa.ColumnElement[bool]:
    """A condition like the one above, for those who steer work without reading it: every instance.
    Being steered shows no title."""
    return sa.true() if may_steer(actor) else sa.false()


def may_see_item(actor: Actor) -> sa.ColumnElement[bool]:
    """A condition on rows of work_item joined with process_instance: what shows the instance shows
    its items; who may act on one is a question of its own."""
    return may_see_instance(actor)
