"""Who is who: organisations, posts, people, absences and substitutions, as of any moment.

Generic: it knows that somebody may act for somebody else in some matters on some evidence, not the
rules of clause 5; those are in the office's own resolver (Registry.resolve).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from engine.commands import run_once
from engine.errors import Finding, Invalid, NotAllowed, NotFound
from engine.history import record_system
from engine.model import Actor
from engine.storage import directory as rows
from engine.storage import jobs
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
REGISTRARS = frozenset({"secretary_general", "office_director"})  # 由秘书长或办公室主任登记


@dataclass(frozen=True)
class Directory:
    """The whole office as it stands at one version. Look-ups only."""

    version: int
    parts: Mapping[str, Sequence[Any]]

    # ---- names ----

    @cached_property
    def _organisations(self) -> dict[str, Any]:
        return {row.code: row for row in self.parts["organisation"]}

    @cached_property
    def _posts(self) -> dict[str, Any]:
        return {row.code: row for row in self.parts["post"]}

    @cached_property
    def person_names(self) -> dict[str, str]:
        """Person id → name."""
        return {row.id: row.name for row in self.parts["person"]}

    def organisation(self, code: str) -> Any | None:
        """One organisation (code, name, kind, is_constituent, …)."""
        return self._organisations.get(code)

    def organisations(self) -> list[Any]:
        """Every organisation, in the office's own order."""
        return sorted(self._organisations.values(), key=lambda row: (row.sort, row.code))

    def org_name(self, code: str) -> str:
        """The organisation's name; an unknown code is shown as it is."""
        row = self._organisations.get(code)
        return row.name if row is not None else code

    def person(self, person_id: str) -> Any | None:
        """One person (id, name, is_demo)."""
        return next((row for row in self.parts["person"] if row.id == person_id), None)

    def people(self) -> list[Any]:
        """Every person."""
        return list(self.parts["person"])

    def person_name(self, person_id: str) -> str:
        """The person's name; an unknown id is shown as it is."""
        return self.person_names.get(person_id, person_id)

    def post_name(self, code: str) -> str:
        """The post's name; an unknown code is shown as it is."""
        row = self._posts.get(code)
        return row.name if row is not None else code

    def is_group(self, post: str) -> bool:
        """Whether work for this post goes to a section to claim from, not to one person."""
        row = self._posts.get(post)
        return row is not None and row.is_group

    def group_name(self, group: str) -> str:
        """post@org → 文书科."""
        return self.post_name(group.partition("@")[0])

    # ---- posts ----

    def memberships_of(self, person_id: str, at: datetime) -> list[Any]:
        """The posts a person holds at a moment, the first one first."""
        held = [
            row
            for row in self.parts["membership"]
            if row.person_id == person_id and _valid(row, at)
        ]
        return sorted(held, key=lambda row: row.sort)

    def groups_of(self, person_id: str, at: datetime) -> frozenset[str]:
        """The sections a person may claim work from: "post@org"."""
        return frozenset(
            f"{row.post}@{row.org}"
            for row in self.memberships_of(person_id, at)
            if self.is_group(row.post)
        )

    def holders(
        self, post: str, org: str | None = None, *, at: datetime, field: str | None = None
    ) -> list[str]:
        """Ids of the people who hold a post at a moment, in order."""
        held = [
            row
            for row in self.parts["membership"]
            if row.post == post
            and (org is None or row.org == org)
            and (field is None or row.field in (None, field))
            and _valid(row, at)
        ]
        return list(dict.fromkeys(row.person_id for row in sorted(held, key=lambda row: row.sort)))

    def title_of(self, person_id: str, at: datetime) -> str:
        """The person's first post: 副秘书长; a head with the organisation: 市财政局局长."""
        held = self.memberships_of(person_id, at)
        if not held:
            return ""
        first = held[0]
        name = self.post_name(first.post)
        return f"{self.org_name(first.org)}{name}" if first.post in _WITH_ORG else name

    # ---- presence and substitution ----

    def absence_of(self, person_id: str, at: datetime) -> Any | None:
        """The absence a person is on at a moment."""
        return next(
            (
                row
                for row in self.parts["absence"]
                if row.person_id == person_id and row.starts_at <= at < row.ends_at
            ),
            None,
        )

    def is_absent(self, person_id: str, at: datetime) -> bool:
        """Whether a person is away at a moment."""
        return self.absence_of(person_id, at) is not None

    def substitutions(
        self, principal_id: str, kind: str, at: datetime, field: str | None = None
    ) -> list[Any]:
        """The substitutions for a person in force at a moment, the latest first."""
        found = [
            row
            for row in self.parts["substitution"]
            if row.principal_id == principal_id
            and row.kind == kind
            and row.starts_at <= at < row.ends_at
            and (row.revoked_at is None or at < row.revoked_at)
            and (field is None or row.field in (None, field))
        ]
        return sorted(found, key=lambda row: row.given_at, reverse=True)

    def in_charge(self, field: str, at: datetime) -> str | None:
        """The leader in charge of a field (分工)."""
        return next(
            (
                row.person_id
                for row in self.parts["responsibility"]
                if row.field == field and _valid(row, at)
            ),
            None,
        )

    def fields(self) -> list[str]:
        """Every field of the division of labour."""
        return sorted({row.field for row in self.parts["responsibility"]})

    def assistant_of(self, leader_id: str, at: datetime) -> str | None:
        """The deputy secretary-general who assists a leader."""
        return next(
            (
                row.assistant_id
                for row in self.parts["assistant_link"]
                if row.leader_id == leader_id and _valid(row, at)
            ),
            None,
        )


_WITH_ORG = frozenset({"dept_head", "dept_clerk", "county_head", "county_clerk", "dept_deputy"})


def _valid(row: Any, at: datetime) -> bool:
    return (row.valid_from is None or row.valid_from <= at) and (
        row.valid_to is None or at < row.valid_to
    )


def snapshot(engine: Engine, connection: Connection | None = None) -> Directory:
    """The office as it stands now; read again only after a change (one statement otherwise)."""
    if connection is None:
        with engine.database.read() as own:
            return snapshot(engine, own)
    current = rows.version(connection)
    kept: Directory | None = engine.cache.get("directory")
    if kept is None or kept.version != current:
        kept = Directory(current, rows.load(connection))
        engine.cache["directory"] = kept
    return kept


# ---- changing --------------------------------------------------------------------------------


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
        office = snapshot(engine, connection)
        if person_id != actor.person_id and not _may_register(actor):
            raise NotAllowed("只能登记本人外出；他人外出由秘书长或办公室主任登记。")
        findings = [*_known_person(office, person_id, "person_id"), *_in_order(starts_at, ends_at)]
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
            "person": office.person_name(person_id),
            "absence": ABSENCES[kind],
            "starts": starts_at.isoformat(),
            "ends": ends_at.isoformat(),
        }
        _changed(engine, connection, actor, "absence.recorded", told, (starts_at, ends_at))
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
        office = snapshot(engine, connection)
        if not _may_register(actor):
            raise NotAllowed("代行委托由秘书长或办公室主任登记。")
        now = engine.clock.now()
        values = {
            "id": uuid4().hex,
            "kind": "acting",
            "number": f"代{now.year}-{len(office.parts['substitution']) + 1}",
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
            *_known_person(office, principal_id, "principal_id"),
            *_known_person(office, substitute_id, "substitute_id"),
            *_in_order(starts_at, ends_at),
            *_scope(scope),
        ]
        if not evidence.strip():
            findings.append(Finding("代行须有市长的委托记录，请写明凭据（工作规则第五条）。", "evidence"))
        if not findings and engine.registry.check_mandate is not None:
            findings = list(engine.registry.check_mandate(office, values))
        blocking = [each for each in findings if each.severity == "block"]
        if blocking:
            raise Invalid(blocking)
        rows.put(connection, "substitution", [values])
        told = {
            "principal": office.person_name(principal_id),
            "substitute": office.person_name(substitute_id),
            "number": values["number"],
            "starts": starts_at.isoformat(),
            "ends": ends_at.isoformat(),
            "evidence": evidence,
        }
        _changed(engine, connection, actor, "mandate.given", told, (starts_at, ends_at))
        hints = [each.message for each in findings if each.severity != "block"]
        message = f"已登记{told['substitute']}代行，编号{values['number']}。" + "".join(hints)
        return {"id": values["id"], "number": values["number"], "message": message}

    body: dict[str, Any] = {"principal": principal_id, "substitute": substitute_id, "scope": list(scope)}
    body |= {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}
    body |= {"evidence": evidence, "reason": reason}
    answer, repeated = run_once(engine, actor.person_id, key, "mandate", body, work)
    return {**answer, "repeated": repeated}


def revoke_mandate(
    engine: Engine, actor: Actor, mandate_id: str, *, key: str
) -> dict[str, Any]:
    """End a mandate now; what was not signed goes back, what was signed stays signed."""

    def work(connection: Connection) -> dict[str, Any]:
        if not _may_register(actor):
            raise NotAllowed("代行委托由秘书长或办公室主任登记和撤回。")
        found = rows.substitution(connection, mandate_id)
        if found is None or found.kind != "acting":
            raise NotFound
        office = snapshot(engine, connection)
        if rows.revoke(connection, mandate_id, engine.clock.now()):
            told = {
                "principal": office.person_name(found.principal_id),
                "substitute": office.person_name(found.substitute_id),
                "number": found.number,
            }
            _changed(engine, connection, actor, "mandate.revoked", told, ())
        return {"id": mandate_id, "message": f"已撤回委托{found.number}，未签的任务回到委托人名下。"}

    answer, repeated = run_once(
        engine, actor.person_id, key, "mandate-revoke", {"id": mandate_id}, work
    )
    return {**answer, "repeated": repeated}


def _may_register(actor: Actor) -> bool:
    return actor.has("staff") and any(post in REGISTRARS for post, _ in actor.posts)


def _known_person(office: Directory, person_id: str, field: str) -> list[Finding]:
    return [] if office.person(person_id) else [Finding("没有这个人，请重新选择。", field)]


def _in_order(starts_at: datetime, ends_at: datetime) -> list[Finding]:
    return [] if starts_at < ends_at else [Finding("结束时间应晚于开始时间。", "ends_at")]


def _scope(scope: Sequence[str]) -> list[Finding]:
    if scope and all(each in SCOPES for each in scope):
        return []
    return [Finding("请选择授权范围：" + "、".join(SCOPES.values()) + "。", "scope")]


def _changed(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    kind: str,
    told: dict[str, Any],
    moments: Sequence[datetime],
) -> None:
    """The office changed: note it, and have open work looked at again, now and at the moments."""
    now = engine.clock.now()
    rows.bump(connection)
    record_system(connection, at=now, kind=kind, actor_id=actor.person_id, data=told)
    due = sorted({max(now, moment) for moment in (now, *moments)})
    jobs.add(
        connection,
        [
            {
                "id": uuid4().hex,
                "kind": "reassign",
                "due_at": moment,
                "status": "waiting",
                "attempts": 0,
                "dedupe_key": f"reassign:{moment.isoformat()}:{uuid4().hex}",
            }
            for moment in due
        ],
    )


def import_office(engine: Engine, data: Mapping[str, Any]) -> None:
    """Load organisations, posts, people and who does what from a readable file; idempotent."""
    with engine.database.write() as connection:
        for table, entries in data.items():
            if table in {part.name for part in rows.PARTS}:
                rows.put(connection, table, [_defaults(table, entry) for entry in entries])
        rows.bump(connection)


def _defaults(table: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    base: dict[str, dict[str, Any]] = {
        "organisation": {"is_constituent": False, "sort": 100},
        "post": {"is_group": False},
        "person": {"is_demo": False},
        "membership": {"field": None, "sort": 0},
    }
    values = {**base.get(table, {}), **entry}
    for name in ("given_at", "starts_at", "ends_at", "valid_from", "valid_to"):
        if isinstance(values.get(name), str):
            values[name] = datetime.fromisoformat(values[name])
    return values
