"""Puts a frozen database into either kind, at the schema it had."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import IO

import sqlalchemy as sa

from engine.settings import Settings
from engine.storage import dump, migrating
from engine.storage.database import Connection, Database


def thaw(frozen: Path, settings: Settings) -> str:
    """Fill an empty installation; the schema it is at."""
    settings.data.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    with tarfile.open(frozen, "r:gz") as archive:
        manifest = json.load(_member(archive, "manifest.json"))
        migrating.migrate(database, manifest["revision"])
        with database.write() as connection:
            stored = dump.as_stored(connection)
            assert dump.schema(stored.values()) == manifest["schema"]
            for name, table in stored.items():
                _fill(connection, table, list(_member(archive, f"tables/{name}.jsonl")))
            dump.count_on(connection)
    database.dispose()
    return str(manifest["revision"])


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    found = archive.extractfile(name)
    assert found is not None, name
    return found


def _fill(connection: Connection, table: sa.Table, lines: list[bytes]) -> None:
    """Replace what the steps put in by what was kept; only history and facts refuse that."""
    read = {column.name: dump._reader(column) for column in table.columns}
    rows = [
        {key: None if row[key] is None else read[key](row[key]) for key in read}
        for row in map(json.loads, lines)
    ]
    if table.name not in ("history", "fact"):
        connection.execute(sa.delete(table))
    if rows:
        connection.execute(sa.insert(table), rows)
