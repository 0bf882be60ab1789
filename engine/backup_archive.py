"""The backup file: one tar, its manifest last, the hash of every member in the manifest.

The file appears under its name only when it is complete and on the disk; one cut short has no
manifest and is refused. It holds personal data: only its owner may read it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from engine.errors import GuichengError, StorageUnavailable

MANIFEST = "manifest.json"
FORMAT = 1
CHUNK = 1024 * 1024
REQUIRED = {"at", "schema", "revision", "rows", "audit", "unsound_files", "members"}
MEMBER = re.compile(r"tables/[a-z_]+\.jsonl|anchors/anchors\.jsonl|files/[0-9a-f]{2}/[0-9a-f]{64}")


class BackupRefused(GuichengError):
    """这个备份不能用，没有恢复任何内容。"""

    code = "backup-refused"


class Writer:
    """Adds members to a tar and keeps the hash of each."""

    def __init__(self, archive: tarfile.TarFile, spool: Path) -> None:
        self.archive = archive
        self.spool = spool
        self.members: dict[str, str] = {}

    def add_lines(self, name: str, lines: Iterable[bytes]) -> int:
        """A member of lines; returns how many. Spooled to the disk first: a tar needs its size."""
        count = 0
        with TemporaryFile(dir=self.spool) as file:
            for line in lines:
                file.write(line)
                count += 1
            self._add(name, file, file.tell())
        return count

    def add_file(self, name: str, path: Path) -> str:
        """A member from a file; returns its SHA-256. FileNotFoundError without the file."""
        with path.open("rb") as file:
            return self._add(name, file, os.fstat(file.fileno()).st_size)

    def _add(self, name: str, file: IO[bytes], size: int) -> str:
        file.seek(0)
        found = _sha256(file)
        file.seek(0)
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        self.archive.addfile(member, file)
        self.members[name] = found
        return found


@contextmanager
def writing(path: Path, manifest: dict[str, Any]) -> Iterator[Writer]:
    """A new backup at `path`; the caller fills in `manifest` before the end.

    Nothing is left when it fails; a full disk raises StorageUnavailable.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        try:
            handle = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
            with open(handle, "wb") as file:
                with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
                    writer = Writer(archive, path.parent)
                    yield writer
                    manifest |= {"format": FORMAT, "members": writer.members}
                    writer.add_lines(MANIFEST, [json.dumps(manifest, ensure_ascii=False).encode()])
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise StorageUnavailable from error


class Reader:
    """A backup that is complete and unaltered."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self.archive = archive
        self.manifest = self._manifest()
        self._verify()

    @property
    def members(self) -> list[str]:
        """The names of everything in it but the manifest."""
        return list(self.manifest["members"])

    def open(self, name: str) -> IO[bytes]:
        """The content of a member, to be read once through."""
        try:
            file = self.archive.extractfile(name)
        except KeyError:
            file = None
        if file is None:
            raise BackupRefused(f"备份不完整，缺少{name}，没有恢复任何内容。请换一份备份。")
        return file

    def _manifest(self) -> dict[str, Any]:
        if MANIFEST not in self.archive.getnames():
            raise BackupRefused("备份不完整，没有清单，没有恢复任何内容。请换一份备份。")
        manifest: dict[str, Any] = json.loads(self.open(MANIFEST).read())
        if manifest.get("format") != FORMAT or not manifest.keys() >= REQUIRED:
            raise BackupRefused("备份的格式不是本程序所认识的，没有恢复任何内容。")
        return manifest

    def _verify(self) -> None:
        there = [name for name in self.archive.getnames() if name != MANIFEST]
        strange = set(there) - set(self.members)
        if strange or not all(MEMBER.fullmatch(name) for name in there):
            raise BackupRefused("备份里有清单之外的内容，没有恢复任何内容。请换一份备份。")
        for name, expected in self.manifest["members"].items():
            if _sha256(self.open(name)) != expected:
                raise BackupRefused(
                    f"备份中的{name}与清单的校验值不符，已损坏或被改动，没有恢复任何内容。"
                    "请换一份备份。"
                )


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """A backup, all its hashes verified. BackupRefused says what is wrong with it."""
    try:
        archive = tarfile.open(path, "r:")  # noqa: SIM115 — closed by the with below
    except (OSError, tarfile.TarError) as error:
        raise BackupRefused(f"读不出备份文件{path.name}，没有恢复任何内容。") from error
    with archive:
        try:
            reader = Reader(archive)
        except (tarfile.TarError, ValueError, AttributeError, EOFError) as error:
            raise BackupRefused from error
        yield reader


def _sha256(file: IO[bytes]) -> str:
    found = hashlib.sha256()
    while chunk := file.read(CHUNK):
        found.update(chunk)
    return found.hexdigest()
