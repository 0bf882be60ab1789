"""Process definitions and the files each version froze."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from engine.storage.database import Connection
from engine.storage.tables import definition_resource, process_definition

Resources = Mapping[str, tuple[str, str]]  # path → (kind, content)


def find_same(connection: Connection, key: str, origin: str, content_hash: str) -> bool:
    """Whether exactly these files were already imported from this origin."""
    table = process_definition
    query = select(table.c.id).where(
        table.c.key == key, table.c.origin == origin, table.c.content_hash == content_hash
    )
    return connection.execute(query).first() is not None


def current(connection: Connection, key: str) -> Any | None:
    """The version new instances run on, or None."""
    table = process_definition
    return connection.execute(
        select(table).where(table.c.key == key, table.c.is_current)
    ).one_or_none()


def by_id(connection: Connection, definition_id: str) -> Any | None:
    """One version."""
    table = process_definition
    return connection.execute(select(table).where(table.c.id == definition_id)).one_or_none()


def all_current(connection: Connection) -> list[Any]:
    """The current version of every process, by name."""
    table = process_definition
    return list(connection.execute(select(table).where(table.c.is_current).order_by(table.c.key)))


def add(connection: Connection, values: Mapping[str, Any], resources: Resources) -> int:
    """Store a version with its files; becomes current unless values say otherwise. Its number."""
    table = process_definition
    newest = connection.execute(
        select(func.max(table.c.version)).where(table.c.key == values["key"])
    ).scalar()
    version = (newest or 0) + 1
    if values["is_current"]:
        connection.execute(
            table.update().where(table.c.key == values["key"]).values(is_current=False)
        )
    connection.execute(table.insert().values(version=version, **values))
    connection.execute(
        definition_resource.insert(),
        [
            {"definition_id": values["id"], "path": path, "kind": kind, "content": content}
            for path, (kind, content) in resources.items()
        ],
    )
    return version


def resources(connection: Connection, definition_id: str) -> dict[str, tuple[str, str]]:
    """The frozen files of one version."""
    table = definition_resource
    rows = connection.execute(select(table).where(table.c.definition_id == definition_id))
    return {row.path: (row.kind, row.content) for row in rows}
