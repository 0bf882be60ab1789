"""Random verbs by random persons on both databases: nothing is lost or doubled."""

from __future__ import annotations

from collections import Counter

from tests.long._databases import DATABASES, opened, place
from tests.long.interleavings import FULL, ROOM, SHARE
from tests.proof.people import play


def run(scale: float, seed: int) -> dict[str, object]:
    """The matters played on each database; one that differs raises with what happened."""
    figures: dict[str, object] = {}
    for name in DATABASES:
        wanted = max(1, round(FULL * scale * SHARE[name]))
        counted: Counter[str] = Counter()
        with place(name) as here:
            for first in range(0, wanted, ROOM):
                settings = here.furnished()
                with opened(settings) as engine:
                    sequences = min(ROOM, wanted - first)
                    counted += play(engine, here.folder / "drawn", sequences, seed + first)
                here.drop(settings)
        figures |= {f"{name} {what}": count for what, count in counted.items()}
    return figures
