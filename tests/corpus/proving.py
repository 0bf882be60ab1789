"""The proof for one file: it deploys and runs to an end or a named wait, or is refused by name."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from engine import definitions
from engine.clock import ManualClock, parse_moment
from engine.diagnostics.names import declared
from engine.diagnostics.reading import each
from engine.errors import Diagnosis, GuichengError
from engine.settings import Settings
from engine.startup import Engine, build
from engine.storage import tables
from engine.strict_xml import read_xml
from engine.time_limit import within
from processes import discover
from tests.corpus.playing import play
from tests.corpus.shelf import shelf
from web.demo import office

MORNING = parse_moment("2026-02-11T10:00:00+08:00")
LIMIT = 60.0  # seconds for one file; what takes longer hangs


@dataclass(frozen=True, slots=True)
class Verdict:
    """kind: "runs", "refused" or "fails". words: how it went. findings: of the check."""

    path: Path
    kind: str
    words: str
    findings: tuple[Diagnosis, ...] = ()


@contextlib.contextmanager
def furnished() -> Iterator[Engine]:
    """An engine of its own with the demo office, to deploy into."""
    with TemporaryDirectory() as folder:
        engine = build(
            Settings(data=Path(folder), demo=True), discover(), clock=ManualClock(MORNING)
        )
        with engine.database.write() as connection:
            tables.create_all(connection)
        office.load(engine)
        yield engine
        engine.close()


def prove(engine: Engine, path: Path, rounds: int = 5) -> Verdict:
    """The verdict on one file; an exception or a hang is a failure, never passed on."""
    try:
        return within(LIMIT, lambda: _proven(engine, path, rounds))
    except GuichengError as error:
        return Verdict(path, "fails", f"{type(error).__name__}: {error.message}")
    except Exception as error:
        return Verdict(path, "fails", f"{type(error).__name__}: {error}")


def _proven(engine: Engine, path: Path, rounds: int) -> Verdict:
    registry = engine.registry
    found = tuple(
        definitions.check(
            [path],
            registry.functions(),
            registry.conventions,
            roles=definitions.roles(engine),
            clauses=registry.clauses,
        )
    )
    unclear = [each for each in found if not (each.message and each.remedy and each.code)]
    if unclear:
        return Verdict(path, "fails", f"a finding without words: {unclear[0]}", found)
    if any(each.refuses for each in found):
        codes = sorted({each.code for each in found if each.refuses})
        return Verdict(path, "refused", f"refused: {', '.join(codes)}", found)
    definitions.deploy(engine, [path])
    outcomes: dict[str, None] = {}
    for key in _started(path):
        for seed in range(rounds):
            with engine.database.read() as connection:
                row = definitions.rows.current(connection, key)
            with shelf(engine, row, seed) as rows:
                played = play(engine, definitions.compiled(engine, row.id), seed, rows)
            if played.problems:
                words = f"{key}, seed {seed}: {'; '.join(played.problems)}"
                return Verdict(path, "fails", words, found)
            outcomes[played.outcome] = None
    return Verdict(path, "runs", "; ".join(outcomes) or "is only called", found)


def _started(path: Path) -> list[str]:
    """The processes that are not only there to be called by others."""
    root = read_xml(path.read_bytes(), path.name)
    called = {node.get("calledElement") for node in each(root, "callActivity")}
    return [
        process.get("id")
        for process in each(root, "process")
        if process.get("id") not in called and not declared(process, "dataInput")
    ]
