"""Searches the whole history for the audit administrator; opinions and titles are not searched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.storage.accounts import COUNT_CAP, escaped
from engine.storage.database import Connection
from engine.storage.tables import history, process_definition, process_instance

SYSTEM = "system"


def condition(
    *,
    since: datetime | None,
    until: datetime | None,
    person_id: str | None,
    kinds: Sequence[str],
    number: str | None,
    words: str | None,
) -> Any:
    """What is looked for. kinds: beginnings of kinds, none means all. until: not included."""
    parts: list[Any] = [sa.true()]
    if since is not None:
        parts.append(history.c.at >= since)
    if until is not None:
        parts.append(history.c.at < until)
    if person_id is not None:
        parts.append(history.c.actor_id == person_id)
    if kinds:
        parts.append(sa.or_(*(history.c.kind.like(f"{kind}%") for kind in kinds)))
    if number is not None:
        parts.append(
            sa.or_(_holds(process_instance.c.number, number), process_instance.c.id == number)
        )
    if words is not None:
        told = sa.cast(history.c.data, sa.Text)
        of_the_system = (history.c.chain == SYSTEM) & _holds(told, words)
        parts.append(sa.or_(of_the_system, _holds(history.c.element_name, words)))
    return sa.and_(*parts)


def _holds(column: Any, text: str) -> Any:
    return column.like(f"%{escaped(text)}%", escape="\\")


def count(connection: Connection, wanted: Any) -> tuple[int, bool]:
    """(how many, whether there are more than counted)."""
    capped = _joined(sa.select(history.c.seq)).where(wanted).limit(COUNT_CAP + 1).subquery()
    found = connection.execute(sa.select(sa.func.count()).select_from(capped)).scalar_one()
    return min(found, COUNT_CAP), found > COUNT_CAP


def find(
    connection: Connection, wanted: Any, *, limit: int, offset: int = 0
) -> list[dict[str, Any]]:
    """Links with the number and procedure of their instance, the latest first."""
    query = _joined(
        sa.select(
            history,
            process_instance.c.number.label("number"),
            process_definition.c.name.label("procedure"),
        )
    )
    query = query.where(wanted).order_by(history.c.at.desc(), history.c.chain, history.c.seq.desc())
    found = connection.execute(query.limit(limit).offset(offset)).mappings()
    return [dict(row) for row in found]


def _joined(query: Any) -> Any:
    return (
        query.select_from(history)
        .outerjoin(process_instance, process_instance.c.id == history.c.chain)
        .outerjoin(process_definition, process_definition.c.id == process_instance.c.definition_id)
    )
