"""Brings a database to the version this program works with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.storage.database import Connection, Database
from engine.storage.tables import metadata

FOLDER = Path(__file__).with_name("migrations")


def newest() -> str:
    """The version this program works with."""
    return str(_scripts().get_current_head())


def knows(revision: str) -> bool:
    """Whether a version is one of this program's steps."""
    return revision in {script.revision for script in _scripts().walk_revisions()}


def current(connection: Connection) -> str | None:
    """The version of a database; None when it is empty."""
    found: str | None = MigrationContext.configure(connection).get_current_revision()
    return found


def migrate(database: Database, to: str = "head") -> None:
    """Take every missing step, all in one transaction; `to`: another version, or "base"."""
    scripts = _scripts()

    def steps(revision: Any, _context: Any) -> Any:
        if to == "base" or (to != "head" and revision and revision[0] > to):
            return scripts._downgrade_revs(to, revision)
        return scripts._upgrade_revs(to, revision)

    with database.write() as connection:
        if not connection.in_transaction():
            connection.begin()  # ours is under way; else the library makes one for each step
        environment = EnvironmentContext(Config(), scripts, fn=steps)
        with environment:
            environment.configure(connection=connection, target_metadata=metadata)
            environment.run_migrations()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(FOLDER))
