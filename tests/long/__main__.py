"""make test-long SCALE=… PARTS=…: runs the parts and keeps their figures with the seed.

`benchmarks/results/long_<part>.json` is the last run of a part; `long.json` adds all runs up: how
many, with which seeds, which did not hold, what was counted together and what was worst.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import secrets
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import tests.long

MEASURED = (" ms", "worst_milliseconds", "worst_megabytes", "most_steps", "compiled_percent")
MEASURED += ("statements", "times_each", "threads", "processes", "instances")
FEWER_IS_WORSE = "compiled_percent"
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
        except Exception as error:  # whatever it is, the other parts are run too
            figures |= {"held": False, "what": f"{type(error).__name__}: {error}"[:2000]}
            failed += 1
        figures["seconds"] = round(time.monotonic() - began, 1)
        figures["at"] = datetime.now(UTC).isoformat(timespec="seconds")
        figures["load"] = round(os.getloadavg()[0], 1)  # others at work on this machine
        RESULTS.mkdir(parents=True, exist_ok=True)
        text = json.dumps(figures, ensure_ascii=False, indent=2)
        (RESULTS / f"long_{name}.json").write_text(text + "\n", "utf-8")
        add_up(figures)
        print(text, flush=True)
    return 1 if failed else 0


def add_up(figures: dict[str, object]) -> None:
    """Put a run to those that were before it."""
    path = RESULTS / "long.json"
    known = json.loads(path.read_text("utf-8")) if path.exists() else {}
    part = known.setdefault(str(figures["part"]), {"runs": [], "together": {}, "worst": {}})
    kept = ("scale", "seed", "held", "what", "seconds", "load", "at")
    part["runs"].append({name: figures[name] for name in kept if name in figures})
    for name, value in figures.items():
        if name in (*kept, "part") or isinstance(value, bool) or not isinstance(value, int | float):
            continue
        if name.startswith(MEASURED) or name.endswith(MEASURED):
            worse = min if name.startswith(FEWER_IS_WORSE) else max
            part["worst"][name] = worse(part["worst"].get(name, value), value)
        else:
            part["together"][name] = part["together"].get(name, 0) + value
    text = json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    given = sys.argv[1:]
    scale = float(given[0]) if given else 0.05
    chosen = int(given[1]) if len(given) > 1 and given[1] else secrets.randbelow(10**9)
    sys.exit(main(scale, given[2:], chosen))
