"""Tables of people and organisations that were checked and wait to be taken in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from engine.storage.database import Connection
from engine.storage.tables import office_import


def insert(connection: Connection, values: Mapping[str, Any]) -> None:
    """Keep a checked table."""
    connection.execute(office_import.insert().values(**values))


def get(connection: Connection, import_id: str, person_id: str) -> Any | None:
    """A table that this person had checked."""
    own = (office_import.c.id == import_id, office_import.c.made_by == person_id)
    return connection.execute(select(office_import).where(*own)).one_or_none()


def forget_unused(connection: Connection, person_id: str) -> None:
    """The tables this person had checked before: only the last one can be taken in."""
    connection.execute(office_import.delete().where(office_import.c.made_by == person_id))
