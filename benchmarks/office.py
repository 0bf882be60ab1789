"""An installation on SQLite with the 23-step document and one person who does every step."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from engine import accounts, definitions, installation, instances, tasks
from engine.clock import ManualClock, parse_moment
from engine.model import Actor
from engine.procedure import Procedure, Registry
from engine.settings import Settings
from engine.startup import Engine, build, spare_what_stands
from processes.shared.assignment import resolve
from web.demo import office

MODEL = Path(__file__).parent / "model"
MORNING = parse_moment("2026-02-11T10:00:00+08:00")
HANDLER = "office_director"
OPINION = "同意。请按照市政府工作规则第三十二条规定办理，" * 20
STEPS = 23
TASKS_OF_AN_ITEM = 7  # of the model with finished scopes: one of the scope outside, six inside
LOOKS = 40

_keys = itertools.count()


def registry() -> Registry:
    """The benchmark's one procedure, started by the person who also does its steps."""
    starters = frozenset({HANDLER})
    procedure = Procedure("bench_document", "基准：二十三步办文", starter_roles=starters)
    finished = Procedure("bench_finished", "基准：走完的部分", starter_roles=starters)
    legal = Procedure("bench_legal", "基准：合法性审查")
    return Registry([procedure, legal, finished], resolve)


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
        spare_what_stands()  # as a server does when it stands
        try:
            yield engine, accounts.actor_named(engine, HANDLER)
        finally:
            engine.close()


@dataclass
class Spent:
    """What a number of completions cost. cpu, wall: seconds."""

    completions: int = 0
    cpu: float = 0.0
    wall: float = 0.0

    @contextmanager
    def one(self) -> Iterator[None]:
        cpu, wall = time.process_time(), time.perf_counter()
        yield
        self.cpu += time.process_time() - cpu
        self.wall += time.perf_counter() - wall
        self.completions += 1


def play(engine: Engine, who: Actor, spent: Spent, *, departments: int = 12) -> None:
    """One document from start to end; only its completions are counted."""
    begun = instances.start(
        engine, who, "bench_document", {"ndept": departments}, key=f"start-{next(_keys)}"
    )
    waiting = list(begun.opened)
    while waiting:
        item = waiting.pop(0)
        step = tasks.get(engine, who, item).row.element_id
        key, values = f"complete-{next(_keys)}", entered(step)
        with spent.one():
            done = tasks.complete(engine, who, item, version=1, values=values, key=key)
        waiting += done.opened


def entered(step: str) -> dict[str, str]:
    """What is typed into the form of a step: fields of its own, about 2.8 KB."""
    return {f"{step}_opinion": OPINION, f"{step}_handler": "李××", f"{step}_detail": OPINION}


def rounds(engine: Engine, who: Actor, count: int) -> list[float]:
    """Draft and check again and again: the CPU seconds of each round."""
    begun = instances.start(engine, who, "bench_document", {"ndept": 1}, key=f"start-{next(_keys)}")
    item, costs = begun.opened[0], []
    for _ in range(count):
        spent = Spent()
        for values in (entered("draft"), entered("check") | {"again": True}):
            key = f"complete-{next(_keys)}"
            with spent.one():
                done = tasks.complete(engine, who, item, version=1, values=values, key=key)
            item = done.opened[0]
        costs.append(spent.cpu)
    return costs


def openings(engine: Engine, who: Actor, finished: int) -> list[float]:
    """Look again and again, each time from the rows, at what would follow in an instance with about
    so many finished tasks in finished scopes: the CPU seconds of each look. Keeps nothing."""
    begun = instances.start(
        engine,
        who,
        "bench_finished",
        {"ndept": max(1, finished // TASKS_OF_AN_ITEM)},
        key=f"start-{next(_keys)}",
    )
    costs = []
    for _ in range(LOOKS):
        spent = Spent()
        with spent.one():
            tasks.preview(engine, who, begun.opened[0], values=entered("draft"))
        costs.append(spent.cpu)
    return costs
