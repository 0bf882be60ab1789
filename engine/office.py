"""Changing the office: its import, and what every change to it brings about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.history import record_system
from engine.ids import new_id
from engine.model import Actor
from engine.storage import directory as rows
from engine.storage import jobs
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine


def changed(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    kind: str,
    told: dict[str, Any],
    moments: Sequence[datetime],
) -> None:
    """The office changed: note it, and have open work looked at again, now and at the moments."""
    noted(engine, connection, actor.person_id, kind, told, moments)


def noted(
    engine: Engine,
    connection: Connection,
    actor_id: str,
    kind: str,
    told: dict[str, Any],
    moments: Sequence[datetime],
) -> None:
    """The same for a change that a job makes in the name of who ordered it."""
    now = engine.clock.now()
    rows.bump(connection)
    record_system(connection, at=now, kind=kind, actor_id=actor_id, data=told)
    due = sorted({max(now, moment) for moment in (now, *moments)})
    jobs.add(
        connection,
        [
            {
                "id": new_id(),
                "kind": "reassign",
                "due_at": moment,
                "status": "waiting",
                "attempts": 0,
                "dedupe_key": f"reassign:{moment.isoformat()}:{new_id()}",
            }
            for moment in due
        ],
    )


def import_office(engine: Engine, data: Mapping[str, Any]) -> None:
    """Load organisations, posts, people and who does what from a readable file; what is there
    already stays as the office keeps it now."""
    with engine.database.write() as connection:
        for table, entries in data.items():
            if table in {part.name for part in rows.PARTS}:
                rows.add_missing(connection, table, [_defaults(table, each) for each in entries])
        rows.bump(connection)


def _defaults(table: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    base: dict[str, dict[str, Any]] = {
        "organisation": {"is_constituent": False, "sort": 100, "note": None},
        "post": {"is_group": False, "is_single": False},
        "person": {"is_demo": False, "left_at": None},
        "membership": {"field": None, "sort": 0},
    }
    values = {**base.get(table, {}), **entry}
    for name in ("given_at", "recorded_at", "starts_at", "ends_at", "valid_from", "valid_to"):
        if isinstance(values.get(name), str):
            values[name] = datetime.fromisoformat(values[name])
    return values
