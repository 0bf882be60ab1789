"""A change of the office on a page: fill in, see what will follow, confirm. Without a script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine import directory, reforms
from engine.clock import CHINA
from engine.errors import Conflict, Finding, GuichengError, Invalid
from engine.org_reforms import KINDS
from web.errors import status_of
from web.sessions import actor, engine

Values = Mapping[str, Any]
LONGEST = 2000  # characters of one typed field
NOT_REPEATED = frozenset({"csrf_token", "do", "key"})
SHOWN_MOVES = 50


def _nothing(_subject: str) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Act:
    """One change that a page offers. name: of the endpoint and the address under its subject.

    build: the reform from the typed fields; start: what the empty form shows; more: what its
    template needs; asks: whether a page says what will follow before it is made.
    """

    name: str
    title: str
    template: str
    build: Callable[[str], Any]
    done: Callable[[str], str]  # where to go afterwards, from the subject of the answer
    start: Callable[[str], Values] = _nothing
    more: Callable[[str], dict[str, Any]] = _nothing
    asks: bool = True
    part: str = field(default="code")

    def form(self, subject: str, values: Values, status: int = 200, **more: Any) -> tuple[str, int]:
        shown = {"act": self, "subject": subject, "values": values, "key": uuid4().hex}
        shown |= {"findings": (), **self.more(subject), **more}
        return render_template(self.template, **shown), status

    def submit(self, subject: str) -> ResponseReturnValue:
        """Back to the form, on to what will follow, or make it and go on."""
        do = request.form.get("do")
        if do == "edit":
            return self.form(subject, request.form)
        reform = self.build(subject)
        if self.asks and do != "confirm":
            return self._what_follows(subject, reform)
        answer = reforms.make(engine(), actor(), reform, key=request.form.get("key", ""))
        flash(answer["message"], "done")
        return redirect(self.done(answer["id"]), 303)

    def _what_follows(self, subject: str, reform: Any) -> ResponseReturnValue:
        return render_template(
            "administration/confirm.html",
            act=self,
            preview=reforms.preview(engine(), actor(), reform),
            fields=repeated(),
            key=uuid4().hex,
            back=self.done(subject),
            most=SHOWN_MOVES,
        )


def offer(blueprint: Blueprint, rule: str, act: Act) -> None:
    """Open the two addresses of an act: its form, and where it is sent."""

    def show(**parts: str) -> ResponseReturnValue:
        subject = parts.get(act.part, "")
        return act.form(subject, act.start(subject))

    def submit(**parts: str) -> ResponseReturnValue:
        return act.submit(parts.get(act.part, ""))

    blueprint.add_url_rule(rule, act.name, show, methods=["GET"])
    blueprint.add_url_rule(rule, f"{act.name}_submit", submit, methods=["POST"])


def refusals(blueprint: Blueprint, acts: Mapping[str, Act]) -> None:
    """A refused act: its form again, with what is wrong and what was typed."""

    @blueprint.errorhandler(Invalid)
    @blueprint.errorhandler(Conflict)
    def refused(error: GuichengError) -> ResponseReturnValue:
        name = (request.endpoint or "").rpartition(".")[2].removesuffix("_submit")
        act = acts.get(name)
        if act is None:
            raise error
        findings = error.findings if isinstance(error, Invalid) else []
        subject = str((request.view_args or {}).get(act.part, ""))
        shown = findings or [Finding(error.message)]
        return act.form(subject, request.form, status_of(error), findings=shown)


def repeated() -> list[tuple[str, str]]:
    """What was typed, to be sent once more with the confirmation."""
    return [
        (name, value) for name, value in request.form.items(multi=True) if name not in NOT_REPEATED
    ]


# ---- reading fields ----------------------------------------------------------------------------


def typed(name: str) -> str:
    """A typed line."""
    return request.form.get(name, "").strip()[:LONGEST]


def typed_day(name: str = "effective") -> datetime:
    """The beginning of a typed day; today when nothing was typed."""
    text = typed(name)
    if not text:
        return today()
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=CHINA)
    except ValueError:
        raise Invalid([Finding("请填写日期，如2026-03-01。", name)]) from None


def typed_number(name: str, otherwise: int) -> int:
    """A typed number of at most five digits."""
    text = typed(name)
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        raise Invalid([Finding("请填写0到99999之间的数字。", name)])
    return int(text)


def today() -> datetime:
    """The beginning of this day."""
    return engine().clock.now().replace(hour=0, minute=0, second=0, microsecond=0)


def orgs_to_choose(but: str | None = None) -> list[tuple[str, list[tuple[str, str]]]]:
    """The organisations there are now by kind: (kind, [(code, name)])."""
    office, now = directory.snapshot(engine()), engine().clock.now()
    found: dict[str, list[tuple[str, str]]] = {}
    for row in office.organisations(now):
        if row.code != but:
            found.setdefault(KINDS.get(row.kind, row.kind), []).append((row.code, row.name))
    return list(found.items())


def address(endpoint: str, part: str) -> Callable[[str], str]:
    """Where the page of a subject is; the list of the room while there is no subject."""
    room = endpoint.rpartition(".")[0]

    def found(subject: str) -> str:
        values: dict[str, Any] = {part: subject}
        return url_for(endpoint, **values) if subject else url_for(f"{room}.show")

    return found
