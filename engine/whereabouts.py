"""Reading who is away and who acts for whom: for the registrars, and for everybody of himself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine import directory, signatures
from engine.clock import FAR
from engine.directory import Directory
from engine.duties import SUBSTITUTION, require
from engine.errors import NotFound
from engine.model import Actor
from engine.storage import access, work_items
from engine.substitution import ABSENCES, own_absence

if TYPE_CHECKING:
    from engine.startup import Engine

CURRENT, COMING, PAST, CANCELLED, REVOKED = "current", "coming", "past", "cancelled", "revoked"
OPEN = (CURRENT, COMING)  # states in which something can still be changed


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """One absence. state: current, coming, past, cancelled."""

    id: str
    person_id: str
    person: str
    post: str
    kind: str
    kind_name: str
    starts_at: datetime
    ends_at: datetime
    approved_by: str | None
    recorded_by: str
    recorded_at: datetime
    state: str
    stand_in: str | None  # who acts for him while it lasts, by which rule; None when nobody


@dataclass(frozen=True, slots=True)
class SubstitutionRow:
    """One mandate, AB role or designation. state: current, coming, past, revoked.

    has_effect: in force and the principal is away, so that work goes to the substitute now.
    """

    id: str
    kind: str
    kind_name: str
    number: str | None
    principal_id: str
    principal: str
    principal_post: str
    substitute: str
    substitute_post: str
    scope: tuple[str, ...]  # as people read it: 批示
    field: str | None
    reason: str | None
    evidence: str
    evidence_file: str | None
    given_at: datetime
    starts_at: datetime
    ends_at: datetime | None  # None: until it is ended
    revoked_at: datetime | None
    recorded_by: str
    state: str
    has_effect: bool


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Who is in charge of a field, or who assists a leader. state: current, coming, past.

    person: the leader in charge, or the assistant; subject: the field, or the leader assisted.
    """

    id: str
    code: str  # of the field, or the id of the leader
    subject: str
    person: str
    evidence: str | None
    starts_at: datetime | None  # None: from before the records begin
    ends_at: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class Stuck:
    """An open step for which nobody proper can act. title: None when the asker may not see it."""

    instance_id: str
    title: str | None
    procedure: str
    step: str
    hands: str
    alert: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Deputy:
    """Who stands in for a person, and by which rule."""

    rule: str  # "代行委托代2026-1（批示、签发）", "AB角（教育科技）"
    person: str | None  # None: the one named is away himself
    named: str
    starts_at: datetime
    until: datetime | None


def absences(engine: Engine, actor: Actor, *, everybody: bool = True) -> tuple[AbsenceRow, ...]:
    """Absences, those under way and to come first: of everybody for a registrar, else one's own."""
    office, now = directory.snapshot(engine), engine.clock.now()
    whole = everybody and SUBSTITUTION.allows(actor)
    rows = [
        _absence(engine, office, row, now)
        for row in office.parts["absence"]
        if whole or row.person_id == actor.person_id
    ]
    return tuple(_in_order(rows))


def absence(engine: Engine, actor: Actor, absence_id: str) -> AbsenceRow:
    """One absence; NotFound unless one's own or a registrar asks."""
    office = directory.snapshot(engine)
    return _absence(engine, office, own_absence(office, actor, absence_id), engine.clock.now())


def substitutions(
    engine: Engine, actor: Actor, kinds: tuple[str, ...] = ("acting", "designated")
) -> tuple[SubstitutionRow, ...]:
    """Mandates and designations (or AB roles): all for a registrar, else where one is named."""
    office, now = directory.snapshot(engine), engine.clock.now()
    rows = [
        _substitution(engine, office, row, now)
        for row in office.parts["substitution"]
        if row.kind in kinds and _may_see(actor, row)
    ]
    return tuple(_in_order(rows))


def b_roles(engine: Engine) -> tuple[SubstitutionRow, ...]:
    """Every AB role: a public arrangement of the office."""
    office, now = directory.snapshot(engine), engine.clock.now()
    rows = [row for row in office.parts["substitution"] if row.kind == "b_role"]
    return tuple(_in_order([_substitution(engine, office, row, now) for row in rows]))


def charges(engine: Engine) -> tuple[Arrangement, ...]:
    """The division of labour, in the order of the fields; the fields of nobody are not in it."""
    office, names = directory.snapshot(engine), engine.registry.fields
    order = {code: number for number, code in enumerate(names)}
    rows = [
        _arrangement(engine, row, row.field, names.get(row.field, row.field), row.person_id, office)
        for row in office.parts["responsibility"]
    ]
    return tuple(sorted(rows, key=lambda row: (row.state == PAST, order.get(row.code, 99))))


def links(engine: Engine) -> tuple[Arrangement, ...]:
    """Which deputy secretary-general assists which leader."""
    office = directory.snapshot(engine)
    rows = [
        _arrangement(
            engine, row, row.leader_id, office.person_name(row.leader_id), row.assistant_id, office
        )
        for row in office.parts["assistant_link"]
    ]
    return tuple(sorted(rows, key=lambda row: (row.state == PAST, row.code)))


def _arrangement(
    engine: Engine, row: Any, code: str, subject: str, person: str, office: Directory
) -> Arrangement:
    now = engine.clock.now()
    state = CURRENT
    if row.valid_to is not None and row.valid_to <= now:
        state = PAST
    elif row.valid_from is not None and now < row.valid_from:
        state = COMING
    return Arrangement(
        id=row.id,
        code=code,
        subject=subject,
        person=office.person_name(person),
        evidence=getattr(row, "evidence", None),
        starts_at=row.valid_from,
        ends_at=row.valid_to,
        state=state,
    )


def substitution(engine: Engine, actor: Actor, substitution_id: str) -> SubstitutionRow:
    """One of them; NotFound for who may not see it."""
    office = directory.snapshot(engine)
    row = office.substitution(substitution_id)
    if row is None or not _may_see(actor, row):
        raise NotFound
    return _substitution(engine, office, row, engine.clock.now())


def stuck(engine: Engine, actor: Actor) -> tuple[Stuck, ...]:
    """The open steps for which nobody proper can act, for the registrars to put right."""
    require(actor, SUBSTITUTION)
    with engine.database.read() as connection:
        office = directory.snapshot(engine, connection)
        rows = work_items.with_alert(connection)
        seen = work_items.visible_ids(
            connection, [row.id for row in rows], access.may_see_item(actor)
        )
    return tuple(
        Stuck(
            instance_id=row.instance_id,
            title=row.title if row.id in seen else None,
            procedure=row.procedure,
            step=row.element_name,
            hands=office.person_name(row.assignee_id)
            if row.assignee_id
            else office.group_name(row.group_code or ""),
            alert=row.alert,
            opened_at=row.opened_at,
        )
        for row in rows
    )


def deputies(engine: Engine, person_id: str) -> tuple[Deputy, ...]:
    """Who stands in for a person when he is away, as registered now and to come."""
    office, now = directory.snapshot(engine), engine.clock.now()
    rows = [
        row
        for row in office.parts["substitution"]
        if row.principal_id == person_id and _state(row, now) in OPEN
    ]
    return tuple(_deputy(engine, office, row, now) for row in sorted(rows, key=_begins))


def _deputy(engine: Engine, office: Directory, row: Any, now: datetime) -> Deputy:
    name = office.person_name(row.substitute_id)
    covered = "、".join(signatures.VERBS.get(each, each) for each in row.scope)
    rule = {
        "acting": f"代行委托{row.number}（{covered}）",
        "b_role": f"AB角（{_field(engine, row.field) or '全部分管领域'}）",
        "designated": f"指定代办{row.number}",
    }[row.kind]
    here = not office.is_absent(row.substitute_id, now)
    until = None if row.ends_at == FAR else row.ends_at
    return Deputy(rule, name if here else None, name, row.starts_at, until)


def _absence(engine: Engine, office: Directory, row: Any, now: datetime) -> AbsenceRow:
    return AbsenceRow(
        id=row.id,
        person_id=row.person_id,
        person=office.person_name(row.person_id),
        post=office.title_of(row.person_id, row.starts_at),
        kind=row.kind,
        kind_name=ABSENCES.get(row.kind, row.kind),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        approved_by=row.approved_by,
        recorded_by=office.person_name(row.recorded_by),
        recorded_at=row.recorded_at,
        state=_state(row, now),
        stand_in=_stand_in(engine, office, row),
    )


def _stand_in(engine: Engine, office: Directory, row: Any) -> str | None:
    """Who is registered to act during an absence: 贺景舟（代行委托代2026-1（批示））."""
    named = [
        each
        for each in office.parts["substitution"]
        if each.principal_id == row.person_id
        and each.starts_at < row.ends_at
        and row.starts_at < (each.revoked_at or each.ends_at)
    ]
    told = [_deputy(engine, office, each, row.starts_at) for each in named]
    return "；".join(f"{each.named}：{each.rule}" for each in told) or None


def _substitution(engine: Engine, office: Directory, row: Any, now: datetime) -> SubstitutionRow:
    return SubstitutionRow(
        id=row.id,
        kind=row.kind,
        kind_name=signatures.FORM_NAMES[row.kind],
        number=row.number,
        principal_id=row.principal_id,
        principal=office.person_name(row.principal_id),
        principal_post=office.title_of(row.principal_id, row.starts_at),
        substitute=office.person_name(row.substitute_id),
        substitute_post=office.title_of(row.substitute_id, row.starts_at),
        scope=tuple(signatures.VERBS.get(each, each) for each in row.scope),
        field=_field(engine, row.field),
        reason=row.reason,
        evidence=row.evidence,
        evidence_file=row.evidence_file,
        given_at=row.given_at,
        starts_at=row.starts_at,
        ends_at=None if row.ends_at == FAR else row.ends_at,
        revoked_at=row.revoked_at,
        recorded_by=office.person_name(row.recorded_by),
        state=_state(row, now),
        has_effect=office.stands_in_now(row, now),
    )


def _state(row: Any, now: datetime) -> str:
    if getattr(row, "cancelled_at", None) is not None:
        return CANCELLED
    revoked = getattr(row, "revoked_at", None)
    if revoked is not None and revoked <= now:
        return REVOKED
    if now < row.starts_at:
        return COMING
    return CURRENT if now < row.ends_at else PAST


def _in_order(rows: list[Any]) -> list[Any]:
    """Under way and to come by their beginning; what is over after that, the latest first."""
    live = sorted((row for row in rows if row.state in OPEN), key=_begins)
    over = sorted((row for row in rows if row.state not in OPEN), key=_begins, reverse=True)
    return [*live, *over]


def _begins(row: Any) -> datetime:
    begins: datetime = row.starts_at
    return begins


def _field(engine: Engine, code: str | None) -> str | None:
    return engine.registry.fields.get(code, code) if code else None


def _may_see(actor: Actor, row: Any) -> bool:
    return SUBSTITUTION.allows(actor) or actor.person_id in (row.principal_id, row.substitute_id)
