"""The disk: full, or left with contents that no file has."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine import attachments
from engine.errors import StorageUnavailable
from engine.startup import Engine
from engine.storage.tables import attachment
from tests.engine.rows import person

ME = person("p_me")


@contextmanager
def no_room() -> Iterator[None]:
    """The system refuses to let any file grow beyond 64 KiB, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65536, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def contents(engine: Engine) -> list[Path]:
    return [path for path in engine.files.rglob("*") if path.is_file()]


def test_a_full_disk_is_told_calmly_and_leaves_nothing_half_written(engine: Engine) -> None:
    with no_room(), pytest.raises(StorageUnavailable, match="内容没有丢"):
        attachments.store(engine, ME, "大.txt", BytesIO(b"a" * 100_000))
    with engine.database.read() as connection:
        assert connection.execute(sa.select(attachment.c.id)).first() is None
    assert contents(engine) == []


def left_behind(engine: Engine, data: bytes, *, hours_old: float) -> Path:
    sha256 = f"{len(data):064d}"
    attachments.write_content(engine.files, sha256, data)
    path = attachments.path_of(engine.files, sha256)
    moment = (engine.system_clock.now() - timedelta(hours=hours_old)).timestamp()
    os.utime(path, (moment, moment))
    return path


def test_the_sweep_removes_old_contents_without_a_file_only(engine: Engine) -> None:
    kept = attachments.store(engine, ME, "留.txt", BytesIO("留".encode()))
    path = attachments.path_of(engine.files, kept.sha256)
    os.utime(path, (0, 0))
    old = left_behind(engine, b"x", hours_old=48)
    fresh = left_behind(engine, b"xx", hours_old=1)
    assert attachments.sweep_orphans(engine, timedelta(hours=24)) == 1
    assert (path.exists(), old.exists(), fresh.exists()) == (True, False, True)
    assert attachments.open(engine, ME, kept.id)[1] == "留".encode()
