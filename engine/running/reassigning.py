"""Other hands: who acts on an open step after absences, mandates or posts have changed.

Untouched steps move to whom the office's rules now name and come back; what is signed stays signed,
and what a colleague of a section has claimed stays with him.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine import signatures
from engine.directory import Directory
from engine.errors import Conflict, GuichengError
from engine.history import Entry
from engine.model import Actor
from engine.procedure import Assignment, AssignmentRequest
from engine.running import completing, offers
from engine.running.opening import locked
from engine.storage import access, work_items
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

BACK = "代办的依据已结束，回到本人名下"
STANDS_IN = {
    "acting": "委托生效",
    "b_role": "本人外出，由B角代办",
    "designated": "本人外出，由受指定人代办",
}


@dataclass(frozen=True, slots=True)
class Move:
    """One open step that would come into other hands. title: None when the asker may not see it."""

    instance_id: str
    procedure: str
    step: str
    title: str | None
    before: str
    after: str
    alert: str | None


def named(engine: Engine, office: Directory, item: Any, at: datetime) -> Assignment | None:
    """Whom the rules name for an item; None when its hands do not follow them (claimed, named in
    person, several signers of one role)."""
    if item.role is None or (item.group_code is not None and item.assignee_id is not None):
        return None
    request = AssignmentRequest(item.role, at, item.org, item.field, item.scope)
    found = engine.registry.resolve(office, request)
    return found[0] if len(found) == 1 else None


def reassess(engine: Engine, connection: Connection, office: Directory) -> int:
    """Ask again who acts on every live item; how many moved."""
    moved = 0
    for item in work_items.open_for_roles(connection):
        try:
            moved += _reassign(engine, connection, item, office)
        except GuichengError as error:
            work_items.update(connection, item.id, item.version, {"alert": error.message})
    return moved


def _reassign(engine: Engine, connection: Connection, item: Any, office: Directory) -> int:
    now = engine.clock.now()
    found = named(engine, office, item, now)
    if found is None:
        return 0
    columns = offers.assignee(found)
    if all(getattr(item, name) == value for name, value in columns.items()):
        return 0
    instance = locked(connection, item.instance_id)
    work_items.update(connection, item.id, item.version, columns)
    reason = columns["alert"] or STANDS_IN.get(found.form)
    if reason is None and item.signature_form != "self":
        reason = BACK
    entry = Entry(
        kind="item.reassigned",
        at=now,
        acted_for_id=found.acted_for,
        signature_form=found.form,
        substitution_id=found.substitution,
        element_id=item.element_id,
        element_name=item.element_name,
        work_item_id=item.id,
        data={
            "before": office.person_name(item.assignee_id) if item.assignee_id else None,
            "after": signatures.told(office, columns, now),
            "reason": reason,
        },
    )
    completing.only_history(connection, instance, [entry])
    return 1


def refuse_lapsed(engine: Engine, office: Directory, item: Any) -> None:
    """Raise when the authority to act for another has ended since the item was offered.

    The clock may not yet have moved the item: a mandate ends at its moment, not at the next sweep.
    """
    if item.signature_form == signatures.SELF:
        return
    found = named(engine, office, item, engine.clock.now())
    if found is not None and found.person != item.assignee_id:
        whose = office.person_name(item.acted_for_id) if item.acted_for_id else "本人"
        raise Conflict(
            f"您代办的依据已经结束，这件回到{whose}名下。您的内容没有提交，已保留在页面上。"
        )


def moves(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    before: Directory,
    after: Directory,
    at: datetime,
) -> tuple[Move, ...]:
    """What a change of the office moves at a moment: every open step whose hands it changes."""
    visible = work_items.live_ids(connection, access.may_see_item(actor))
    found = []
    for item in work_items.open_for_roles(connection):
        old, new = (named(engine, office, item, at) for office in (before, after))
        if old is None or new is None or old == new:
            continue
        found.append(
            Move(
                instance_id=item.instance_id,
                procedure=item.procedure,
                step=item.element_name,
                title=item.title if item.id in visible else None,
                before=_hands(before, old, at),
                after=_hands(after, new, at),
                alert=new.alert,
            )
        )
    return tuple(found)


def _hands(office: Directory, assignment: Assignment, at: datetime) -> str:
    columns = offers.assignee(assignment)
    told = signatures.told(office, columns, at)
    return told or office.group_name(assignment.group or "")
