"""Many instances at once on specs that threads share do what they do one after the other."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from engine import definitions
from engine.startup import Engine
from tests.corpus.playing import Played, play
from tests.corpus.proving import furnished

THREADS, EACH = 8, 25  # the long run does 200 each
RUNS = Path(__file__).parent.parent / "corpus" / "runs"
SHARED = ("multi-instance-sub-process-with-deadline", "parallel-in-a-loop", "call-activity")


def played(engine: Engine, name: str, count: int, threads: int) -> list[list[Played]]:
    """What the same seeds give, by one thread or by several at once."""
    definitions.deploy(engine, [RUNS / f"{name}.bpmn"])
    key = definitions.keys_of([RUNS / f"{name}.bpmn"])[0]
    with engine.database.read() as connection:
        row = definitions.rows.current(connection, key)
    definition = definitions.compiled(engine, row.id)
    found: list[list[Played]] = [[] for _ in range(threads)]

    def work(place: int) -> None:
        found[place] = [play(engine, definition, seed) for seed in range(count)]

    workers = [threading.Thread(target=work, args=(place,)) for place in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return found


@pytest.mark.parametrize("name", SHARED)
def test_threads_on_shared_specs_equal_the_serial_run(name: str) -> None:
    with furnished() as engine:
        [alone] = played(engine, name, EACH, threads=1)
        together = played(engine, name, EACH, threads=THREADS)
    assert len(alone) == EACH
    assert not any(each.problems for each in alone)
    assert all(each == alone for each in together)
