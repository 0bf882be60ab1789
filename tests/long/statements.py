"""Killed at every statement of the transaction in which a deadline fires: once, never twice.

A child fires what is due and kills itself before its n-th statement (the last one is the commit).
Whoever comes next finds everything undone or everything done, and finishes what is left.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from engine import accounts, history, instances, timers
from engine.clock import ManualClock, parse_moment
from engine.settings import Settings
from engine.startup import Engine
from engine.storage import tables
from tests.corpus.drawing import around, boundary, flow, person
from tests.diagrams import install
from tests.long._databases import DATABASES, Place, opened, place
from tests.rebuilt import ProvedWorkflows

FULL = 20  # times at each statement
NOON = parse_moment("2026-02-11T12:00:00+08:00")
MOST_STATEMENTS = 300
TIMED = around("A", "C", steps=person("A") + person("C") + boundary("B", "A") + person("D"))
TIMED += flow("B", "D", "E")


def run(scale: float, seed: int) -> dict[str, object]:
    """How many statements the transaction has, and how often it was killed at each."""
    times = max(1, round(FULL * scale))
    figures: dict[str, object] = {"times_each": times}
    for name in DATABASES:
        with place(name) as here, TemporaryDirectory() as drawn:
            counted = _on(here, Path(drawn), times)
            figures |= {f"{name} {what}": count for what, count in counted.items()}
    return figures


def _on(here: Place, drawn: Path, times: int) -> Counter[str]:
    prepared = here.furnished()
    with opened(prepared) as engine:
        instance_id = _waiting(engine, drawn)
    counted: Counter[str] = Counter()
    for statement in range(1, MOST_STATEMENTS):
        for _ in range(times):
            settings = here.copy(prepared)
            killed = _fired_by_a_child(settings, statement)
            counted["kills"] += killed
            counted["kills after the commit"] += killed and _has_fired(settings, instance_id)
            _finished_by_the_next(settings, instance_id)
            here.drop(settings)
        if not killed:
            counted["statements"] = statement - 1
            return counted
    raise AssertionError("the transaction does not end")


def _waiting(engine: Engine, drawn: Path) -> str:
    """An instance with a step that a deadline at noon cuts off."""
    forms = Path(__file__).parent.parent / "corpus" / "runs" / "forms" / "note.json"
    files = {"forms/note.json": forms.read_text("utf-8")}
    install(engine, drawn, "timed", TIMED, files=files)
    actor = accounts.actor_named(engine, "gov_clerk")
    return instances.start(engine, actor, "timed", {}, key=uuid4().hex).instance_id


def _fired_by_a_child(settings: Settings, statement: int) -> bool:
    """Whether a child process was killed before it reached the end."""
    child = os.fork()
    if child == 0:
        try:
            with opened(settings, ManualClock(NOON)) as engine:
                _cut_at(engine, statement)
                timers.fire_due(engine)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _cut_at(engine: Engine, statement: int) -> None:
    """Kill this process before its n-th statement; a commit counts as one."""
    done = 0

    def count(*_: Any) -> None:
        nonlocal done
        done += 1
        if done == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    pool = engine.database.engine
    sa.event.listen(pool, "before_cursor_execute", count)
    sa.event.listen(pool, "commit", count)


def _has_fired(settings: Settings, instance_id: str) -> bool:
    with opened(settings, ManualClock(NOON)) as engine:
        return _fired(engine, instance_id) > 0


def _fired(engine: Engine, instance_id: str) -> int:
    links = tables.history
    query = sa.select(sa.func.count()).where(
        links.c.chain == instance_id, links.c.kind == "timer.fired"
    )
    with engine.database.read() as connection:
        return int(connection.execute(query).scalar_one())


def _finished_by_the_next(settings: Settings, instance_id: str) -> None:
    """The next sweep leaves exactly one firing, one open step behind it, and a sound chain."""
    with opened(settings, ManualClock(NOON)) as engine:
        engine.kept = ProvedWorkflows(engine)
        before = _fired(engine, instance_id)
        assert timers.fire_due(engine) == 1 - before
        assert _fired(engine, instance_id) == 1
        actor = accounts.actor_named(engine, "gov_clerk")
        open_items = instances.get(engine, actor, instance_id).open_items
        assert [item.element_id for item in open_items] == ["D"]
        assert history.verify(engine).ok
