"""Forms as the API describes them: every field with its sort and its rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import Field

from engine import conventions
from engine.forms import Form
from web.api.schemas import Answer
from web.sessions import engine


class FieldAnswer(Answer):
    """One field. kind: text, textarea, enum, enums, bool, int, date, datetime, org, orgs, person,
    persons, file, files, table. source: who fills it on the server; then it is not to be sent."""

    key: str
    label: str
    kind: str
    required: bool
    required_when: str | None
    hidden_when: str | None
    options: list[tuple[str, str]]
    help: str | None
    clause: str | None
    minimum: float | None
    maximum: float | None
    max_length: int
    columns: list[FieldAnswer]
    source: str | None
    own_orgs: bool
    readonly: bool
    group: str | None
    default: Any


class RuleAnswer(Answer):
    """A rule across fields. severity: block (应当), override (原则上), hint (提倡)."""

    code: str
    check: str
    message: str
    severity: str
    source: str | None
    field: str | None


class FormAnswer(Answer):
    """A form. outcome, comment: the fields that these two of a completion fill."""

    id: str
    fields_: list[FieldAnswer] = Field(alias="fields")
    rules: list[RuleAnswer]
    outcome: str | None
    comment: str | None
    source: dict[str, Any] = Field(alias="schema")


def shown(form: Form | None) -> FormAnswer | None:
    """A form for a client that fills it in."""
    if form is None:
        return None
    told = conventions.current(engine()).told
    return FormAnswer(
        id=form.id,
        fields=[
            FieldAnswer.model_validate(replace(each, help=told(each.help) if each.help else None))
            for each in form.fields
        ],
        rules=[
            RuleAnswer.model_validate(replace(each, message=told(each.message)))
            for each in form.rules
        ],
        outcome=form.outcome.key if form.outcome else None,
        comment=form.comment.key if form.comment else None,
        schema=dict(form.schema),
    )
