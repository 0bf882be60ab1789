"""One door for files. The content lies on the disk under its own hash, the rest in the database.

Content is written, brought to the disk and only then named in the database: a row never points to
half a file. A file without a row (its command rolled back) is swept up later.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from engine import file_kinds
from engine.commands import run_once
from engine.errors import (
    Finding,
    GuichengError,
    Invalid,
    NotAllowed,
    NotFound,
    StorageUnavailable,
    TooLarge,
)
from engine.ids import new_id
from engine.model import Actor, File
from engine.storage import attachments as storage
from engine.storage import search_index
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

SEALED = "这个文件疑似涉密，已封存，任何人不能查看。请通过机要渠道办理。"
MIB = 1024 * 1024


class FileDamaged(GuichengError):
    """文件内容缺失，或与登记的校验值不符。请告诉系统管理员从备份恢复。"""

    code = "file-damaged"


def store(
    engine: Engine, actor: Actor, name: str, content: BinaryIO, *, key: str | None = None
) -> File:
    """Keep an uploaded file; it belongs to its uploader until a form takes it into an instance.

    One that looks classified is kept with a warning: only a person can tell. Raises NotAllowed,
    TooLarge, Invalid (kind, name), StorageUnavailable (disk full).
    """
    if not actor.has("staff"):
        raise NotAllowed("您的账号不办理公文，不能上传文件。")
    data = _read_limited(content, engine.settings.upload_mb)
    name = file_kinds.clean_name(name)
    media_type = file_kinds.check(name, data)
    sha256 = hashlib.sha256(data).hexdigest()
    write_content(engine.files, sha256, data)
    text = engine.registry.read_text(name, data)
    row = {
        "id": new_id(),
        "sha256": sha256,
        "name": name,
        "media_type": media_type,
        "size": len(data),
        "uploaded_by": actor.person_id,
        "uploaded_at": engine.clock.now(),
    }

    def work(connection: Connection) -> dict[str, Any]:
        storage.insert(connection, row)
        if text:
            search_index.keep_text(connection, str(row["id"]), text)
        return {"id": row["id"]}

    if key is None:
        with engine.database.write() as connection:
            answer = work(connection)
    else:
        body = {"name": name, "sha256": sha256}
        answer, _ = run_once(engine, actor.person_id, key, "attachments.store", body, work)
    with engine.database.read() as connection:
        stored = _file(_fetch(connection, actor, answer["id"]))
    return replace(stored, warning=engine.registry.look_at_upload(name, data))


def get(engine: Engine, actor: Actor, file_id: str) -> File:
    """A file without its content. NotFound for who may not see it."""
    with engine.database.read() as connection:
        return _file(_fetch(connection, actor, file_id))


def open(engine: Engine, actor: Actor, file_id: str) -> tuple[File, bytes]:
    """A file and its content. NotFound for who may not see it; FileDamaged when it was altered."""
    with engine.database.read() as connection:
        row = _fetch(connection, actor, file_id)
    if row["sealed_at"] is not None:
        raise NotAllowed(SEALED)
    return _file(row), _content(engine.files, row["sha256"])


def for_instance(engine: Engine, connection: Connection, instance_id: str) -> tuple[File, ...]:
    """The files of an instance, oldest first; the caller has checked that it may be seen."""
    return tuple(map(_file, storage.of_instance(connection, instance_id)))


def usable(
    connection: Connection, actor: Actor, ids: Iterable[str], instance_id: str
) -> dict[str, str]:
    """Of these files, those the actor may enter in a form: his own free ones, those already there.

    id → SHA-256 of the content.
    """
    return storage.usable(connection, actor, ids, instance_id)


def bind(connection: Connection, ids: Sequence[str], instance_id: str, field: str) -> None:
    """Take files into an instance, in the command's transaction. Refused when one is elsewhere."""
    wanted = set(ids)
    if storage.bind(connection, sorted(wanted), instance_id, field) != len(wanted):
        message = "有附件不存在，或已用于另一件。请重新上传后再提交。"
        raise Invalid([Finding(message, field=field, code="file-bound")])


def seal(connection: Connection, instance_id: str, at: datetime) -> int:
    """From now on nobody may open the files of an instance or find them; how many there are."""
    search_index.remove_files(connection, instance_id)
    return storage.seal(connection, instance_id, at)


def read(engine: Engine, connection: Connection, sha256: str) -> tuple[str, bytes] | None:
    """(name, content) by hash, for a procedure's own checks; None when unknown."""
    name = storage.name_of(connection, sha256)
    return None if name is None else (name, _content(engine.files, sha256))


def content_of(engine: Engine, sha256: str) -> bytes:
    """A content by its hash; FileDamaged when it is gone or was altered."""
    return _content(engine.files, sha256)


def is_intact(files: Path, sha256: str) -> bool:
    """Whether a content is there and still what it was."""
    try:
        _content(files, sha256)
    except FileDamaged:
        return False
    return True


def path_of(files: Path, sha256: str) -> Path:
    """Where a content lies."""
    return files / sha256[:2] / sha256


def write_content(files: Path, sha256: str, data: bytes) -> None:
    """Bring a content to the disk under its hash, whole or not at all."""
    path = path_of(files, sha256)
    partial = files / "partial" / new_id()
    try:
        partial.parent.mkdir(parents=True, exist_ok=True)
        path.parent.mkdir(exist_ok=True)
        try:
            with partial.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        for folder in (path.parent, files):
            _sync_folder(folder)
    except OSError as error:
        raise StorageUnavailable from error


def sweep_orphans(engine: Engine, older_than: timedelta) -> int:
    """Remove contents that no file has, left by commands that rolled back; returns how many.

    older_than: longer than any upload takes, an hour at least. A content that is uploaded anew
    while this runs has a fresh date and is put back.
    """
    limit = (engine.system_clock.now() - older_than).timestamp()
    with engine.database.read() as connection:
        kept = set(storage.referenced(connection))
    removed = 0
    for path in sorted(engine.files.glob("*/*")):
        if path.name in kept or not _older(path, limit):
            continue
        aside = engine.files / "partial" / new_id()
        aside.parent.mkdir(exist_ok=True)
        path.replace(aside)
        if not _older(aside, limit):
            aside.replace(path)
            continue
        aside.unlink()
        removed += 1
    return removed


def _older(path: Path, limit: float) -> bool:
    return path.stat().st_mtime < limit


def _sync_folder(folder: Path) -> None:
    """Bring a folder's names to the disk; Windows has no such call and needs none."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read_limited(content: BinaryIO, limit_mb: int) -> bytes:
    data = content.read(limit_mb * MIB + 1)
    if len(data) <= limit_mb * MIB:
        return data
    size = len(data)
    while chunk := content.read(MIB):
        size += len(chunk)
        if size > 10 * limit_mb * MIB:  # enough seen
            break
    raise TooLarge(
        f"文件有{size / MIB:.1f} MB，超过上限{limit_mb} MB。请压缩或拆分后重新上传。",
        size=size,
        limit=limit_mb * MIB,
    )


def _fetch(connection: Connection, actor: Actor, file_id: str) -> dict[str, Any]:
    row = storage.fetch(connection, actor, file_id)
    if row is None:
        raise NotFound
    return row


def _content(files: Path, sha256: str) -> bytes:
    try:
        data = path_of(files, sha256).read_bytes()
    except FileNotFoundError as error:
        raise FileDamaged from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise FileDamaged
    return data


def _file(row: Mapping[str, Any]) -> File:
    return File(
        id=row["id"],
        name=row["name"],
        size=row["size"],
        media_type=row["media_type"],
        field=row["field"],
        uploaded_by=row["uploader"],
        uploaded_at=row["uploaded_at"],
        sha256=row["sha256"],
    )
