"""Other hands: who acts on an open step after absences, mandates or posts have changed.

Untouched steps move to whom the office's rules now name and come back; what is signed stays signed,
and what a colleague of a section has claimed stays with him.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine import definitions, notices, signatures
from engine.directory import Directory
from engine.errors import Conflict, GuichengError
from engine.history import Entry
from engine.model import Actor
from engine.procedure import Assignment, AssignmentRequest
from engine.running import completing, offers
from engine.running.opening import locked
from engine.storage import access, outbox, work_items
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

BACK = "代办的依据已结束，回到本人名下"
HAS_LEFT = "原办理人已离任"
HANDS = (
    "org",
    "group_code",
    "assignee_id",
    "acted_for_id",
    "signature_form",
    "substitution_id",
    "alert",
)
STANDS_IN = {
    "acting": "委托生效",
    "b_role": "本人外出，由B角代办",
    "designated": "本人外出，由受指定人代办",
}


@dataclass(frozen=True, slots=True)
class Move:
    """One open step that would come into other hands. title: None when the asker may not see it.

    before_org, after_org: names of the organisation it is done for, when that changes.
    """

    instance_id: str
    procedure: str
    step: str
    title: str | None
    before: str
    after: str
    alert: str | None
    before_org: str | None = None
    after_org: str | None = None


def named(engine: Engine, office: Directory, item: Any, at: datetime) -> Assignment | None:
    """Whom the rules name for an item; None when its hands do not follow them (claimed, named in
    person without a role, several signers of one role)."""
    if _is_claimed(office, item, at):
        return None
    if item.role is None or item.given_by_id is not None:  # handed on by a person, not by a rule
        return _taken_over(engine, office, item, at)
    org = office.present_org(item.org, at) if item.org else None
    request = AssignmentRequest(
        item.role,
        at,
        org,
        item.field,
        item.scope,
        holder=item.assignee_id,
        person=_person_named(engine, item),
    )
    found = engine.registry.resolve(office, request)
    return found[0] if len(found) == 1 else None


def _is_claimed(office: Directory, item: Any, at: datetime) -> bool:
    """Whether a colleague of a section has it, and is still of that section."""
    if item.group_code is None or item.assignee_id is None:
        return False
    return _present_group(office, item.group_code, at) in office.groups_of(item.assignee_id, at)


def _taken_over(engine: Engine, office: Directory, item: Any, at: datetime) -> Assignment | None:
    """Who goes on with what was given to a person by name, once that person has left."""
    person = item.assignee_id
    if person is None or not office.has_left(person, at):
        return None
    return engine.registry.take_over(office, person, at)


def _present_group(office: Directory, group: str, at: datetime) -> str:
    post, _, org = group.partition("@")
    return f"{post}@{office.present_org(org, at)}"


def hands(engine: Engine, office: Directory, item: Any, at: datetime) -> dict[str, Any]:
    """The columns of an item as they ought to be at a moment: for which organisation, by whom."""
    columns = {name: getattr(item, name) for name in HANDS}
    if item.org is not None:
        columns["org"] = office.present_org(item.org, at)
    if item.group_code is not None:
        columns["group_code"] = _present_group(office, item.group_code, at)
    found = named(engine, office, item, at)
    return columns if found is None else {**columns, **offers.assignee(found)}


def _person_named(engine: Engine, item: Any) -> str | None:
    """Whom a step that names its persons named here: whoever acts, or who is acted for."""
    definition = definitions.compiled(engine, item.definition_id)
    element = definition.elements[item.process_key, item.element_id]
    if not element.properties.get("assignee"):
        return None
    return str(item.acted_for_id or item.assignee_id)


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
    if _differs(item, hands(engine, office, item, now)) == ():
        return 0
    instance = locked(connection, item.instance_id)
    current = work_items.locked_live(connection, item.id)
    if current is None:
        return 0
    columns = hands(engine, office, current, now)
    changed = _differs(current, columns)
    if changed == ():
        return 0
    if changed != ("org",):
        columns["claimed_at"] = None
    work_items.update(connection, current.id, current.version, columns)
    completing.only_history(connection, instance, [_entry(office, current, columns, now)])
    outbox.add(connection, _told(current, columns, now))
    return 1


def _told(item: Any, columns: Mapping[str, Any], now: datetime) -> list[dict[str, Any]]:
    """Whoever has an open step now is told of it."""
    person = columns["assignee_id"]
    if item.state != "open" or person in (None, item.assignee_id):
        return []
    told = {"instance_id": item.instance_id, "work_item_id": item.id, "step": item.element_name}
    return [notices.told("reassigned", [person], at=now, **told)]


def _differs(item: Any, columns: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in HANDS if getattr(item, name) != columns[name])


def _entry(office: Directory, item: Any, columns: Mapping[str, Any], now: datetime) -> Entry:
    same_hands = item.assignee_id == columns["assignee_id"] and item.assignee_id is not None
    told = {
        "before": office.person_name(item.assignee_id) if item.assignee_id else None,
        "after": signatures.told(office, columns, now) or _section(office, columns),
        "reason": _reason(office, item, columns, now),
    }
    kind = "item.reassigned"
    if item.org != columns["org"]:
        told |= {"before_org": office.org_name(item.org), "after_org": _org(office, columns, now)}
        kind = "item.taken_over" if same_hands else kind
    return Entry(
        kind=kind,
        at=now,
        acted_for_id=columns["acted_for_id"],
        signature_form=columns["signature_form"],
        substitution_id=columns["substitution_id"],
        element_id=item.element_id,
        element_name=item.element_name,
        work_item_id=item.id,
        data=told,
    )


def _reason(office: Directory, item: Any, columns: Mapping[str, Any], now: datetime) -> str | None:
    """Why the hands change, as far as the office's own rows tell."""
    if columns["alert"]:
        return str(columns["alert"])
    if item.org != columns["org"]:
        return f"{office.org_name(item.org)}已由{_org(office, columns, now)}承接"
    if columns["signature_form"] in STANDS_IN:
        return STANDS_IN[columns["signature_form"]]
    if item.signature_form != signatures.SELF:
        return BACK
    has_left = item.assignee_id is not None and office.has_left(item.assignee_id, now)
    return HAS_LEFT if has_left else None


def _section(office: Directory, columns: Mapping[str, Any]) -> str | None:
    group = columns["group_code"]
    return office.group_name(group) if group else None


def _org(office: Directory, columns: Mapping[str, Any], at: datetime) -> str:
    return office.org_name(columns["org"], at)


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
        old, new = (hands(engine, office, item, at) for office in (before, after))
        if old == new:
            continue
        other_org = old["org"] != new["org"]
        found.append(
            Move(
                instance_id=item.instance_id,
                procedure=item.procedure,
                step=item.element_name,
                title=item.title if item.id in visible else None,
                before=_hands(before, old, at),
                after=_hands(after, new, at),
                alert=new["alert"],
                before_org=before.org_name(old["org"], at) if other_org else None,
                after_org=after.org_name(new["org"], at) if other_org else None,
            )
        )
    return tuple(found)


def _hands(office: Directory, columns: Mapping[str, Any], at: datetime) -> str:
    return signatures.told(office, columns, at) or _section(office, columns) or "——"
