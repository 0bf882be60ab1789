"""A change of the office: planned by pure rules, shown with what it moves, then made and audited.

A change is a value that knows how to plan itself. `preview` says which open steps would come into
other hands; `make` writes the rows, one link of history, and has open work looked at again, now and
at every moment the change speaks of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from engine import directory, office, registers
from engine.commands import run_once
from engine.directory import Directory
from engine.errors import Finding, Invalid
from engine.model import Actor
from engine.running import reassigning
from engine.running.reassigning import Move
from engine.storage import directory as rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

__all__ = ["Change", "Move", "Plan", "Preview", "make", "preview", "refuse"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a change comes to. table, rows: as they will stand; kind, told: the link of history.

    moments: when hands may change; hints: what is not refused but should be known;
    series: of which number series the first row gets its number; message: may name {number}.
    """

    table: str
    rows: Sequence[dict[str, Any]]
    kind: str
    told: dict[str, Any]
    message: str
    moments: Sequence[datetime] = ()
    hints: Sequence[Finding] = ()
    series: str | None = None


class Change(Protocol):
    """Something to be changed; a refusal is raised instead of a plan."""

    @property
    def operation(self) -> str:
        """Its name among the idempotent operations."""

    def plan(self, engine: Engine, people: Directory, actor: Actor) -> Plan: ...


@dataclass(frozen=True, slots=True)
class Preview:
    """What a change would do. moves: open steps that change hands, at its first moment."""

    moves: tuple[Move, ...]
    hints: tuple[Finding, ...] = field(default=())


def make(engine: Engine, actor: Actor, change: Change, *, key: str) -> dict[str, Any]:
    """Make a change, once for this key: {id, message, number, repeated}."""

    def work(connection: Connection) -> dict[str, Any]:
        rows.lock(connection)
        people = directory.snapshot(engine, connection)
        plan = change.plan(engine, people, actor)
        number = _number(engine, connection, plan)
        rows.put(connection, plan.table, plan.rows)
        told = {**plan.told, **({"number": number} if number else {})}
        office.changed(engine, connection, actor, plan.kind, told, plan.moments)
        message = plan.message.format(number=number or "")
        said = message + "".join(each.message for each in plan.hints)
        return {"id": plan.rows[0]["id"], "message": said, "number": number}

    asked = {name: _plain(value) for name, value in asdict(change).items()}  # type: ignore[call-overload]
    answer, repeated = run_once(engine, actor.person_id, key, change.operation, asked, work)
    return {**answer, "repeated": repeated}


def preview(engine: Engine, actor: Actor, change: Change) -> Preview:
    """What a change would move. Changes nothing; refused as `make` would be."""
    with engine.database.read() as connection:
        people = directory.snapshot(engine, connection)
        plan = change.plan(engine, people, actor)
        after = people.altered(plan.table, plan.rows)
        now = engine.clock.now()
        at = max(now, min(plan.moments, default=now))
        moves = reassigning.moves(engine, connection, actor, people, after, at)
    return Preview(moves, tuple(plan.hints))


def refuse(findings: Sequence[Finding]) -> list[Finding]:
    """Raise Invalid with every blocking finding; else the hints."""
    blocking = [each for each in findings if each.severity == "block"]
    if blocking:
        raise Invalid(blocking)
    return list(findings)


def _number(engine: Engine, connection: Connection, plan: Plan) -> str | None:
    if plan.series is not None:
        year = engine.clock.now().year
        count = registers.take_number(connection, f"office:{plan.series}", year)
        plan.rows[0]["number"] = f"{plan.series}{year}-{count}"
    number = plan.rows[0].get("number")
    return str(number) if number else None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value
