"""Who stands in for whom: absences, and mandates to act in a leader's post, each with its evidence.

What the office's own rules say against a mandate comes from its registry (check_mandate).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from engine import directory, office
from engine.commands import run_once
from engine.directory import Directory
from engine.duties import SUBSTITUTION
from engine.errors import Finding, Invalid, NotAllowed, NotFound
from engine.model import Actor
from engine.storage import directory as rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

ABSENCES = {
    "business_trip": "出差",
    "visit": "出访",
    "leave": "休假",
    "sick": "病假",
    "study": "学习",
}
SCOPES = {
    "instruct": "批示",
    "sign_off": "签发",
    "statutory_sign": "签署",
    "chair_meeting": "主持",
    "approve_leave": "准假",
}


def add_absence(
    engine: Engine,
    actor: Actor,
    *,
    person_id: str,
    kind: str,
    starts_at: datetime,
    ends_at: datetime,
    approved_by: str | None = None,
    key: str,
) -> dict[str, Any]:
    """Record that somebody is away. Oneself, the secretary-general or the office director may."""

    def work(connection: Connection) -> dict[str, Any]:
        people = directory.snapshot(engine, connection)
        if person_id != actor.person_id and not _may_register(actor):
            raise NotAllowed("只能登记本人外出；他人外出由秘书长或办公室主任登记。")
        findings = [*_known_person(people, person_id, "person_id"), *_in_order(starts_at, ends_at)]
        if kind not in ABSENCES:
            findings.append(Finding("外出类型请从列出的选项中选择。", "kind"))
        if findings:
            raise Invalid(findings)
        values = {
            "id": uuid4().hex,
            "person_id": person_id,
            "kind": kind,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "approved_by": approved_by,
            "recorded_by": actor.person_id,
            "recorded_at": engine.clock.now(),
        }
        rows.put(connection, "absence", [values])
        told = {
            "person": people.person_name(person_id),
            "absence": ABSENCES[kind],
            "starts": starts_at.isoformat(),
            "ends": ends_at.isoformat(),
        }
        office.changed(engine, connection, actor, "absence.recorded", told, (starts_at, ends_at))
        return {"id": values["id"], "message": f"已登记{told['person']}{ABSENCES[kind]}。"}

    body = {"person": person_id, "kind": kind, "approved_by": approved_by}
    body |= {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}
    answer, repeated = run_once(engine, actor.person_id, key, "absence", body, work)
    return {**answer, "repeated": repeated}


def give_mandate(
    engine: Engine,
    actor: Actor,
    *,
    principal_id: str,
    substitute_id: str,
    scope: Sequence[str],
    starts_at: datetime,
    ends_at: datetime,
    evidence: str,
    reason: str | None = None,
    key: str,
) -> dict[str, Any]:
    """Record that a leader has entrusted another with acting in their post (工作规则第五条)."""

    def work(connection: Connection) -> dict[str, Any]:
        people = directory.snapshot(engine, connection)
        if not _may_register(actor):
            raise NotAllowed("代行委托由秘书长或办公室主任登记。")
        now = engine.clock.now()
        values = {
            "id": uuid4().hex,
            "kind": "acting",
            "number": f"代{now.year}-{len(people.parts['substitution']) + 1}",
            "principal_id": principal_id,
            "substitute_id": substitute_id,
            "field": None,
            "scope": sorted(set(scope)),
            "reason": reason,
            "evidence": evidence,
            "given_at": now,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "recorded_by": actor.person_id,
        }
        findings = [
            *_known_person(people, principal_id, "principal_id"),
            *_known_person(people, substitute_id, "substitute_id"),
            *_in_order(starts_at, ends_at),
            *_scope(scope),
        ]
        if not evidence.strip():
            findings.append(
                Finding("代行须有市长的委托记录，请写明凭据（工作规则第五条）。", "evidence")
            )
        if not findings and engine.registry.check_mandate is not None:
            findings = list(engine.registry.check_mandate(people, values))
        blocking = [each for each in findings if each.severity == "block"]
        if blocking:
            raise Invalid(blocking)
        rows.put(connection, "substitution", [values])
        told = {
            "principal": people.person_name(principal_id),
            "substitute": people.person_name(substitute_id),
            "number": values["number"],
            "starts": starts_at.isoformat(),
            "ends": ends_at.isoformat(),
            "evidence": evidence,
        }
        office.changed(engine, connection, actor, "mandate.given", told, (starts_at, ends_at))
        hints = [each.message for each in findings if each.severity != "block"]
        message = f"已登记{told['substitute']}代行，编号{values['number']}。" + "".join(hints)
        return {"id": values["id"], "number": values["number"], "message": message}

    body: dict[str, Any] = {
        "principal": principal_id,
        "substitute": substitute_id,
        "scope": list(scope),
    }
    body |= {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}
    body |= {"evidence": evidence, "reason": reason}
    answer, repeated = run_once(engine, actor.person_id, key, "mandate", body, work)
    return {**answer, "repeated": repeated}


def revoke_mandate(engine: Engine, actor: Actor, mandate_id: str, *, key: str) -> dict[str, Any]:
    """End a mandate now; what was not signed goes back, what was signed stays signed."""

    def work(connection: Connection) -> dict[str, Any]:
        if not _may_register(actor):
            raise NotAllowed("代行委托由秘书长或办公室主任登记和撤回。")
        found = rows.substitution(connection, mandate_id)
        if found is None or found.kind != "acting":
            raise NotFound
        people = directory.snapshot(engine, connection)
        if rows.revoke(connection, mandate_id, engine.clock.now()):
            told = {
                "principal": people.person_name(found.principal_id),
                "substitute": people.person_name(found.substitute_id),
                "number": found.number,
            }
            office.changed(engine, connection, actor, "mandate.revoked", told, ())
        return {
            "id": mandate_id,
            "message": f"已撤回委托{found.number}，未签的任务回到委托人名下。",
        }

    answer, repeated = run_once(
        engine, actor.person_id, key, "mandate-revoke", {"id": mandate_id}, work
    )
    return {**answer, "repeated": repeated}


def _may_register(actor: Actor) -> bool:
    return SUBSTITUTION.allows(actor)


def _known_person(people: Directory, person_id: str, field: str) -> list[Finding]:
    return [] if people.person(person_id) else [Finding("没有这个人，请重新选择。", field)]


def _in_order(starts_at: datetime, ends_at: datetime) -> list[Finding]:
    return [] if starts_at < ends_at else [Finding("结束时间应晚于开始时间。", "ends_at")]


def _scope(scope: Sequence[str]) -> list[Finding]:
    if scope and all(each in SCOPES for each in scope):
        return []
    return [Finding("请选择授权范围：" + "、".join(SCOPES.values()) + "。", "scope")]
