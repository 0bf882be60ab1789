"""An installation on SQLite with the 23-step document and one person who does every step."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from engine import accounts, definitions, installation, instances, tasks
from engine.clock import ManualClock, parse_moment
from engine.model import Actor
from engine.procedure import Procedure, Registry
from engine.settings import Settings
from engine.startup import Engine, build
from processes.shared.assignment import resolve
from web.demo import office

MODEL = Path(__file__).parent / "model"
MORNING = parse_moment("2026-02-11T10:00:00+08:00")
HANDLER = "office_director"
OPINION = "同意。请按照市政府工作规则第三十二条规定办理，" * 20
ENTERED = {"opinion": OPINION, "handler": "李××", "detail": OPINION}
STEPS = 23

_keys = itertools.count()


def registry() -> Registry:
    """The benchmark's one procedure, started by the person who also does its steps."""
    starters = frozenset({HANDLER})
    procedure = Procedure("bench_document", "基准：二十三步办文", starter_roles=starters)
    return Registry([procedure, Procedure("bench_legal", "基准：合法性审查")], resolve)


@contextmanager
def installed() -> Iterator[tuple[Engine, Actor]]:
    """A fresh installation and its one handler."""
    with TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder), demo=True)
        known = registry()
        installation.prepare(settings, known)
        clock = ManualClock(MORNING)
        engine = build(settings, known, clock=clock, system_clock=clock)
        office.load(engine)
        definitions.deploy(engine, [MODEL])
        try:
            yield engine, accounts.actor_named(engine, HANDLER)
        finally:
            engine.close()


def start(engine: Engine, who: Actor, departments: int = 12) -> tuple[str, list[str]]:
    """Begin a document: (its id, the open items)."""
    values = {"ndept": departments} if departments != 12 else {}
    made = instances.start(engine, who, "bench_document", values, key=f"start-{next(_keys)}")
    return made.instance_id, list(made.opened)


def complete(engine: Engine, who: Actor, item: str) -> list[str]:
    """Do one step: the items that opened."""
    key = f"complete-{next(_keys)}"
    done = tasks.complete(engine, who, item, version=1, values=ENTERED, key=key)
    return list(done.opened)


def play(engine: Engine, who: Actor, departments: int = 12) -> int:
    """One document from start to end: how many completions it took."""
    _, waiting = start(engine, who, departments)
    done = 0
    while waiting:
        waiting += complete(engine, who, waiting.pop(0))
        done += 1
    return done
