"""A database of an earlier version is brought up to date, and everything in it comes to its end."""

from __future__ import annotations

import json
import re
import tarfile
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine import definitions, history, incidents, installation, posting
from engine.clock import FAR, ManualClock
from engine.procedure import Procedure, Registry, Summary
from engine.running.context import CommandContext
from engine.settings import Settings
from engine.spiff import Execution
from engine.startup import Engine, build
from engine.storage import instances as instance_rows
from engine.storage import migrating, tables, workflows
from processes import discover
from processes.shared.moments import FUNCTIONS
from tests.rebuilt import ProvedWorkflows
from tests.story import Story
from tests.upgrade import documents, post
from tests.upgrade.acts import TODAY
from tests.upgrade.finishing import finish
from tests.upgrade.freezing import FROZEN, MORNING, version
from tests.upgrade.thawing import thaw
from tests.upgrade.waiting import WAITING

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
    clock = ManualClock(MORNING + timedelta(hours=1))
    engine = build(empty, registered(), clock=clock, system_clock=clock)
    engine.kept = ProvedWorkflows(engine)
    deliver(engine)
    waiting = sorted(running(engine), key=_patience)
    assert waiting
    for name, instance_id in waiting:
        if name in WAITING and (revive := WAITING[name].revived):
            revive(of(engine, instance_id))
    for name, instance_id in waiting:
        if name in (documents.KEY, documents.REQUEST):
            documents.finish(of(engine, instance_id))
            continue
        finish(of(engine, instance_id), patient=WAITING[name].patient)
        assert WAITING[name].leaves.items() <= left(engine, instance_id).items(), name
    assert running(engine) == []
    assert incidents.counts(engine) == incidents.Counts(failed=0, retrying=0)
    assert history.verify(engine).ok
    engine.close()


def test_every_released_version_has_its_frozen_database() -> None:
    released = re.findall(r"^## ([\d.]+) (?!\(unreleased\))", CHANGELOG.read_text("utf-8"), re.M)
    kept = {path.name.partition("-")[0] for path in FILES}
    assert set(released) <= kept, "run python -m tests.upgrade.freezing before a release"
    assert version() in kept


def test_the_newest_frozen_database_holds_every_way_to_wait() -> None:
    assert all(migrating.knows(schema_of(path)) for path in FILES)
    newest = max(FILES, key=schema_of)
    assert schema_of(newest) == migrating.newest(), "run python -m tests.upgrade.freezing"
    found = {row["key"] for row in kept_rows(newest, "process_instance") if running_row(row)}
    drawn = {f"waiting_{name}" for name in WAITING}
    assert found == {*drawn, documents.KEY, documents.REQUEST}
    undelivered = Counter(
        row["kind"] for row in kept_rows(newest, "outbox") if row["sent_at"] is None
    )
    assert {"mail", "webhook"} < undelivered.keys()
    jobs = list(kept_rows(newest, "job"))
    assert {"failed", "waiting"} <= {row["status"] for row in jobs}
    assert any(row["attempts"] and row["status"] == "waiting" for row in jobs)
    assert any((row["lease_until"] or "") >= FAR.isoformat() for row in jobs)  # it rests


def kept_rows(frozen: Path, table: str) -> Iterator[dict[str, Any]]:
    """The rows of a table of a frozen database."""
    with tarfile.open(frozen, "r:gz") as archive:
        found = archive.extractfile(f"tables/{table}.jsonl")
        assert found is not None
        yield from map(json.loads, found)


def running_row(row: dict[str, Any]) -> bool:
    return bool(row["state"] == "running")


def schema_of(path: Path) -> str:
    return path.name.partition("-")[2].removesuffix(".tar.gz")


def of(engine: Engine, instance_id: str) -> Story:
    story = Story(engine)
    story.instance_id = instance_id
    return story


def deliver(engine: Engine) -> None:
    """Everything that was left in the outbox goes out, each thing once."""
    before = post.left(engine)
    with post.answering(engine) as (mailbox, listener):
        assert posting.deliver_due(engine) >= before.total()
        assert post.left(engine) == {}
        assert posting.deliver_due(engine) == 0
    assert len(mailbox.taken) >= before["mail"]
    assert len(listener.heard) >= before["webhook"]
    for names in (
        [each["Message-ID"] for each in mailbox.taken],
        [json.loads(body)["id"] for _, body in listener.heard],
    ):
        assert len(set(names)) == len(names)


def registered() -> Registry:
    """The procedures of the office, and one for every drawing that waits."""
    found = discover()
    drawn = [
        Procedure(
            key=f"waiting_{name}",
            name=name,
            summary=Summary(title="title"),
            functions={**FUNCTIONS, **TODAY},
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
    first = {documents.REQUEST: -2, documents.KEY: -1}
    return first[name] if name in first else WAITING[name].patient
