"""A damaged, altered or foreign backup is refused with a sentence, and the target stays empty."""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from engine import attachments, backup, history
from engine.backup import BackupRefused
from engine.settings import Settings
from engine.startup import Engine
from engine.storage.database import Database
from engine.storage.dump import is_empty
from tests.engine.rows import add_instance, person

Members = dict[str, bytes]


@pytest.fixture
def made(engine: Engine, tmp_path: Path) -> Path:
    add_instance(engine, "i1", links=3)
    attachments.store(engine, person("p1"), "一.txt", BytesIO("一".encode()))
    history.anchor(engine)
    return backup.create(engine, tmp_path)


def rewrite(path: Path, change: Callable[[Members], None]) -> None:
    """Take the tar apart, change its members, put it together again."""
    with tarfile.open(path) as archive:
        members = {name: archive.extractfile(name).read() for name in archive.getnames()}  # type: ignore[union-attr]
    change(members)
    with tarfile.open(path, "w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, BytesIO(content))


def refusal(path: Path, tmp_path: Path) -> str:
    settings = Settings(data=tmp_path / "target")
    with pytest.raises(BackupRefused) as caught:
        backup.restore(settings, path)
    left = [each for each in settings.data.rglob("*") if "guicheng.db" not in each.name]
    assert [each for each in left if each.is_file()] == []
    if settings.data.exists():
        database = Database(settings.database_url)
        with database.read() as connection:
            assert is_empty(connection)
        database.dispose()
    return caught.value.message


def test_a_backup_cut_short_is_refused(made: Path, tmp_path: Path) -> None:
    made.write_bytes(made.read_bytes()[: made.stat().st_size // 2])
    assert "没有恢复任何内容" in refusal(made, tmp_path)


def test_something_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(b"not a tar")
    assert refusal(path, tmp_path) == "读不出备份文件x.tar，没有恢复任何内容。"
    assert "读不出备份文件" in refusal(tmp_path / "missing.tar", tmp_path)


def test_an_altered_member_is_named(made: Path, tmp_path: Path) -> None:
    def alter(members: Members) -> None:
        name = "tables/process_instance.jsonl"
        members[name] = members[name].replace("请示".encode(), "批示".encode())

    rewrite(made, alter)
    assert "备份中的tables/process_instance.jsonl与清单的校验值不符" in refusal(made, tmp_path)


def test_a_missing_member_is_named(made: Path, tmp_path: Path) -> None:
    def drop(members: Members) -> None:
        del members["tables/fact.jsonl"]

    rewrite(made, drop)
    assert "缺少tables/fact.jsonl" in refusal(made, tmp_path)


def test_a_member_that_is_not_in_the_manifest_is_refused(made: Path, tmp_path: Path) -> None:
    rewrite(made, lambda members: members.update({"../evil": b"x"}))
    assert "清单之外" in refusal(made, tmp_path)


def forge(path: Path, change: Callable[[Members, dict[str, Any]], None]) -> None:
    """Alter members and make the manifest fit again, as somebody might who knows how."""

    def alter(members: Members) -> None:
        manifest = json.loads(members["manifest.json"])
        change(members, manifest)
        for name in manifest["members"]:
            manifest["members"][name] = _sha256(members[name])
        members["manifest.json"] = json.dumps(manifest).encode()

    rewrite(path, alter)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_a_forged_history_is_seen_though_all_hashes_fit(made: Path, tmp_path: Path) -> None:
    def change(members: Members, manifest: dict[str, Any]) -> None:
        name = "tables/history.jsonl"
        members[name] = members[name].replace(b'"p_starter"', b'"p_forger"')

    forge(made, change)
    assert "历史记录与备份时不一致" in refusal(made, tmp_path)


def test_a_dropped_row_is_seen_though_all_hashes_fit(made: Path, tmp_path: Path) -> None:
    def change(members: Members, manifest: dict[str, Any]) -> None:
        members["tables/attachment.jsonl"] = b""

    forge(made, change)
    assert "表attachment应有1行，备份中有0行" in refusal(made, tmp_path)


def test_a_backup_of_another_version_is_refused(made: Path, tmp_path: Path) -> None:
    forge(made, lambda _, manifest: manifest["schema"]["fact"].append("new_column"))
    assert "另一版本的程序" in refusal(made, tmp_path)


def test_a_path_out_of_the_folder_is_refused(made: Path, tmp_path: Path) -> None:
    def change(members: Members, manifest: dict[str, Any]) -> None:
        members["files/../../evil"] = b"x"
        manifest["members"]["files/../../evil"] = ""

    forge(made, change)
    assert "清单之外" in refusal(made, tmp_path)
    assert list(tmp_path.rglob("evil")) == []
