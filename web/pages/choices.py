"""What the lists of organisations and people in a form offer."""

from __future__ import annotations

from typing import Any

from engine import directory
from engine.forms import Field, Form
from engine.model import Actor
from engine.org_reforms import KINDS
from engine.startup import Engine

PLAIN = frozenset({"city_gov", "gov_office", "dept"})  # kinds that a name alone makes clear
Choices = dict[str, tuple[tuple[str, str], ...]]


def choices_of(engine: Engine, actor: Actor, form: Form | None) -> Choices:
    """Field key (in tables "table.column") → the (value, label) pairs to choose from."""
    found: Choices = {}
    for each in form.fields if form is not None else ():
        _offer(engine, actor, each, each.key, found)
        for column in each.columns:
            _offer(engine, actor, column, f"{each.key}.{column.key}", found)
    return found


def _offer(engine: Engine, actor: Actor, each: Field, name: str, found: Choices) -> None:
    if each.kind in ("enum", "enums"):
        found[name] = each.options
    elif each.kind in ("org", "orgs"):
        found[name] = tuple(
            (row.code, _org_label(row))
            for row in directory.snapshot(engine).organisations(engine.clock.now())
            if not each.own_orgs or row.code in actor.orgs
        )
    elif each.kind in ("person", "persons"):
        office, now = directory.snapshot(engine), engine.clock.now()
        found[name] = tuple(
            (row.id, f"{row.name}（{title}）" if title else row.name)
            for row in office.people()
            if row.left_at is None or row.left_at > now
            for title in [office.title_of(row.id, now)]
        )


def _org_label(row: Any) -> str:
    """五台山风景名胜区管委会［管委会］: it is not 五台县人民政府［县（市、区）政府］."""
    return row.name if row.kind in PLAIN else f"{row.name}［{KINDS.get(row.kind, row.kind)}］"
