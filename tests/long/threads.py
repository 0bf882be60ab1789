"""Eight threads, 200 instances each, on the same specs: equal to the serial run."""

from __future__ import annotations

from tests.corpus.proving import furnished
from tests.engine.test_execution__threads import SHARED, THREADS, played

FULL = 200


def run(scale: float, seed: int) -> dict[str, object]:
    """The instances that were played; every thread must find what one alone finds."""
    count = max(1, int(FULL * scale))
    with furnished() as engine:
        for name in SHARED:
            [alone] = played(engine, name, count, threads=1)
            together = played(engine, name, count, threads=THREADS)
            assert not any(each.problems for each in alone), name
            assert all(each == alone for each in together), name
    return {"threads": THREADS, "instances_each": count, "drawings": list(SHARED)}
