"""Four processes give commands to the same twenty instances: every one that was answered counts."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from engine.clock import SystemClock
from tests.long._contender import agree, begun, process, told
from tests.long._databases import DATABASES, Place, opened, place

INSTANCES, PROCESSES, FULL = 20, 4, 250  # commands of each process to each instance


def run(scale: float, seed: int) -> dict[str, object]:
    """How many commands were answered on each database, and how often somebody was faster."""
    commands = max(1, round(FULL * scale))
    figures: dict[str, object] = {"instances": INSTANCES, "processes": PROCESSES}
    for name in DATABASES:
        with place(name) as here, TemporaryDirectory() as drawn:
            figures |= {f"{name} {what}": found for what, found in _on(here, drawn, commands)}
    return figures


def _on(here: Place, drawn: str, commands: int) -> list[tuple[str, int]]:
    settings = here.furnished()
    with opened(settings, SystemClock()) as engine:
        ids = begun(engine, Path(drawn), INSTANCES)
    ledgers = [settings.data / f"ledger-{number}" for number in range(PROCESSES)]
    stop = settings.data / "stop"
    running = [process(settings, ledger, stop, commands, ids) for ledger in ledgers]
    assert [each.wait() for each in running] == [0] * PROCESSES
    with opened(settings, SystemClock()) as engine:
        answered = agree(engine, ledgers, ids)
    assert answered == commands * INSTANCES * PROCESSES
    return [("answered", answered), ("somebody was faster", told(ledgers)["refused"]), ("lost", 0)]
