"""Who is away, and who acts in his place by mandate: registered, corrected, ended, each with its
evidence and its link of history.

What the office's own rules say against a mandate comes from its registry (check_mandate).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from engine import attachments, changes
from engine.changes import Plan, refuse
from engine.directory import Directory
from engine.duties import SUBSTITUTION
from engine.errors import Conflict, Finding, NotAllowed, NotFound
from engine.ids import new_id
from engine.model import Actor
from engine.signatures import VERBS

if TYPE_CHECKING:
    from engine.startup import Engine

ABSENCES = {
    "business_trip": "出差",
    "visit": "出访",
    "leave": "休假",
    "sick": "病假",
    "study": "学习",
}
SCOPES = VERBS  # what of a post a mandate covers
SERIES = "代"  # 委托编号: 代2026-1


# ---- absences --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AddAbsence:
    """Somebody is away. Oneself or a registrar may say so."""

    person_id: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    approved_by: str | None = None
    operation: ClassVar[str] = "absence"

    def plan(self, engine: Engine, people: Directory, actor: Actor) -> Plan:
        if self.person_id != actor.person_id and not SUBSTITUTION.allows(actor):
            raise NotAllowed("只能登记本人外出；他人外出由秘书长或办公室主任登记。")
        known = known_person(people, self.person_id, "person_id")
        refuse([*known, *_absence_findings(people, self, None)])
        values = {
            "id": new_id(),
            "person_id": self.person_id,
            "kind": self.kind,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "approved_by": self.approved_by,
            "recorded_by": actor.person_id,
            "recorded_at": engine.clock.now(),
            "cancelled_at": None,
        }
        told = _absence_told(people, values)
        message = f"已登记{told['person']}{ABSENCES[self.kind]}。"
        moments = (self.starts_at, self.ends_at)
        return Plan("absence", [values], "absence.recorded", told, message, moments)


@dataclass(frozen=True, slots=True)
class CorrectAbsence:
    """What was registered was wrong, or the trip has changed. Not after it has ended."""

    absence_id: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    approved_by: str | None = None
    operation: ClassVar[str] = "absence-correct"

    def plan(self, engine: Engine, people: Directory, actor: Actor) -> Plan:
        now = engine.clock.now()
        found = own_absence(people, actor, self.absence_id)
        _refuse_past(found, now)
        findings = _absence_findings(people, self, found)
        if found.starts_at <= now < self.starts_at:
            findings.append(
                Finding("外出已经开始，开始时间不能改到以后；提前返回请用“提前结束”。", "starts_at")
            )
        if self.ends_at <= now:
            findings.append(Finding("结束时间应晚于现在；已经返回请用“提前结束”。", "ends_at"))
        refuse(findings)
        values = {
            **as_values(found),
            "kind": self.kind,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "approved_by": self.approved_by,
        }
        told = {
            "person": people.person_name(found.person_id),
            "before": _span(found.kind, found.starts_at, found.ends_at),
            "after": _span(self.kind, self.starts_at, self.ends_at),
        }
        message = f"已更正{told['person']}的外出登记。"
        moments = (self.starts_at, self.ends_at)
        return Plan("absence", [values], "absence.corrected", told, message, moments)


@dataclass(frozen=True, slots=True)
class EndAbsence:
    """Back early: it ends now. One that has not begun is taken back."""

    absence_id: str
    operation: ClassVar[str] = "absence-end"

    def plan(self, engine: Engine, people: Directory, actor: Actor) -> Plan:
        now = engine.clock.now()
        found = own_absence(people, actor, self.absence_id)
        _refuse_past(found, now)
        values, told = as_values(found), _absence_told(people, as_values(found))
        if found.starts_at < now:
            values["ends_at"] = now
            told = {"person": told["person"], "planned": told["ends"]}
            message = f"已登记{told['person']}返回，未签的任务回到本人名下，已签的有效。"
            return Plan("absence", [values], "absence.ended", told, message)
        values["cancelled_at"] = now
        message = f"已取消{told['person']}的外出登记。"
        return Plan("absence", [values], "absence.cancelled", told, message)


def own_absence(people: Directory, actor: Actor, absence_id: str) -> Any:
    """An absence this person may change: his own, or any for a registrar. NotFound otherwise."""
    found = next((row for row in people.parts["absence"] if row.id == absence_id), None)
    if found is None or not (found.person_id == actor.person_id or SUBSTITUTION.allows(actor)):
        raise NotFound
    return found


def _refuse_past(found: Any, now: datetime) -> None:
    if found.cancelled_at is not None:
        raise Conflict("这次外出登记已经取消。需要时请重新登记。")
    if found.ends_at <= now:
        raise Conflict("这次外出已经结束，不再更改；其间的办理记录不变。")


def _absence_findings(people: Directory, asked: Any, corrected: Any | None) -> list[Finding]:
    findings = in_order(asked.starts_at, asked.ends_at)
    if asked.kind not in ABSENCES:
        findings.append(Finding("外出类型请从列出的选项中选择。", "kind"))
    person = corrected.person_id if corrected is not None else asked.person_id
    for row in people.parts["absence"]:
        same = corrected is not None and row.id == corrected.id
        if row.person_id != person or row.cancelled_at is not None or same:
            continue
        if row.starts_at < asked.ends_at and asked.starts_at < row.ends_at:
            known = _span(row.kind, row.starts_at, row.ends_at)
            findings.append(
                Finding(f"这段时间已登记外出（{known}），请更正原登记，不要重复登记。", "starts_at")
            )
    return findings


def _absence_told(people: Directory, values: dict[str, Any]) -> dict[str, Any]:
    return {
        "person": people.person_name(values["person_id"]),
        "absence": ABSENCES.get(values["kind"], values["kind"]),
        "starts": values["starts_at"].isoformat(),
        "ends": values["ends_at"].isoformat(),
    }


# ---- mandates --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GiveMandate:
    """A leader has entrusted another with acting in his post (工作规则第五条). Registrars only.

    scope: keys of SCOPES, what of the post it covers; evidence_file: 市长签批件, uploaded before.
    """

    principal_id: str
    substitute_id: str
    scope: tuple[str, ...]
    starts_at: datetime
    ends_at: datetime
    evidence: str
    reason: str | None = None
    evidence_file: str | None = None
    operation: ClassVar[str] = "mandate"

    def plan(self, engine: Engine, people: Directory, actor: Actor) -> Plan:
        if not SUBSTITUTION.allows(actor):
            raise NotAllowed("代行委托由秘书长或办公室主任登记。")
        values = substitution_values(engine, actor, "acting", self)
        values |= {"scope": sorted(set(self.scope)), "reason": self.reason}
        values["evidence_file"] = self.evidence_file
        if self.evidence_file:
            attachments.get(engine, actor, self.evidence_file)
        findings = [
            *known_person(people, self.principal_id, "principal_id"),
            *known_person(people, self.substitute_id, "substitute_id"),
            *in_order(self.starts_at, self.ends_at),
            *_scope(self.scope),
        ]
        if not findings and engine.registry.check_mandate is not None:
            findings += engine.registry.check_mandate(people, values)
        hints = refuse(findings)
        told = substitution_told(people, values)
        message = f"已登记{told['substitute']}代行，编号{{number}}。"
        moments = (self.starts_at, self.ends_at)
        return Plan(
            "substitution", [values], "mandate.given", told, message, moments, hints, SERIES
        )


@dataclass(frozen=True, slots=True)
class RevokeMandate:
    """End a mandate or a designation now; unsigned work goes back, what is signed stays signed."""

    mandate_id: str
    operation: ClassVar[str] = "mandate-revoke"

    def plan(self, engine: Engine, people: Directory, actor: Actor) -> Plan:
        if not SUBSTITUTION.allows(actor):
            raise NotAllowed("代行委托由秘书长或办公室主任登记和撤回。")
        found = people.substitution(self.mandate_id)
        if found is None or found.kind == "b_role":
            raise NotFound
        now = engine.clock.now()
        if found.revoked_at is not None:
            raise Conflict(f"委托{found.number}已经撤回。")
        if found.ends_at <= now:
            raise Conflict(f"委托{found.number}已经到期，不用撤回；已签的事项有效。")
        values = {**as_values(found), "revoked_at": now}
        told = substitution_told(people, values)
        message = f"已撤回委托{found.number}，未签的任务回到委托人名下，已签的有效。"
        return Plan("substitution", [values], "mandate.revoked", told, message)


@dataclass(frozen=True, slots=True)
class AttachEvidence:
    """Add the signed paper to a mandate afterwards (补传市长签批件)."""

    mandate_id: str
    file_id: str
    operation: ClassVar[str] = "mandate-evidence"

    def plan(self, engine: Engine, people: Directory, actor: Actor) -> Plan:
        if not SUBSTITUTION.allows(actor):
            raise NotAllowed("委托的凭据由秘书长或办公室主任补充。")
        found = people.substitution(self.mandate_id)
        if found is None:
            raise NotFound
        if found.evidence_file is not None:
            raise Conflict("这项委托已附凭据，不能替换；有误请撤回后重新登记。")
        file = attachments.get(engine, actor, self.file_id)
        values = {**as_values(found), "evidence_file": self.file_id}
        told = {"number": found.number, "file": file.name}
        return Plan("substitution", [values], "mandate.evidence", told, "已附上凭据。")


# ---- shared by everything that stands in -----------------------------------------------------


def substitution_values(engine: Engine, actor: Actor, kind: str, asked: Any) -> dict[str, Any]:
    """A new row of substitution from what was asked."""
    return {
        "id": new_id(),
        "kind": kind,
        "number": None,
        "principal_id": asked.principal_id,
        "substitute_id": asked.substitute_id,
        "field": None,
        "scope": [],
        "reason": None,
        "evidence": asked.evidence,
        "evidence_file": None,
        "given_at": engine.clock.now(),
        "starts_at": asked.starts_at,
        "ends_at": asked.ends_at,
        "revoked_at": None,
        "recorded_by": actor.person_id,
    }


def substitution_told(people: Directory, values: dict[str, Any]) -> dict[str, Any]:
    """What the history says of a substitution."""
    return {
        "principal": people.person_name(values["principal_id"]),
        "substitute": people.person_name(values["substitute_id"]),
        "number": values["number"],
        "starts": values["starts_at"].isoformat(),
        "ends": values["ends_at"].isoformat(),
        "evidence": values["evidence"],
    }


def as_values(row: Any) -> dict[str, Any]:
    """A row of the directory as values to write."""
    return dict(row._mapping) if hasattr(row, "_mapping") else dict(vars(row))


def known_person(people: Directory, person_id: str, name: str) -> list[Finding]:
    """Whether there is such a person."""
    return [] if people.person(person_id) else [Finding("没有这个人，请重新选择。", name)]


def in_order(starts_at: datetime, ends_at: datetime) -> list[Finding]:
    """Whether an end comes after its beginning."""
    return [] if starts_at < ends_at else [Finding("结束时间应晚于开始时间。", "ends_at")]


def _scope(scope: Sequence[str]) -> list[Finding]:
    if scope and all(each in SCOPES for each in scope):
        return []
    return [Finding("请选择授权范围：" + "、".join(SCOPES.values()) + "。", "scope")]


def _span(kind: str, starts_at: datetime, ends_at: datetime) -> str:
    first, last = (f"{at.year}年{at.month}月{at.day}日{at:%H:%M}" for at in (starts_at, ends_at))
    return f"{ABSENCES.get(kind, kind)}，{first}至{last}"


# ---- doors -----------------------------------------------------------------------------------


def add_absence(engine: Engine, actor: Actor, *, key: str, **asked: Any) -> dict[str, Any]:
    """Register an absence; the fields of AddAbsence."""
    return changes.make(engine, actor, AddAbsence(**asked), key=key)


def give_mandate(
    engine: Engine, actor: Actor, *, key: str, scope: Sequence[str], **asked: Any
) -> dict[str, Any]:
    """Register a mandate; the fields of GiveMandate."""
    return changes.make(engine, actor, GiveMandate(scope=tuple(scope), **asked), key=key)


def revoke_mandate(engine: Engine, actor: Actor, mandate_id: str, *, key: str) -> dict[str, Any]:
    """Revoke a mandate."""
    return changes.make(engine, actor, RevokeMandate(mandate_id), key=key)
