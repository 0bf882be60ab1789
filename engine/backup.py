"""One consistent copy of database and files, and back, into either kind of database.

The tables are read in one snapshot, so the copy may be made while people work. Files are written
before the rows that name them, so every file of the snapshot is on the disk.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine import anchors, verification
from engine.attachments import path_of, write_content
from engine.backup_archive import BackupRefused, Reader, Writer, reading, writing
from engine.settings import Settings
from engine.storage import attachments as files
from engine.storage import dump
from engine.storage import history as links
from engine.storage.database import Connection, Database
from engine.storage.snapshot import snapshot
from engine.verification import Report

if TYPE_CHECKING:
    from engine.startup import Engine

__all__ = ["BackupRefused", "create", "restore"]

ANCHORS = "anchors/anchors.jsonl"
Progress = Callable[[str], None]


def create(engine: Engine, folder: Path) -> Path:
    """Write a backup into `folder` and return its path. StorageUnavailable when the disk is full.

    A file that is lost or altered on the disk does not stop the backup: it is noted in the manifest
    under `unsound_files`, as are findings about the history under `audit`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    now = engine.system_clock.now()
    path = _free_name(folder, f"guicheng-{now:%Y%m%d-%H%M%S}")
    manifest: dict[str, Any] = {"audit": None, "at": now.isoformat(), "schema": {}}
    noted = anchors.read(engine.settings.data)
    with writing(path, manifest) as writer:
        if anchors.file_in(engine.settings.data).exists():
            writer.add_file(ANCHORS, anchors.file_in(engine.settings.data))
        with snapshot(engine.database) as connection:
            manifest["revision"] = dump.revision(connection)
            tables = dump.as_stored(connection)
            manifest["schema"] = dump.schema(tables.values())
            if manifest["schema"] == dump.schema():
                manifest["audit"] = _audit(connection, noted)[0]
            manifest["rows"] = {
                name: writer.add_lines(f"tables/{name}.jsonl", dump.lines(connection, table))
                for name, table in tables.items()
            }
            wanted = list(files.referenced(connection))
        manifest["unsound_files"] = _add_files(writer, engine.files, wanted)
    return path


def restore(settings: Settings, path: Path, progress: Progress = lambda _: None) -> Report:
    """Fill an empty installation from a backup; returns what the check of the history found.

    All or nothing. BackupRefused when the backup is incomplete or altered, comes from another
    version, or the target is not empty; findings about the history that were known when the backup
    was made do not stop it.
    """
    progress("正在核对备份文件……")
    with reading(path) as backup:
        manifest = backup.manifest
        if manifest["schema"] != dump.schema():
            raise BackupRefused(
                f"备份由另一版本的程序做成（{manifest['revision'] or '未标版本'}），"
                "请用那个版本恢复，再升级。没有恢复任何内容。"
            )
        with _empty_folder(settings.data), _target(settings) as connection:
            progress("正在恢复数据库……")
            _load(connection, backup)
            progress("正在恢复文件……")
            _write_files(settings.data, backup)
            progress("正在核对历史记录……")
            audit, report = _audit(connection, anchors.read(settings.data))
            if audit != manifest["audit"]:
                raise BackupRefused("恢复后的历史记录与备份时不一致，已全部撤销。请换一份备份。")
    progress(f"恢复完成：{sum(manifest['rows'].values())}行，历史{report.links}条。")
    for sha256 in manifest["unsound_files"]:
        progress(f"注意：文件{sha256}在备份时已缺失或损坏，未能恢复。")
    return report


def _audit(connection: Connection, noted: anchors.Noted) -> tuple[dict[str, Any], Report]:
    heads = links.heads(connection)
    report = verification.check(links.read_all(connection), heads, noted)
    audit = {
        "root": anchors.root(heads, "sha256"),
        "chains": report.chains,
        "links": report.links,
        "problems": list(report.problems),
    }
    return audit, report


def _add_files(writer: Writer, folder: Path, wanted: list[str]) -> list[str]:
    unsound: list[str] = []
    for sha256 in wanted:
        path = path_of(folder, sha256)
        name = f"files/{sha256[:2]}/{sha256}"
        if not path.exists() or writer.add_file(name, path) != sha256:
            unsound.append(sha256)
    return unsound


def _load(connection: Connection, backup: Reader) -> None:
    if not dump.is_empty(connection):
        raise BackupRefused("目标数据库里已有数据，没有恢复任何内容。请恢复到一个空的数据库。")
    dump.prepare(connection, backup.manifest["revision"])
    for name in dump.schema():
        expected = backup.manifest["rows"].get(name)
        loaded = dump.load(connection, name, backup.open(f"tables/{name}.jsonl"))
        if loaded != expected:
            raise BackupRefused(f"表{name}应有{expected}行，备份中有{loaded}行，已全部撤销。")
    dump.count_on(connection)


def _write_files(data: Path, backup: Reader) -> None:
    for name in backup.members:
        sha256 = name.rpartition("/")[2]
        if name.startswith("files/") and sha256 not in backup.manifest["unsound_files"]:
            write_content(data / "files", sha256, backup.open(name).read())
        elif name == ANCHORS:
            target = anchors.file_in(data)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(backup.open(name).read())


@contextmanager
def _empty_folder(data: Path) -> Iterator[None]:
    """Refuse a data folder that holds files or anchors; leave it empty again after a failure."""
    folders = (data / "files", anchors.file_in(data).parent)
    if any(path.is_file() for folder in folders for path in folder.rglob("*")):
        raise BackupRefused(
            f"目标文件夹{data}里已有文件，没有恢复任何内容。请恢复到一个空的数据文件夹。"
        )
    data.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        raise


@contextmanager
def _target(settings: Settings) -> Iterator[Connection]:
    """One writing transaction on the target database."""
    database = Database(settings.database_url)
    try:
        with database.write() as connection:
            yield connection
    finally:
        database.dispose()


def _free_name(folder: Path, stem: str) -> Path:
    path = folder / f"{stem}.tar"
    number = 2
    while path.exists():
        path = folder / f"{stem}-{number}.tar"
        number += 1
    return path
