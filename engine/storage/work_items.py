"""The worklist: one row per person (or group) and activation of a user task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select

from engine.model import Actor
from engine.storage import prepared, versions
from engine.storage.database import Connection
from engine.storage.tables import process_definition, process_instance, work_item

LIVE = ("waiting", "open")
STILL_LIVE = work_item.c.done_at.is_(None)  # the same, as the indexes of live items spell it
OPEN = and_(work_item.c.state == "open", STILL_LIVE)

ROWS = select(
    work_item,
    process_instance.c.title,
    process_instance.c.number,
    process_instance.c.sender,
    process_instance.c.urgency,
    process_instance.c.state.label("instance_state"),
    process_instance.c.suspended_at,
    process_instance.c.suspend_reason,
    process_instance.c.definition_id,
    process_definition.c.name.label("procedure"),
).select_from(
    work_item.join(process_instance, process_instance.c.id == work_item.c.instance_id).join(
        process_definition, process_definition.c.id == process_instance.c.definition_id
    )
)


_OF_INSTANCE = ROWS.where(
    work_item.c.instance_id == bindparam("instance_id"),
    work_item.c.state.in_(bindparam("states", expanding=True)),
).order_by(work_item.c.opened_at.is_(None), work_item.c.opened_at, work_item.c.position)


def mine(actor: Actor) -> Any:
    """Assigned to me."""
    return work_item.c.assignee_id == actor.person_id


def my_groups(actor: Actor) -> Any:
    """Offered to a group of mine and not yet claimed."""
    return and_(work_item.c.assignee_id.is_(None), work_item.c.group_code.in_(actor.groups))


def get(connection: Connection, item_id: str, condition: Any) -> Any | None:
    """One item with its instance's head, if the condition lets it be seen."""
    return connection.execute(ROWS.where(work_item.c.id == item_id, condition)).one_or_none()


def version(connection: Connection, item_id: str) -> int:
    """The version of an item now."""
    query = select(work_item.c.version).where(work_item.c.id == item_id)
    return int(connection.execute(query).scalar_one())


def of_instance(connection: Connection, instance_id: str, states: Sequence[str]) -> list[Any]:
    """The items of an instance in these states, oldest activation first."""
    return list(connection.execute(_OF_INSTANCE, {"instance_id": instance_id, "states": states}))


def mine_like(connection: Connection, actor: Actor, item: Any, most: int) -> list[Any]:
    """My open items of the same step as this one, what is due first standing first."""
    query = ROWS.where(
        mine(actor),
        work_item.c.state == "open",
        work_item.c.kind == "main",
        work_item.c.process_key == item.process_key,
        work_item.c.element_id == item.element_id,
        process_instance.c.suspended_at.is_(None),
    )
    order = (work_item.c.due_at.is_(None), work_item.c.due_at, work_item.c.opened_at)
    return list(connection.execute(query.order_by(*order).limit(most)))


_SIGNED = select(work_item).where(
    work_item.c.instance_id == bindparam("instance_id"),
    work_item.c.task_id == bindparam("task_id"),
    work_item.c.epoch == bindparam("epoch"),
    work_item.c.state == "done",
)


def signed_of(connection: Connection, instance_id: str, task_id: str, epoch: int) -> list[Any]:
    """The items of one activation that are done."""
    told = {"instance_id": instance_id, "task_id": task_id, "epoch": epoch}
    return list(connection.execute(_SIGNED, told))


def dropped_of(
    connection: Connection, instance_id: str, task_id: str, epoch: int, reason: str
) -> list[Any]:
    """The items of one activation that became void for a reason."""
    query = select(work_item).where(
        work_item.c.instance_id == instance_id,
        work_item.c.task_id == task_id,
        work_item.c.epoch == epoch,
        work_item.c.state == "void",
        work_item.c.void_reason == reason,
    )
    return list(connection.execute(query))


_its_task = select(work_item.c.task_id).where(work_item.c.id == bindparam("item_id"))
_OF_ACTIVATION = versions.alongside(
    select(
        work_item,
        process_instance.c.suspended_at,
        process_instance.c.suspend_reason,
        process_instance.c.definition_id,
    )
    .join(process_instance, process_instance.c.id == work_item.c.instance_id)
    .where(
        work_item.c.instance_id == bindparam("instance_id"),
        work_item.c.task_id == _its_task.scalar_subquery(),
        STILL_LIVE,
    )
    .order_by(work_item.c.position)
)


def of_activation(connection: Connection, instance_id: str, item_id: str) -> list[Any]:
    """The live items of the activation that an item of the instance belongs to, itself included.

    The versions of what is kept in memory are read along with them: one question less.
    """
    told = {"instance_id": instance_id, "item_id": item_id}
    found = prepared.rows(connection, _OF_ACTIVATION, told)
    for row in found[:1]:
        versions.note_alongside(connection, row)
    return found


def open_of(connection: Connection, instance_ids: Sequence[str]) -> dict[str, list[Any]]:
    """Instance id → its open items, what is due first standing first."""
    found: dict[str, list[Any]] = {}
    query = ROWS.where(
        work_item.c.instance_id.in_(list(instance_ids)), work_item.c.state == "open"
    ).order_by(work_item.c.due_at.is_(None), work_item.c.due_at, work_item.c.opened_at)
    for row in connection.execute(query) if instance_ids else ():
        found.setdefault(row.instance_id, []).append(row)
    return found


def open_for_roles(connection: Connection) -> list[Any]:
    """Every live item of a running instance, for a new look at who acts."""
    return list(connection.execute(ROWS.where(work_item.c.state.in_(LIVE))))


def locked_live(connection: Connection, item_id: str) -> Any | None:
    """A live item as it is now, locked until the transaction ends; None when it is done or void."""
    query = ROWS.where(work_item.c.id == item_id, work_item.c.state.in_(LIVE))
    return connection.execute(query.with_for_update(of=work_item)).one_or_none()


def live_ids(connection: Connection, condition: Any) -> frozenset[str]:
    """The ids of the live items that a condition lets be seen."""
    query = (
        select(work_item.c.id)
        .join(process_instance, process_instance.c.id == work_item.c.instance_id)
        .where(work_item.c.state.in_(LIVE), condition)
    )
    return frozenset(connection.execute(query).scalars())


def visible_ids(connection: Connection, item_ids: Sequence[str], condition: Any) -> frozenset[str]:
    """Of these items, those that a condition lets be seen."""
    query = (
        select(work_item.c.id)
        .join(process_instance, process_instance.c.id == work_item.c.instance_id)
        .where(work_item.c.id.in_(list(item_ids)), condition)
    )
    return frozenset(connection.execute(query).scalars())


def with_alert(connection: Connection) -> list[Any]:
    """The open items for which nobody proper can act, the longest waiting first."""
    query = ROWS.where(work_item.c.state == "open", work_item.c.alert.is_not(None))
    return list(connection.execute(query.order_by(work_item.c.opened_at)))


def signed_under(
    connection: Connection, substitution_id: str, since: datetime | None, until: datetime
) -> list[Any]:
    """What was signed on the strength of a substitution, after `since` and up to `until`."""
    condition = [work_item.c.state == "done", work_item.c.substitution_id == substitution_id]
    condition.append(work_item.c.done_at <= until)
    if since is not None:
        condition.append(work_item.c.done_at > since)
    return list(connection.execute(ROWS.where(*condition).order_by(work_item.c.done_at)))


def last_signed_under(connection: Connection) -> dict[str, datetime]:
    """Substitution → when something was last signed on its strength."""
    latest = func.max(work_item.c.done_at, type_=work_item.c.done_at.type)
    query = (
        select(work_item.c.substitution_id, latest)
        .where(work_item.c.state == "done", work_item.c.substitution_id.is_not(None))
        .group_by(work_item.c.substitution_id)
    )
    return {row.substitution_id: row[1] for row in connection.execute(query)}


def count_of_org(connection: Connection, code: str) -> int:
    """How many live items are done for an organisation, or wait in one of its sections."""
    in_section = work_item.c.group_code.endswith(f"@{code}", autoescape=True)
    query = select(func.count()).where(
        work_item.c.state.in_(LIVE), or_(work_item.c.org == code, in_section)
    )
    return connection.execute(query).scalar_one()


def count_of_person(connection: Connection, person_id: str) -> int:
    """How many live items are in a person's hands."""
    query = select(func.count()).where(
        STILL_LIVE, work_item.c.state.in_(LIVE), work_item.c.assignee_id == person_id
    )
    return connection.execute(query).scalar_one()


def insert(connection: Connection, items: Sequence[Mapping[str, Any]]) -> None:
    """Add items."""
    prepared.insert(connection, work_item, items)


def update(connection: Connection, item_id: str, version: int, values: Mapping[str, Any]) -> bool:
    """Change an item under its version; False when somebody else did in between."""
    return prepared.update(connection, work_item, item_id, version, values)


def note_urged(connection: Connection, item_id: str, at: datetime, since: datetime) -> bool:
    """Somebody is reminded of an item; False when that was done after `since` already."""
    last = work_item.c.urged_at
    statement = work_item.update().where(
        work_item.c.id == item_id,
        work_item.c.state == "open",
        or_(last.is_(None), last <= since),
    )
    return connection.execute(statement.values(urged_at=at)).rowcount == 1


def void(connection: Connection, item_ids: Sequence[str], reason: str, at: datetime) -> None:
    """Close items nobody needs to do any more."""
    if item_ids:
        changed = work_item.update().where(
            work_item.c.id.in_(list(item_ids)), work_item.c.state.in_(LIVE)
        )
        ended = {"state": "void", "void_reason": reason, "done_at": at}
        connection.execute(changed.values(**ended, version=work_item.c.version + 1))


def void_of(
    connection: Connection, instance_id: str, task_ids: Iterable[str], reason: str, at: datetime
) -> list[Any]:
    """Close the live items of activations that are gone; what they were, the oldest first."""
    told = {"of_instance": instance_id, "ids": sorted(task_ids), "reason": reason, "at": at}
    closed = connection.execute(_VOID, told)
    return sorted(closed, key=lambda each: (each.opened_at is None, each.opened_at, each.position))


_VOID = (
    work_item.update()
    .where(
        work_item.c.instance_id == bindparam("of_instance"),
        work_item.c.task_id.in_(bindparam("ids", expanding=True)),
        work_item.c.state.in_(LIVE),
    )
    .values(
        state="void",
        void_reason=bindparam("reason"),
        done_at=bindparam("at"),
        version=work_item.c.version + 1,
    )
    .returning(work_item)
)
