"""Random drawings under random commands, deadlines, reloads and restarts do what BPMN says."""

from __future__ import annotations

from collections import Counter

from tests.long._databases import DATABASES, opened, place
from tests.proof.machine import Plays, Room, play

FULL = 10_000
SHARE = {"sqlite": 0.9, "postgresql": 0.1}  # of the sequences; rows and rules are the same
ROOM = 100  # sequences in one database, so that none grows old


def run(scale: float, seed: int, machine: type[Plays] = Plays) -> dict[str, object]:
    """The sequences played on each database; one that differs raises with its steps."""
    figures: dict[str, object] = {}
    for name in DATABASES:
        wanted = max(1, round(FULL * scale * SHARE[name]))
        counted: Counter[str] = Counter()
        with place(name) as here:
            for first in range(0, wanted, ROOM):
                settings = here.furnished()
                drawn = here.folder / "drawn"
                with opened(settings) as engine:
                    room = Room(engine, drawn)
                    counted += play(room, min(ROOM, wanted - first), seed + first, machine)
                    room.engine.close()
                here.drop(settings)
        figures |= {f"{name} {what}": count for what, count in counted.items()}
    return figures
