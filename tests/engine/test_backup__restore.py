"""A backup restores everything, into either kind of database, or nothing at all."""

from __future__ import annotations

import dataclasses
import tarfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine import attachments, backup, history
from engine.backup import BackupRefused
from engine.model import File
from engine.settings import Settings
from engine.startup import Engine
from engine.storage.database import Database
from engine.storage.tables import fact, metadata, workflow_row
from tests.engine.rows import START, add_instance, add_work_item, person

UPLOADER = person("p_uploader")
Sibling = Callable[[str], Engine]


def fill(engine: Engine) -> File:
    """One of each that is hard to copy: bytes, JSON, moments, counted ids, a file, anchors."""
    add_instance(engine, "i1", links=3)
    add_instance(engine, "i2", links=1)
    add_work_item(engine, "i1", assignee="p_assignee")
    file = attachments.store(engine, UPLOADER, "请示.pdf", BytesIO(b"%PDF-1.7 \x00\xff"))
    with engine.database.write() as connection:
        attachments.bind(connection, [file.id], "i1", "main_file")
        body = {"instance_id": "i1", "scope_id": "top", "task_id": "", "body": bytes(range(256))}
        connection.execute(sa.insert(workflow_row), body)
        connection.execute(sa.insert(fact), [a_fact({"b": [1, 2.5, None], "a": "“引号”\n"})] * 3)
        history.record_system(
            connection, at=START, kind="clock.moved", actor_id="p1", data={"after": START}
        )
    history.anchor(engine)
    return file


def a_fact(value: object) -> dict[str, object]:
    return {"instance_id": "i1", "element_id": "e", "name": "n", "value": value, "at": START}


def rows(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with engine.database.read() as connection:
        return {
            table.name: [
                tuple(row)
                for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns))
            ]
            for table in metadata.sorted_tables
        }


@pytest.fixture
def sibling(any_engine: Engine, tmp_path: Path) -> Iterator[Sibling]:
    """Another, empty installation; "same" is on the same kind of database as any_engine."""

    made: list[Database] = []

    def make(kind: str) -> Engine:
        url = ""
        if kind == "same" and any_engine.database.dialect == "postgresql":
            address = sa.make_url(any_engine.settings.database_url)
            name = f"{address.database}_sibling"
            with any_engine.database.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT")
                connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
            url = address.set(database=name).render_as_string(hide_password=False)
        settings = Settings(data=tmp_path / f"sibling-{kind}", database=url)
        settings.data.mkdir()
        made.append(Database(settings.database_url))
        return dataclasses.replace(any_engine, settings=settings, database=made[-1])

    yield make
    for database in made:
        database.dispose()


def test_a_restored_installation_is_the_same_on_either_database(
    any_engine: Engine, sibling: Sibling, tmp_path: Path
) -> None:
    file = fill(any_engine)
    before = rows(any_engine)
    on_sqlite, like_first = sibling("sqlite"), sibling("same")

    first = backup.create(any_engine, tmp_path / "backups")
    assert backup.restore(on_sqlite.settings, first).ok
    second = backup.create(on_sqlite, tmp_path / "backups")
    report = backup.restore(like_first.settings, second)

    for restored in (on_sqlite, like_first):
        assert rows(restored) == before
        assert attachments.open(restored, UPLOADER, file.id)[1] == b"%PDF-1.7 \x00\xff"
        assert history.verify(restored) == report
    assert (report.ok, report.chains, report.anchors) == (True, 3, 1)


def test_generated_numbers_go_on_after_a_restore(
    any_engine: Engine, sibling: Sibling, tmp_path: Path
) -> None:
    fill(any_engine)
    target = sibling("same")
    backup.restore(target.settings, backup.create(any_engine, tmp_path))
    with target.database.write() as connection:
        connection.execute(sa.insert(fact), a_fact(None))
        assert connection.execute(sa.select(sa.func.max(fact.c.id))).scalar_one() == 4


def test_the_triggers_stand_after_a_restore(
    any_engine: Engine, sibling: Sibling, tmp_path: Path
) -> None:
    fill(any_engine)
    target = sibling("same")
    backup.restore(target.settings, backup.create(any_engine, tmp_path))
    with (
        pytest.raises(sa.exc.DBAPIError, match="append-only"),
        target.database.write() as connection,
    ):
        connection.exec_driver_sql("DELETE FROM history")


def test_a_backup_made_while_people_work_is_one_moment(
    any_engine: Engine, sibling: Sibling, tmp_path: Path
) -> None:
    fill(any_engine)

    def work() -> None:
        for number in range(40):
            add_instance(any_engine, f"j{number}", links=2)

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work)
        path = backup.create(any_engine, tmp_path)
        working.result()
    target = sibling("sqlite")
    assert backup.restore(target.settings, path).ok


def test_a_target_with_rows_is_refused(any_engine: Engine, tmp_path: Path) -> None:
    fill(any_engine)
    path = backup.create(any_engine, tmp_path)
    settings = dataclasses.replace(any_engine.settings, data=tmp_path / "elsewhere")
    if any_engine.database.dialect == "sqlite":
        settings = dataclasses.replace(settings, database=any_engine.settings.database_url)
    with pytest.raises(BackupRefused, match="目标数据库里已有数据"):
        backup.restore(settings, path)


def test_a_target_with_files_is_refused(
    any_engine: Engine, sibling: Sibling, tmp_path: Path
) -> None:
    fill(any_engine)
    path = backup.create(any_engine, tmp_path)
    target = sibling("sqlite")
    attachments.write_content(target.files, "0" * 64, b"x")
    with pytest.raises(BackupRefused, match="已有文件"):
        backup.restore(target.settings, path)
    assert attachments.path_of(target.files, "0" * 64).exists()


def test_a_backup_tells_its_progress(any_engine: Engine, sibling: Sibling, tmp_path: Path) -> None:
    fill(any_engine)
    told: list[str] = []
    backup.restore(sibling("sqlite").settings, backup.create(any_engine, tmp_path), told.append)
    assert told[0] == "正在核对备份文件……"
    assert told[-1].startswith("恢复完成")


def test_two_backups_of_one_second_do_not_overwrite_each_other(
    engine: Engine, tmp_path: Path
) -> None:
    assert backup.create(engine, tmp_path) != backup.create(engine, tmp_path)


def test_a_lost_file_is_noted_and_does_not_stop_backup_or_restore(
    any_engine: Engine, sibling: Sibling, tmp_path: Path
) -> None:
    file = fill(any_engine)
    attachments.path_of(any_engine.files, file.sha256).unlink()
    told: list[str] = []
    target = sibling("sqlite")
    backup.restore(target.settings, backup.create(any_engine, tmp_path), told.append)
    assert file.sha256 in told[-1]
    assert rows(target) == rows(any_engine)


def test_a_backup_is_for_its_owner_only_and_complete_under_its_name(
    any_engine: Engine, tmp_path: Path
) -> None:
    fill(any_engine)
    path = backup.create(any_engine, tmp_path / "backups")
    assert path.stat().st_mode & 0o077 == 0
    assert list(path.parent.iterdir()) == [path]
    with tarfile.open(path) as archive:
        assert archive.getnames()[-1] == "manifest.json"
