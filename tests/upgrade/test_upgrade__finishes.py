"""A database of an earlier version is brought up to date, and everything in it comes to its end."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine import definitions, history, installation
from engine.clock import ManualClock
from engine.procedure import Procedure, Registry, Summary
from engine.running.context import CommandContext
from engine.settings import Settings
from engine.spiff import Execution
from engine.startup import Engine, build
from engine.storage import instances as instance_rows
from engine.storage import migrating, tables, workflows
from processes import discover
from tests.rebuilt import ProvedWorkflows
from tests.story import Story
from tests.upgrade import documents
from tests.upgrade.freezing import FROZEN, MORNING, version
from tests.upgrade.thawing import thaw
from tests.upgrade.waiting import WAITING, finish

FILES = sorted(FROZEN.glob("*.tar.gz"))
CHANGELOG = Path(__file__).parent.parent.parent / "CHANGELOG.md"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an installation without a database."""
    if request.param == "sqlite":
        return Settings(data=tmp_path / "var", demo=True)
    url = request.getfixturevalue("postgresql_url")
    return Settings(data=tmp_path / "var", database=url, demo=True)


@pytest.mark.slow
@pytest.mark.parametrize("frozen", FILES, ids=lambda path: path.name)
def test_everything_that_waited_comes_to_its_end(frozen: Path, empty: Settings) -> None:
    schema = thaw(frozen, empty)
    prepared = installation.prepare(empty, discover())
    assert (prepared.before, prepared.now) == (schema, migrating.newest())
    clock = ManualClock(MORNING)
    engine = build(empty, registered(), clock=clock, system_clock=clock)
    engine.kept = ProvedWorkflows(engine)
    waiting = running(engine)
    assert waiting
    for name, instance_id in sorted(waiting, key=_patience):
        story = Story(engine)
        story.instance_id = instance_id
        if name == documents.KEY:
            documents.finish(story)
            continue
        finish(story, patient=WAITING[name].patient)
        assert WAITING[name].leaves.items() <= left(engine, instance_id).items(), name
    assert running(engine) == []
    assert history.verify(engine).ok
    engine.close()


def test_every_released_version_has_its_frozen_database() -> None:
    released = re.findall(r"^## ([\d.]+) (?!\(unreleased\))", CHANGELOG.read_text("utf-8"), re.M)
    kept = {path.name.partition("-")[0] for path in FILES}
    assert set(released) <= kept, "run python -m tests.upgrade.freezing before a release"
    assert version() in kept


def test_the_newest_frozen_database_holds_every_way_to_wait() -> None:
    assert all(migrating.knows(schema_of(path)) for path in FILES)
    assert max(map(schema_of, FILES)) <= migrating.newest()


def schema_of(path: Path) -> str:
    return path.name.partition("-")[2].removesuffix(".tar.gz")


def registered() -> Registry:
    """The procedures of the office, and one for every drawing that waits."""
    found = discover()
    drawn = [
        Procedure(
            key=f"waiting_{name}",
            name=name,
            summary=Summary(title="title"),
            functions={},
            starter_roles=frozenset({"dept_clerk"}),
        )
        for name in WAITING
    ]
    return Registry([*found, *drawn], found.resolve, found.check_mandate)


def left(engine: Engine, instance_id: str) -> dict[str, Any]:
    """The variables of an instance that has ended."""
    with engine.database.read() as connection:
        row = instance_rows.plain(connection, instance_id)
        definition = definitions.compiled(engine, row.definition_id, connection)
        context = CommandContext(engine, connection, engine.clock.now(), instance_id)
        found = workflows.read(connection, instance_id, finished=True)
        return Execution.load(definition, found, context).everything()


def running(engine: Engine) -> list[tuple[str, str]]:
    """(way of waiting, or the procedure; instance)."""
    instance = tables.process_instance
    query = sa.select(instance.c.key, instance.c.id).where(instance.c.state == "running")
    with engine.database.read() as connection:
        return [(key.removeprefix("waiting_"), found) for key, found in connection.execute(query)]


def _patience(waiting: tuple[str, str]) -> int:
    """Documents first, while their deadlines run; then people, then what time decides."""
    name, _ = waiting
    return -1 if name == documents.KEY else WAITING[name].patient
