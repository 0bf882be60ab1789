"""Who is away, and who acts in whose place (工作规则第五条)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from flask import Response, request
from pydantic import Field, StringConstraints

from engine import changes, signing_lists, substitution, whereabouts
from engine.errors import Finding, Invalid
from web.api import auth
from web.api.schemas import ID, Answer, Body, ItemPath, Keyed, Line, Moment, answer, read
from web.sessions import engine

blueprint = auth.blueprint("office", "外出和代行")
PersonId = Annotated[Line, StringConstraints(min_length=1, max_length=64)]
Reason = Annotated[str, StringConstraints(max_length=2000)]


class AbsenceChange(Body):
    """An absence as it should stand."""

    kind: Literal["business_trip", "visit", "leave", "sick", "study"]
    starts_at: Moment
    ends_at: Moment
    approved_by: Annotated[Line, StringConstraints(max_length=200)] | None = None


class AbsenceBody(AbsenceChange):
    """Somebody is away from one moment to another."""

    person_id: PersonId


class MandateBody(Body):
    """A leader entrusts another with acting in their post."""

    principal_id: PersonId
    substitute_id: PersonId
    scope: Annotated[list[str], Field(min_length=1, max_length=20)]
    starts_at: Moment
    ends_at: Moment
    evidence: Reason
    reason: Reason | None = None
    evidence_file: Annotated[str, Field(pattern=ID)] | None = None


class Noted(Answer):
    """What was noted. repeated: this key had been used before; it is the first answer again."""

    id: str
    message: str
    number: str | None = None
    repeated: bool = False


class AbsenceAnswer(Answer):
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
    state: str
    stand_in: str | None


class Absences(Answer):
    """Absences, those under way and to come first."""

    items: list[AbsenceAnswer]


class MandateAnswer(Answer):
    """One mandate or designation. state: current, coming, past, revoked; has_effect: work goes to
    the substitute now."""

    id: str
    kind: str
    kind_name: str
    number: str | None
    principal: str
    substitute: str
    scope: list[str]
    field: str | None
    reason: str | None
    evidence: str
    evidence_file: str | None
    given_at: datetime
    starts_at: datetime
    ends_at: datetime | None
    revoked_at: datetime | None
    state: str
    has_effect: bool


class Mandates(Answer):
    """Mandates and designations, those in force and to come first."""

    items: list[MandateAnswer]


class SigningAnswer(Answer):
    """One signature given in another's place; signature as it stands on paper."""

    instance_id: str
    title: str
    number: str | None
    procedure: str
    step: str
    decision: str | None
    opinion: str | None
    signature: str
    at: datetime


class SigningListAnswer(Answer):
    """A list of what was signed in somebody's place; signings only when one list is asked for."""

    id: str
    name: str
    kind: str
    number: str | None
    principal: str
    substitute: str
    since: datetime | None
    until: datetime
    made_at: datetime
    read_at: datetime | None
    signings: list[SigningAnswer]


class SigningLists(Answer):
    """The lists one may see, the newest first."""

    items: list[SigningListAnswer]


@blueprint.get("/absences", summary="查询外出", responses={200: Absences})
def absences() -> Response:
    """所有人的外出（秘书长、办公室主任），或者本人的外出。"""
    found = whereabouts.absences(engine(), auth.caller())
    return answer(Absences(items=[read(AbsenceAnswer, row) for row in found]))


@blueprint.post("/absences", summary="登记外出", responses={201: Noted})
def absence(header: Keyed, body: AbsenceBody) -> Response:
    noted = substitution.add_absence(
        engine(),
        auth.caller(),
        person_id=body.person_id,
        kind=body.kind,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        approved_by=body.approved_by,
        key=header.key,
    )
    return answer(Noted(**noted), 201)


@blueprint.post("/absences/<id>/correct", summary="更正外出", responses={200: Noted})
def correct_absence(header: Keyed, path: ItemPath, body: AbsenceChange) -> Response:
    change = substitution.CorrectAbsence(
        path.id, body.kind, body.starts_at, body.ends_at, body.approved_by
    )
    return answer(Noted(**changes.make(engine(), auth.caller(), change, key=header.key)))


@blueprint.post("/absences/<id>/end", summary="提前结束或取消外出", responses={200: Noted})
def end_absence(header: Keyed, path: ItemPath) -> Response:
    _nothing_in_the_body()
    change = substitution.EndAbsence(path.id)
    return answer(Noted(**changes.make(engine(), auth.caller(), change, key=header.key)))


@blueprint.get("/acting-mandates", summary="查询代行委托和指定代办", responses={200: Mandates})
def mandates() -> Response:
    """全部委托（秘书长、办公室主任），或者本人是委托人、受托人的委托。"""
    found = whereabouts.substitutions(engine(), auth.caller())
    return answer(Mandates(items=[read(MandateAnswer, row) for row in found]))


@blueprint.post("/acting-mandates", summary="登记代行委托", responses={201: Noted})
def mandate(header: Keyed, body: MandateBody) -> Response:
    noted = substitution.give_mandate(
        engine(),
        auth.caller(),
        principal_id=body.principal_id,
        substitute_id=body.substitute_id,
        scope=body.scope,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        evidence=body.evidence,
        reason=body.reason,
        evidence_file=body.evidence_file,
        key=header.key,
    )
    return answer(Noted(**noted), 201)


@blueprint.post("/acting-mandates/<id>/revoke", summary="撤回代行委托", responses={200: Noted})
def revoke(header: Keyed, path: ItemPath) -> Response:
    _nothing_in_the_body()
    noted = substitution.revoke_mandate(engine(), auth.caller(), path.id, key=header.key)
    return answer(Noted(**noted))


@blueprint.get("/signing-lists", summary="查询代行期间签批事项清单", responses={200: SigningLists})
def lists() -> Response:
    """返回的本人、代办人、秘书长和办公室主任可以查看。"""
    found = signing_lists.find(engine(), auth.caller())
    return answer(SigningLists(items=[read(SigningListAnswer, row) for row in found]))


@blueprint.get("/signing-lists/<id>", summary="一份清单", responses={200: SigningListAnswer})
def one_list(path: ItemPath) -> Response:
    return answer(read(SigningListAnswer, signing_lists.get(engine(), auth.caller(), path.id)))


@blueprint.post("/signing-lists/<id>/read", summary="阅知清单", responses={200: Noted})
def read_list(header: Keyed, path: ItemPath) -> Response:
    _nothing_in_the_body()
    noted = signing_lists.mark_read(engine(), auth.caller(), path.id, key=header.key)
    return answer(Noted(**noted))


def _nothing_in_the_body() -> None:
    for name in request.get_json(silent=True) or {}:
        raise Invalid(
            [Finding(f"不认识“{name}”这一项，请去掉后重试。", name, code="unknown-field")]
        )
