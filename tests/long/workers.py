"""Workers on one PostgreSQL, killed at random while timers fire: none lost, none doubled."""

from __future__ import annotations

import random
import signal
from functools import partial
from itertools import count as counting
from itertools import islice

from engine.clock import SystemClock
from engine.startup import Engine
from tests.long._databases import opened, place
from tests.whole.crew import (
    Crew,
    agree,
    armed,
    at_present_version,
    in_flight,
    statuses,
    undelivered,
    until,
)

INSTANCES, KILLS, WORKERS = 20_000, 200, 3
PATIENCE = 3600.0  # seconds


def run(scale: float, seed: int) -> dict[str, object]:
    """How many timers fired, and how many kills hit a worker in the middle of a transaction."""
    count, kills = max(50, int(INSTANCES * scale)), max(3, int(KILLS * scale))
    chance = random.Random(seed)
    with place("postgresql") as where:
        settings = where.furnished()
        with opened(settings, SystemClock()) as engine:
            at_present_version(engine)
            instances = armed(engine, where.folder, count)
            crew = Crew(settings)
            try:
                hit = _killed(engine, crew, chance, count, kills)
                until(lambda: "waiting" not in statuses(engine), PATIENCE)
                until(lambda: undelivered(engine) == 0, PATIENCE)
            finally:
                crew.clear()
            agree(engine, instances)
    assert hit >= kills * 0.3, f"only {hit} of {kills} kills hit a transaction"
    return {"timers": count, "kills": kills, "hit": hit, "lost": 0, "doubled": 0}


def _killed(engine: Engine, crew: Crew, chance: random.Random, count: int, kills: int) -> int:
    """Kill one worker after another, each after some more timers have fired. It is held before, so
    that the database tells what it was at when it was killed."""
    names = (f"worker-{number}" for number in counting())
    at_work = [(name, crew.worker(name)) for name in islice(names, WORKERS)]
    hit = 0
    for kill in range(kills):
        wanted = min(count, int(count * (kill + chance.random()) / (kills + 1)))
        until(partial(_done, engine, wanted), PATIENCE)
        name, victim = at_work.pop(chance.randrange(WORKERS))
        victim.send(signal.SIGSTOP)
        hit += in_flight(engine, name)
        victim.send(signal.SIGKILL)
        victim.process.wait()
        name = next(names)
        at_work.append((name, crew.worker(name)))
    return hit


def _done(engine: Engine, wanted: int) -> bool:
    return statuses(engine).count("done") >= wanted
