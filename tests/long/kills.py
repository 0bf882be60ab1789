"""kill -9 of the server under load: nothing acknowledged is lost, nothing is done twice."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.long._databases import DATABASES, place
from tests.whole.cutting import cut_and_compare

FULL = 1_000  # on each database
FOLDER = 100  # kills of one installation, so that none grows old


def run(scale: float, seed: int) -> dict[str, object]:
    """How many kills, how many of them met a command under way, what the ledgers tell."""
    figures: dict[str, int] = {}
    for name in DATABASES:
        wanted = max(3, round(FULL * scale))
        with place(name) as here:
            for first in range(0, wanted, FOLDER):
                kills = min(FOLDER, wanted - first)
                database = here.fresh().database if name == "postgresql" else ""
                with TemporaryDirectory() as folder:
                    told = cut_and_compare(Path(folder), kills, seed + first, database)
                for what, count in {"kills": kills, **told}.items():
                    figures[f"{name} {what}"] = figures.get(f"{name} {what}", 0) + count
    return {**figures, "lost": 0, "doubled": 0}
