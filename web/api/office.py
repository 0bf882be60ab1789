"""Who is away, and who acts in whose place (工作规则第五条)."""

from __future__ import annotations

from typing import Annotated, Literal

from flask import Response, request
from pydantic import Field, StringConstraints

from engine import substitution
from engine.errors import Finding, Invalid
from web.api import auth
from web.api.schemas import Answer, Body, ItemPath, Keyed, Line, Moment, answer
from web.sessions import engine

blueprint = auth.blueprint("office", "外出和代行")
PersonId = Annotated[Line, StringConstraints(min_length=1, max_length=64)]
Reason = Annotated[str, StringConstraints(max_length=2000)]


class AbsenceBody(Body):
    """Somebody is away from one moment to another."""

    person_id: PersonId
    kind: Literal["business_trip", "visit", "leave", "sick", "study"]
    starts_at: Moment
    ends_at: Moment
    approved_by: Annotated[Line, StringConstraints(max_length=200)] | None = None


class MandateBody(Body):
    """A leader entrusts another with acting in their post."""

    principal_id: PersonId
    substitute_id: PersonId
    scope: Annotated[list[str], Field(min_length=1, max_length=20)]
    starts_at: Moment
    ends_at: Moment
    evidence: Reason
    reason: Reason | None = None


class Noted(Answer):
    """What was noted. repeated: this key had been used before; it is the first answer again."""

    id: str
    message: str
    number: str | None = None
    repeated: bool = False


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
        key=header.key,
    )
    return answer(Noted(**noted), 201)


@blueprint.post("/acting-mandates/<id>/revoke", summary="撤回代行委托", responses={200: Noted})
def revoke(header: Keyed, path: ItemPath) -> Response:
    for name in request.get_json(silent=True) or {}:
        raise Invalid(
            [Finding(f"不认识“{name}”这一项，请去掉后重试。", name, code="unknown-field")]
        )
    noted = substitution.revoke_mandate(engine(), auth.caller(), path.id, key=header.key)
    return answer(Noted(**noted))
