"""make test-long SCALE=… PARTS=…: runs the parts and keeps their figures with the seed."""

from __future__ import annotations

import importlib
import json
import pkgutil
import secrets
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import tests.long

RESULTS = Path(__file__).parent.parent.parent / "benchmarks" / "results"


def parts() -> list[str]:
    """The names of all parts."""
    return [
        info.name
        for info in pkgutil.iter_modules(tests.long.__path__)
        if not info.name.startswith("_")
    ]


def main(scale: float, wanted: list[str], seed: int) -> int:
    """The exit status: 0 when everything held."""
    failed = 0
    for name in wanted or parts():
        began = time.monotonic()
        figures: dict[str, object] = {"part": name, "scale": scale, "seed": seed}
        try:
            figures |= importlib.import_module(f"tests.long.{name}").run(scale, seed)
            figures["held"] = True
        except AssertionError as error:
            figures |= {"held": False, "what": str(error)[:2000]}
            failed += 1
        figures["seconds"] = round(time.monotonic() - began, 1)
        figures["at"] = datetime.now(UTC).isoformat(timespec="seconds")
        RESULTS.mkdir(parents=True, exist_ok=True)
        text = json.dumps(figures, ensure_ascii=False, indent=2)
        (RESULTS / f"long_{name}.json").write_text(text + "\n", "utf-8")
        print(text, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    given = sys.argv[1:]
    scale = float(given[0]) if given else 0.05
    chosen = int(given[1]) if len(given) > 1 and given[1] else secrets.randbelow(10**9)
    sys.exit(main(scale, given[2:], chosen))
