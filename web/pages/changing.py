"""One page for every change of the office: fill in, see what it moves, confirm.

A page hands over a sheet; refusals show the sheet again with what was typed. Nothing is made before
its effect has been shown: what is confirmed must be what was looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from engine import attachments, changes, directory
from engine.canonical import canonical
from engine.changes import Change, Move, Preview
from engine.clock import parse_moment
from engine.errors import Conflict, GuichengError, Invalid
from engine.forms import Field, Form, validate
from web import conditions, entering
from web.errors import page, status_of
from web.pages.choices import choices_of
from web.sessions import actor, engine

Values = dict[str, Any]
Build = Callable[[Values], Change]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A change to be filled in. build: from the checked values (moments as datetimes) the change.

    back: where to go afterwards; crumbs: (words, address) above the title; confirm: the button.
    lead: what to know before; clause: what it rests on; grave: it takes something away.
    """

    title: str
    fields: tuple[Field, ...]
    build: Build
    back: str
    confirm: str
    nav: str = "admin"
    crumbs: tuple[tuple[str, str], ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    lead: str = ""
    clause: str = ""
    grave: bool = False

    @property
    def form(self) -> Form:
        return Form(id="sheet", fields=self.fields)


class _Lookups:
    """What the form may ask: the directory, and which files the person may use."""

    def __init__(self) -> None:
        self.office = directory.snapshot(engine())
        self.own_orgs = actor().orgs

    def org_exists(self, code: str) -> bool:
        return self.office.organisation(code) is not None

    def person_exists(self, person_id: str) -> bool:
        return self.office.person(person_id) is not None

    def file_exists(self, file_id: str) -> bool:
        return bool(attachments.get(engine(), actor(), file_id))


def handle(sheet: Sheet) -> ResponseReturnValue:
    """Show a sheet; on a post show what it would do, and make it when that has been confirmed."""
    g.sheet = sheet
    if request.method == "GET":
        typed = entering.Typed(values=dict(sheet.values))
        seen = _preview(sheet, typed) if not sheet.fields else None
        return _page(sheet, typed, preview=seen)
    typed = entering.read(engine(), actor(), sheet.form)
    typed.check()
    if typed.do == "complete" and request.form.get("seen") == digest(typed):
        made = changes.make(engine(), actor(), _change(sheet, typed), key=typed.key)
        flash(made["message"], "done")
        return redirect(sheet.back, 303)
    return _page(sheet, typed, preview=_preview(sheet, typed), altered=typed.do == "complete")


def keep_typed(blueprint: Blueprint) -> None:
    """Refusals on the sheets of a blueprint show the sheet again, with its findings."""

    @blueprint.errorhandler(Invalid)
    @blueprint.errorhandler(Conflict)
    def refused(error: GuichengError) -> ResponseReturnValue:
        status = status_of(error)
        sheet: Sheet | None = g.get("sheet")
        if sheet is None:
            return page(status, error.message, code=error.code)
        typed = g.get("typed") or entering.Typed(values=dict(sheet.values))
        findings = error.findings if isinstance(error, Invalid) else []
        message = None if findings else error.message
        return _page(sheet, typed, findings=findings, message=message), status


def _change(sheet: Sheet, typed: entering.Typed) -> Change:
    checked = validate(
        sheet.form, typed.values, context={}, lookups=_Lookups(), now=engine().clock.now()
    )
    changes.refuse(checked.findings)
    kinds = {each.key: each.kind for each in sheet.fields}
    return sheet.build({key: _moment(kinds, key, value) for key, value in checked.values.items()})


def _moment(kinds: Mapping[str, str], key: str, value: Any) -> Any:
    return parse_moment(value) if kinds.get(key) == "datetime" and value else value


def _preview(sheet: Sheet, typed: entering.Typed) -> Preview:
    return changes.preview(engine(), actor(), _change(sheet, typed))


def digest(typed: entering.Typed) -> str:
    """What was looked at, so that only that is confirmed; blanks at the ends do not count."""
    values = {
        key: value.strip() if isinstance(value, str) else value
        for key, value in typed.values.items()
    }
    return sha256(canonical(values)).hexdigest()[:32]


def told_together(moves: Sequence[Move]) -> list[tuple[Move, int]]:
    """(move, how many): what the asker can not tell apart stands in one line."""
    counted: dict[Move, int] = {}
    for number, each in enumerate(moves):
        apart = each.title is not None
        key = replace(each, instance_id=f"{number}" if apart else "")
        counted[key] = counted.get(key, 0) + 1
    return list(counted.items())


def _page(sheet: Sheet, typed: entering.Typed, **more: Any) -> str:
    form = sheet.form
    return render_template(
        "change.html",
        sheet=sheet,
        form=form,
        typed=typed,
        values=typed.values,
        seen=digest(typed),
        state=conditions.state_of(form, typed.values, engine().registry),
        choices=choices_of(engine(), actor(), form),
        file_names=entering.file_names(engine(), actor(), form, typed.values),
        nav=sheet.nav,
        together=told_together,
        **more,
    )


# ---- the fields that several sheets have ------------------------------------------------------


def moment_field(key: str, label: str, **more: Any) -> Field:
    """A moment to be chosen."""
    return Field(key, label, "datetime", required=True, **more)


def choice(key: str, label: str, options: list[tuple[str, str]], **more: Any) -> Field:
    """One of these (value, words)."""
    return Field(key, label, "enum", required=True, options=tuple(options), **more)


def holders(*posts: str) -> list[tuple[str, str]]:
    """(id, name with title) of who holds any of these posts now."""
    office, now = directory.snapshot(engine()), engine().clock.now()
    people = dict.fromkeys(each for post in posts for each in office.holders(post, at=now))
    return [
        (each, f"{office.person_name(each)}（{office.title_of(each, now)}）") for each in people
    ]


def iso(moment: datetime) -> str:
    """A moment as a field of a form keeps it."""
    return moment.isoformat()
