"""python -m tests.upgrade.freezing: keep a database of this program in which everything waits."""

from __future__ import annotations

import gzip
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

from engine import backup, definitions, installation
from engine.clock import ManualClock, parse_moment
from engine.settings import Settings
from engine.startup import build
from processes import discover
from tests.upgrade import documents, post
from tests.upgrade.waiting import WAITING, begin
from web.demo import office

ROOT = Path(__file__).parent.parent.parent
FROZEN = Path(__file__).with_name("frozen")
MORNING = parse_moment("2026-02-11T10:00:00+08:00")


def version() -> str:
    """Of this program."""
    found: str = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    return found


def freeze() -> Path:
    """A file for this version and schema; one that is there already is never written over."""
    with TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder) / "var", demo=True)
        prepared = installation.prepare(settings, discover())
        target = FROZEN / f"{version()}-{prepared.now}.tar.gz"
        assert not target.exists(), f"{target.name} is there and stays as it is"
        clock = ManualClock(MORNING)
        engine = build(settings, discover(), clock=clock, system_clock=clock)
        office.load(engine)
        definitions.deploy(engine, [ROOT / "bpmn_models"])
        documents.begin(engine)
        post.undelivered(engine)
        for name in WAITING:
            begin(engine, Path(folder) / "drawn", name)
        documents.grant(engine)
        made = backup.create(engine, Path(folder) / "backups")
        engine.close()
        FROZEN.mkdir(exist_ok=True)
        target.write_bytes(gzip.compress(made.read_bytes(), mtime=0))
    return target


if __name__ == "__main__":
    print(freeze())
