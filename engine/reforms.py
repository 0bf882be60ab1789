"""A change of who is who, on a day: planned by pure rules, shown with what it moves, then made.

A reform is a value that knows how to plan itself as rows of the office. One for a day to come is
kept, and a job makes it at its moment, planned anew on the office as it then stands. What is signed
and recorded stays as it is; open work goes where the rules then name (running.reassigning).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from engine import directory, history, office
from engine.changes import Move
from engine.clock import parse_moment
from engine.commands import run_once
from engine.directory import Directory
from engine.duties import OFFICE, require
from engine.errors import Conflict, Finding, Invalid, NotFound
from engine.ids import new_id
from engine.model import Actor
from engine.running import reassigning
from engine.storage import directory as rows
from engine.storage import jobs, reforms
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

JOB = "reform"
ENDING = frozenset({"merge", "end", "leave"})
LATER = "已登记，将于{day}生效：{told}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a reform comes to. writes: rows by table; kind, told: the link of history.

    sentence: what happens, without its full stop: 市乡村振兴局并入市农业农村局. lines: what
    follows besides open work; leaver: the person whose sessions and account end; details: further
    links of history, (kind, told).
    """

    writes: Mapping[str, Sequence[dict[str, Any]]]
    kind: str
    told: dict[str, Any]
    sentence: str
    lines: tuple[str, ...] = ()
    hints: tuple[Finding, ...] = ()
    leaver: str | None = None
    details: tuple[tuple[str, dict[str, Any]], ...] = ()


class Reform(Protocol):
    """A change with its day. A refusal is raised instead of a plan."""

    kind: ClassVar[str]

    @property
    def subject(self) -> str:
        """Code of the organisation or id of the person it changes."""

    @property
    def effective(self) -> datetime:
        """From when it holds."""

    def plan(self, engine: Engine, people: Directory) -> Plan: ...


@dataclass(frozen=True, slots=True)
class Preview:
    """What a reform would do at its moment, as things stand."""

    sentence: str
    at: datetime
    is_later: bool
    moves: tuple[Move, ...]
    lines: tuple[str, ...]
    hints: tuple[Finding, ...]

    def by_hands(self) -> list[tuple[str, int]]:
        """To whom how many open steps go, the most first."""
        counted: dict[str, int] = {}
        for move in self.moves:
            whom = f"{move.after_org}　{move.after}" if move.after_org else move.after
            counted[whom] = counted.get(whom, 0) + 1
        return sorted(counted.items(), key=lambda pair: -pair[1])


@dataclass(frozen=True, slots=True)
class Coming:
    """A reform that waits for its day."""

    id: str
    kind: str
    subject: str
    effective: datetime
    sentence: str
    made_by: str


# ---- making ----------------------------------------------------------------------------------


def preview(engine: Engine, actor: Actor, reform: Any) -> Preview:
    """What a reform would move. Changes nothing; refused as `make` would be."""
    require(actor, OFFICE)
    with engine.database.read() as connection:
        people = directory.snapshot(engine, connection)
        dated, is_later = _dated(engine, reform)
        _refuse_twice(connection, dated)
        plan = dated.plan(engine, people)
        after = people.with_rows(plan.writes)
        at = dated.effective
        moves = reassigning.moves(engine, connection, actor, people, after, at)
        lines = [*plan.lines, *_account_lines(connection, plan)]
    return Preview(plan.sentence, at, is_later, moves, tuple(lines), plan.hints)


def make(engine: Engine, actor: Actor, reform: Any, *, key: str) -> dict[str, Any]:
    """Make a reform, or keep it for its day; once for this key: {id, message, repeated}."""

    def work(connection: Connection) -> dict[str, Any]:
        require(actor, OFFICE)
        rows.lock(connection)
        dated, is_later = _dated(engine, reform)
        _refuse_twice(connection, dated)
        plan = dated.plan(engine, directory.snapshot(engine, connection))
        if is_later:
            return _keep(engine, connection, actor, dated, plan)
        moved = _carry_out(engine, connection, actor.person_id, plan)
        return {"id": dated.subject, "message": f"{plan.sentence}。{_moved(moved)}"}

    asked = as_payload(reform) | {"effective": reform.effective.date().isoformat()}
    answer, repeated = run_once(engine, actor.person_id, key, f"reform-{reform.kind}", asked, work)
    return {**answer, "repeated": repeated}


def cancel(engine: Engine, actor: Actor, reform_id: str, *, key: str) -> dict[str, Any]:
    """Take back a reform that waits for its day."""

    def work(connection: Connection) -> dict[str, Any]:
        require(actor, OFFICE)
        found = reforms.get(connection, reform_id)
        if found is None:
            raise NotFound
        if not reforms.close(connection, reform_id, "cancelled"):
            raise Conflict("这项变动已经生效或已经取消。")
        jobs.withdraw(connection, f"{JOB}:{reform_id}")
        told = {"what": found.told, "at": found.effective_at.isoformat()}
        now = engine.clock.now()
        history.record_system(
            connection, at=now, kind="reform.cancelled", actor_id=actor.person_id, data=told
        )
        return {"id": found.subject, "message": f"已取消：{found.told}。"}

    answer, repeated = run_once(
        engine, actor.person_id, key, "reform-cancel", {"id": reform_id}, work
    )
    return {**answer, "repeated": repeated}


def coming(engine: Engine, actor: Actor, subject: str | None = None) -> tuple[Coming, ...]:
    """The reforms that wait for their day, of one organisation or person or all; the next first."""
    require(actor, OFFICE)
    people = directory.snapshot(engine)
    with engine.database.read() as connection:
        found = reforms.planned(connection, subject)
    return tuple(
        Coming(
            row.id,
            row.kind,
            row.subject,
            row.effective_at,
            row.told,
            people.person_name(row.made_by),
        )
        for row in found
    )


def fire(engine: Engine, connection: Connection, job: Any, kinds: Mapping[str, Any]) -> None:
    """Make the reform a job is for, planned on the office as it now stands."""
    found = reforms.get(connection, job.payload["reform"])
    if found is None or not reforms.close(connection, found.id, "done"):
        return
    rows.lock(connection)
    reform = from_payload(kinds[found.kind], found.payload)
    try:
        plan = reform.plan(engine, directory.snapshot(engine, connection))
    except Invalid as error:
        said = "".join(each.message for each in error.findings) or error.message
        raise Conflict(f"“{found.told}”到期未能生效：{said}") from error
    _carry_out(engine, connection, found.made_by, plan)


def _dated(engine: Engine, reform: Any) -> tuple[Any, bool]:
    """The reform with its moment (today means now), and whether that is yet to come."""
    now = engine.clock.now()
    if reform.effective.date() < now.date():
        words = "生效日期不能早于今天：已经办的事、已经用过的名称不改。"
        raise Invalid([Finding(words, "effective")])
    is_later = reform.effective > now
    return (reform if is_later else replace(reform, effective=now)), is_later


def _refuse_twice(connection: Connection, reform: Any) -> None:
    """What ends may be ordered once, and the same change not twice."""
    for waiting in reforms.planned(connection, reform.subject):
        ends_twice = {waiting.kind, reform.kind} <= ENDING
        if waiting.kind == reform.kind or ends_twice:
            words = f"已登记“{waiting.told}”，{_day(waiting.effective_at)}生效；请先取消那一项。"
            raise Conflict(words)


def _day(at: datetime) -> str:
    return f"{at.year}年{at.month}月{at.day}日"


def _keep(
    engine: Engine, connection: Connection, actor: Actor, reform: Any, plan: Plan
) -> dict[str, Any]:
    identity, now = new_id(), engine.clock.now()
    values = {
        "id": identity,
        "kind": reform.kind,
        "subject": reform.subject,
        "effective_at": reform.effective,
        "payload": as_payload(reform),
        "evidence": getattr(reform, "evidence", None),
        "made_by": actor.person_id,
        "made_at": now,
        "state": "planned",
        "told": plan.sentence,
    }
    reforms.insert(connection, values)
    jobs.add(connection, [_job(identity, reform.effective)])
    told = {"what": plan.sentence, "at": reform.effective.isoformat()}
    history.record_system(
        connection, at=now, kind="reform.planned", actor_id=actor.person_id, data=told
    )
    said = LATER.format(day=_day(reform.effective), told=f"{plan.sentence}。")
    return {"id": reform.subject, "message": said}


def _job(identity: str, at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "kind": JOB,
        "due_at": at,
        "payload": {"reform": identity},
        "status": "waiting",
        "attempts": 0,
        "dedupe_key": f"{JOB}:{identity}",
    }


def _carry_out(engine: Engine, connection: Connection, actor_id: str, plan: Plan) -> int:
    """Write the rows, close what ends, tell it, hand open work on; how many steps moved."""
    for table, values in plan.writes.items():
        rows.put(connection, table, values)
    if plan.leaver is not None:
        reforms.close_accounts(connection, plan.leaver, engine.system_clock.now())
    office.noted(engine, connection, actor_id, plan.kind, plan.told, ())
    now = engine.clock.now()
    for kind, told in plan.details:
        history.record_system(connection, at=now, kind=kind, actor_id=actor_id, data=told)
    return reassigning.reassess(engine, connection, directory.fresh(connection))


def _moved(count: int) -> str:
    return f"{count}件未办的任务已按职务转交。" if count else "没有需要转交的任务。"


def _account_lines(connection: Connection, plan: Plan) -> list[str]:
    if plan.leaver is None:
        return []
    names = reforms.account_names(connection, plan.leaver)
    return [f"账号{'、'.join(names)}停用，已登录的会话全部结束"] if names else ["没有账号"]


# ---- a reform as JSON ------------------------------------------------------------------------


def as_payload(reform: Any) -> dict[str, Any]:
    """Its fields as JSON values."""
    return {name: _plain(value) for name, value in asdict(reform).items()}


def from_payload(kind: Any, payload: Mapping[str, Any]) -> Any:
    """The reform again."""
    moments = {each.name for each in fields(kind) if "datetime" in str(each.type)}
    return kind(
        **{
            name: parse_moment(value) if name in moments else _frozen(value)
            for name, value in payload.items()
        }
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return [_plain(each) for each in value] if isinstance(value, (list, tuple)) else value


def _frozen(value: Any) -> Any:
    return tuple(_frozen(each) for each in value) if isinstance(value, list) else value
