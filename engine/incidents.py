"""Jobs that did not work: seen, tried again, or given up with a reason.

For the administrator of the running system, who must not see what a document is about: number,
procedure and step are shown, the title only to whom the document is open anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine import conventions, definitions
from engine.chain import Entry, Head
from engine.commands import run_once
from engine.duties import INCIDENTS, require
from engine.errors import Conflict, Finding, GuichengError, Invalid, NotFound
from engine.history import append, record_system
from engine.model import Actor, Page
from engine.storage import access
from engine.storage import incidents as rows
from engine.storage import instances as instance_rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

SIZE = 50
KINDS = {
    "timer": "到期处理",
    "reassign": "重新确定办理人",
    "recount": "按工作日历重算时限",
    "delivery": "送出通知",
    "house": "每日清理和锚定",
}
EFFECTS = {"silence": "逾期视为", "interrupt": "到期转办", "remind": "到期提醒"}


@dataclass(frozen=True, slots=True)
class Incident:
    """One job that did not work. state: failed (left to a person), retrying.

    next_try: system time of the next attempt; due_at: when it should have been done.
    """

    id: str
    kind: str
    instance: str | None  # the first characters of its id, to tell a manager which one it is
    state: str
    step: str
    effect: str | None
    number: str | None
    procedure: str | None
    title: str | None
    reason: str
    attempts: int
    due_at: datetime
    next_try: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many are left to a person, and how many are still tried again by themselves."""

    failed: int
    retrying: int


def listing(engine: Engine, actor: Actor, *, page: int = 1) -> Page[Incident]:
    """What did not work, the oldest first."""
    require(actor, INCIDENTS)
    with engine.database.read() as connection:
        visible = access.may_see_instance(actor)
        found = rows.listing(connection, visible, limit=SIZE, offset=(max(1, page) - 1) * SIZE)
        total = sum(rows.counts(connection).values())
        shown = tuple(_incident(engine, connection, row) for row in found)
    return Page(shown, total, max(1, page), SIZE)


def counts(engine: Engine) -> Counts:
    """For the head of the page and for `guicheng doctor`."""
    with engine.database.read() as connection:
        return Counts(**rows.counts(connection))


def retry(engine: Engine, actor: Actor, job_id: str, *, key: str) -> dict[str, Any]:
    """Have it tried again at once, by the next sweep."""

    def work(connection: Connection, row: Any, told: dict[str, Any]) -> str:
        rows.try_again(connection, job_id)
        _record(engine, connection, actor, "incident.retried", told)
        return f"“{told['step']}”将立即重试，结果稍后可在本页看到。"

    return _on_incident(engine, actor, job_id, key, "incident-retry", {}, work)


def give_up(engine: Engine, actor: Actor, job_id: str, reason: str, *, key: str) -> dict[str, Any]:
    """Leave it undone, with a reason that stands in the history of the instance."""
    said = reason.strip()

    def work(connection: Connection, row: Any, told: dict[str, Any]) -> str:
        shortest = conventions.snapshot(engine, connection)["give_up_reason_length"]
        if len(said) < shortest:
            message = f"放弃须写明理由（不少于{shortest}个字）。"
            raise Invalid([Finding(message, "reason", source=conventions.WORD)])
        rows.give_up(connection, job_id)
        told = {**told, "reason": said}
        _record(engine, connection, actor, "incident.given_up", told)
        if row.instance_id is not None:
            _tell_instance(engine, connection, actor, row, told)
        return f"已放弃“{told['step']}”，理由已留痕。该事项请人工办理。"

    return _on_incident(engine, actor, job_id, key, "incident-give-up", {"reason": said}, work)


def _on_incident(
    engine: Engine,
    actor: Actor,
    job_id: str,
    key: str,
    operation: str,
    body: dict[str, Any],
    do: Callable[[Connection, Any, dict[str, Any]], str],
) -> dict[str, Any]:
    """One command on one incident: its instance is locked before it, as everywhere."""
    require(actor, INCIDENTS)

    def work(connection: Connection) -> dict[str, Any]:
        row = rows.one(connection, job_id)
        if row is None:
            raise NotFound
        if row.instance_id is not None:
            instance_rows.lock(connection, row.instance_id)
        if not rows.lock(connection, job_id):
            raise Conflict("这项故障已经处理过了，请看最新的列表。")
        told = {"step": _step(engine, connection, row), "number": row.number}
        return {"message": do(connection, row, told)}

    answer, _ = run_once(engine, actor.person_id, key, operation, {"job": job_id, **body}, work)
    return answer


def _record(
    engine: Engine, connection: Connection, actor: Actor, kind: str, told: dict[str, Any]
) -> None:
    now = engine.clock.now()
    record_system(connection, at=now, kind=kind, actor_id=actor.person_id, data=told)


def _tell_instance(
    engine: Engine, connection: Connection, actor: Actor, row: Any, told: dict[str, Any]
) -> None:
    instance = instance_rows.plain(connection, row.instance_id)
    if instance is None:
        return
    entry = Entry(
        kind="incident.given_up",
        at=engine.clock.now(),
        actor_id=actor.person_id,
        element_id=row.element_id,
        element_name=told["step"],
        data={"reason": told["reason"]},
    )
    head = Head(instance.history_seq, instance.history_hash)
    head = append(connection, row.instance_id, head, [entry])
    told_to = {"history_seq": head.seq, "history_hash": head.hash}
    instance_rows.update(connection, row.instance_id, instance.version, told_to)


def _incident(engine: Engine, connection: Connection, row: Any) -> Incident:
    return Incident(
        id=row.id,
        kind=KINDS.get(row.kind, "定时作业"),
        instance=row.instance_id[:8] if row.instance_id else None,
        state="failed" if row.status == "failed" else "retrying",
        step=_step(engine, connection, row),
        effect=EFFECTS.get(row.effect or ""),
        number=row.number,
        procedure=row.procedure,
        title=row.title,
        reason=row.last_error or "原因没有记录。",
        attempts=row.attempts,
        due_at=row.due_at,
        next_try=row.lease_until if row.status == "waiting" else None,
    )


def _step(engine: Engine, connection: Connection, row: Any) -> str:
    """The name of the clock or of the element; what kind of job it is, without one."""
    if row.element_id is None or row.definition_id is None:
        return KINDS.get(row.kind, "定时作业")
    try:
        elements = definitions.compiled(engine, row.definition_id, connection).elements
    except GuichengError:
        return str(row.element_id)
    for (_, identity), element in elements.items():
        if identity == row.element_id:
            return element.properties.get("clock") or element.name or identity
    return str(row.element_id)
