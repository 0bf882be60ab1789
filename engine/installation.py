"""Prepares an installation: data folder, database at this program's version, backup before.

Called by the command line before anything else works with the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine import backup
from engine.errors import SettingRefused
from engine.procedure import Registry
from engine.settings import Settings
from engine.startup import build
from engine.storage import migrating
from engine.storage.database import Database

if TYPE_CHECKING:
    from engine.startup import Engine


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was done. before, now: versions of the database (None: was empty); backup: its file."""

    before: str | None
    now: str
    backup: Path | None

    @property
    def fresh(self) -> bool:
        return self.before is None


def prepare(settings: Settings, registry: Registry) -> Prepared:
    """Create or migrate the database; an older one is backed up first.

    Raises SettingRefused when the database is newer than the program or its folder is not writable,
    StorageUnavailable when it cannot be reached. Then nothing was changed.
    """
    settings.check()
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingRefused(
            f"数据文件夹 {settings.data} 不能写入，请检查权限或改设 GUICHENG_DATA。"
        ) from error
    database = Database(settings.database_url)
    try:
        before = _version(database)
        newest = migrating.newest()
        if before == newest:
            return Prepared(before, newest, None)
        if before is not None and not migrating.knows(before):
            raise SettingRefused(
                f"数据库的版本（{before}）比本程序（{newest}）新，没有改动任何数据。"
                "请改用与它相配的程序版本。"
            )
        saved = _backed_up(settings, registry) if before is not None else None
        migrating.migrate(database)
        return Prepared(before, newest, saved)
    finally:
        database.dispose()


def is_current(engine: Engine) -> bool:
    """Whether the database answers and is at this program's version."""
    with engine.database.read() as connection:
        return migrating.current(connection) == migrating.newest()


def _version(database: Database) -> str | None:
    with database.read() as connection:
        return migrating.current(connection)


def _backed_up(settings: Settings, registry: Registry) -> Path:
    engine = build(settings, registry)
    try:
        return backup.create(engine, settings.data / "backups")
    finally:
        engine.close()
