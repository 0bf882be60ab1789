"""Standing arrangements: division of labour, AB roles, who assists whom; and who is designated to
act when neither A nor B is there. Each with its document, its dates and its link of history.

A change takes effect from its day; what was arranged before stays to be read. What the office's own
rules say against it comes from its registry (check_mandate, check_arrangement).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from engine.changes import Plan, refuse
from engine.clock import FAR
from engine.directory import Directory
from engine.duties import OFFICE, SUBSTITUTION, Duty, require
from engine.errors import Conflict, Finding, NotAllowed, NotFound
from engine.ids import new_id
from engine.model import Actor
from engine.substitution import (
    as_values,
    in_order,
    known_person,
    substitution_told,
    substitution_values,
)

if TYPE_CHECKING:
    from engine.startup import Engine

DESIGNATED_SERIES = "指"  # 指定代办编号: 指2026-1
NO_EVIDENCE = "请写明依据的文号，如分工通知文号。"


# ---- division of labour ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TakeCharge:
    """A leader is in charge of a field from a moment on; whoever was before is until then."""

    field: str
    person_id: str
    valid_from: datetime
    evidence: str
    operation: ClassVar[str] = "responsibility"

    def plan(self, engine: Engine, people: Directory, actor: Actor) -> Plan:
        require(actor, OFFICE)
        names = engine.registry.fields
        values = {
            "id": new_id(),
            "person_id": self.person_id,
            "field": self.field,
            "evidence": self.evidence,
            "valid_from": self.valid_from,
            "valid_to": None,
        }
        findings = [*known_person(people, self.person_id, "person_id"), *_evidence(self.evidence)]
        if names and self.field not in names:
            findings.append(Finding("没有这个领域，请从列出的选项中选择。", "field"))
        if not findings:
            findings += _by_the_rules(engine, people, "responsibility", values)
        before = [row for row in people.parts["responsibility"] if row.field == self.field]
        rows, later = _closed(before, self.valid_from)
        findings += later
        hints = refuse(findings)
        told = {
            "field": names.get(self.field, self.field),
            "person": people.person_name(self.person_id),
            "starts": self.valid_from.isoformat(),
            "evidence": self.evidence,
        }
        message = f"已登记：{told['field']}由{told['person']}分管。"
        moments = (self.valid_from,)
        kind = "responsibility.given"
        return Plan("responsibility", [values, *rows], kind, told, message, moments, hints)


@dataclass(frozen=True, slots=True)
class EndCharge:
    """Nobody is in charge of the field from a moment on."""

    responsibility_id: str
    ends_at: datetime
    operation: ClassVar[str] = "responsibility-end"

    def plan(self, engine: Engine, people: Directory, actor: Actor) -> Plan:
        found = _found(actor, OFFICE, people, "responsibility", self.responsibility_id)
        told = {
            "field": engine.registry.fields.get(found.field, found.field),
            "person": people.person_name(found.person_id),
            "ends": self.ends_at.isoformat(),
        }
        message = f"已登记：{told['person']}不再分管{told['field']}。"
        return _ended("responsibility", "responsibility.ended", found, self.ends_at, told, message)


# ---- who assists whom ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LinkAssistant:
    """A deputy secretary-general assists a leader from a moment on, in the last one's stead."""

    assistant_id: str
    leader_id: str
    valid_from: datetime
    operation: ClassVar[str] = "assistant"

    def plan(self, engine: Engine, people: Directory, actor: Actor) -> Plan:
        require(actor, OFFICE)
        values = {
            "id": new_id(),
            "assistant_id": self.assistant_id,
            "leader_id": self.leader_id,
            "valid_from": self.valid_from,
            "valid_to": None,
        }
        findings = [
            *known_person(people, self.assistant_id, "assistant_id"),
            *known_person(people, self.leader_id, "leader_id"),
        ]
        if not findings:
            findings += _by_the_rules(engine, people, "assistant_link", values)
        before = [row for row in people.parts["assistant_link"] if row.leader_id == self.leader_id]
        rows, later = _closed(before, self.valid_from)
        findings += later
        hints = refuse(findings)
        told = {
            "assistant": people.person_name(self.assistant_id),
            "leader": people.person_name(self.leader_id),
            "starts": self.valid_from.isoformat(),
        }
        message = f"已登记：{told['assistant']}协助{told['leader']}。"
        moments = (self.valid_from,)
        kind = "assistant.given"
        return Plan("assistant_link", [values, *rows], kind, told, message, moments, hints)


@dataclass(frozen=True, slots=True)
class EndLink:
    """Nobody assists the leader from a moment on."""

    link_id: str
    ends_at: datetime
    operation: ClassVar[str] = "assistant-end"

    def plan(self, engine: Engine, people: Directory, actor: Actor) -> Plan:
        found = _found(actor, OFFICE, people, "assistant_link", self.link_id)
        told = {
            "assistant": people.person_name(found.assistant_id),
            "leader": people.person_name(found.leader_id),
            "ends": self.ends_at.isoformat(),
        }
        message = f"已登记：{told['assistant']}不再协助{told['leader']}。"
        return _ended("assistant_link", "assistant.ended", found, self.ends_at, told, message)


# ---- AB roles and designations ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GiveBRole:
    """B stands in for A whenever A is away (“AB角”). field: None for all that A is in charge of."""

    principal_id: str
    substitute_id: str
    starts_at: datetime
    evidence: str
    field: str | None = None
    ends_at: datetime = FAR
    operation: ClassVar[str] = "b-role"

    def plan(self, engine: Engine, people: Directory, actor: Actor) -> Plan:
        require(actor, OFFICE)
        values = substitution_values(engine, actor, "b_role", self) | {"field": self.field}
        values["scope"] = ["instruct", "sign_off"]
        told, hints = _standing_in(engine, people, values)
        message = f"已登记：{told['principal']}的B角为{told['substitute']}。"
        moments = (self.starts_at, *((self.ends_at,) if self.ends_at < FAR else ()))
        return Plan("substitution", [values], "b_role.given", told, message, moments, hints)


@dataclass(frozen=True, slots=True)
class EndBRole:
    """The AB role ends at a moment; what B has signed stays signed."""

    role_id: str
    ends_at: datetime
    operation: ClassVar[str] = "b-role-end"

    def plan(self, engine: Engine, people: Directory, actor: Actor) -> Plan:
        require(actor, OFFICE)
        found = people.substitution(self.role_id)
        if found is None or found.kind != "b_role":
            raise NotFound
        if found.revoked_at is not None and found.revoked_at <= self.ends_at:
            raise Conflict("这组AB角已经终止。")
        values = {**as_values(found), "revoked_at": self.ends_at}
        told = substitution_told(people, values) | {"ends": self.ends_at.isoformat()}
        message = f"已登记：{told['principal']}与{told['substitute']}的AB角终止。"
        moments = (self.ends_at,)
        return Plan("substitution", [values], "b_role.ended", told, message, moments)


@dataclass(frozen=True, slots=True)
class Designate:
    """由秘书长报市长指定: somebody acts for an absent leader for a time, on the mayor's word.

    For when A and B are both away, or the secretary-general is; registrars only.
    """

    principal_id: str
    substitute_id: str
    starts_at: datetime
    ends_at: datetime
    evidence: str
    field: str | None = None
    operation: ClassVar[str] = "designation"

    def plan(self, engine: Engine, people: Directory, actor: Actor) -> Plan:
        if not SUBSTITUTION.allows(actor):
            raise NotAllowed("指定代办由秘书长或办公室主任登记。")
        values = substitution_values(engine, actor, "designated", self) | {"field": self.field}
        told, hints = _standing_in(engine, people, values)
        message = f"已登记指定{told['substitute']}代办，编号{{number}}。"
        moments = (self.starts_at, self.ends_at)
        kind = "designated.given"
        return Plan(
            "substitution", [values], kind, told, message, moments, hints, DESIGNATED_SERIES
        )


def _standing_in(
    engine: Engine, people: Directory, values: dict[str, Any]
) -> tuple[dict[str, Any], list[Finding]]:
    """What the history says of it, and the hints; refused when anything speaks against it."""
    findings = [
        *known_person(people, values["principal_id"], "principal_id"),
        *known_person(people, values["substitute_id"], "substitute_id"),
        *in_order(values["starts_at"], values["ends_at"]),
        *_evidence(values["evidence"]),
    ]
    names, name = engine.registry.fields, values["field"]
    if name is not None and names and name not in names:
        findings.append(Finding("没有这个领域，请从列出的选项中选择。", "field"))
    if not findings and engine.registry.check_mandate is not None:
        findings += engine.registry.check_mandate(people, values)
    hints = refuse(findings)
    told = substitution_told(people, values)
    if values["ends_at"] == FAR:
        told["ends"] = None
    return told | {"field": names.get(name or "", name)}, hints


# ---- shared ----------------------------------------------------------------------------------


def _found(actor: Actor, duty: Duty, people: Directory, part: str, row_id: str) -> Any:
    require(actor, duty)
    found = next((row for row in people.parts[part] if row.id == row_id), None)
    if found is None:
        raise NotFound
    return found


def _ended(
    part: str, kind: str, found: Any, ends_at: datetime, told: dict[str, Any], message: str
) -> Plan:
    if found.valid_to is not None and found.valid_to <= ends_at:
        raise Conflict("这项安排已经终止。")
    if found.valid_from is not None and ends_at <= found.valid_from:
        refuse([Finding("终止时间应晚于开始时间。", "ends_at")])
    values = {**as_values(found), "valid_to": ends_at}
    return Plan(part, [values], kind, told, message, (ends_at,))


def _closed(before: list[Any], at: datetime) -> tuple[list[dict[str, Any]], list[Finding]]:
    """Who was until now is until `at`; a later arrangement already made is in the way."""
    rows = []
    for row in before:
        if row.valid_from is not None and row.valid_from >= at:
            if row.valid_to is None or row.valid_to > row.valid_from:
                words = "从这个时间以后已另有安排，请先终止那一项，或改用更晚的时间。"
                return [], [Finding(words, "valid_from")]
        elif row.valid_to is None or row.valid_to > at:
            rows.append({**as_values(row), "valid_to": at})
    return rows, []


def _evidence(text: str) -> list[Finding]:
    return [] if text.strip() else [Finding(NO_EVIDENCE, "evidence")]


def _by_the_rules(
    engine: Engine, people: Directory, part: str, values: dict[str, Any]
) -> list[Finding]:
    check = engine.registry.check_arrangement
    return list(check(people, part, values)) if check is not None else []
