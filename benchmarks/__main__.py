"""Every figure, side by side: `python -m benchmarks`. A missed gate ends with exit status 1."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from benchmarks import figures, inbox

ROUNDS = 5
LISTS_MS, OTHERS_MS = 30, 100  # the service level of a worklist; of what is beside it
PARTS = ("warm", "cold", "baseline", "floor")


@dataclass(frozen=True)
class Gate:
    """A figure that must hold. known: what was measured; at_least or at_most: the bound."""

    what: str
    known: float
    at_least: float | None = None
    at_most: float | None = None

    @property
    def held(self) -> bool:
        low = self.at_least is None or self.known >= self.at_least
        return low and (self.at_most is None or self.known <= self.at_most)


def main() -> int:
    """Measure, print, judge."""
    rates: dict[str, list[float]] = {part: [] for part in PARTS}
    for _ in range(ROUNDS):  # in turn, so that a slow minute slows all alike
        for part in PARTS:
            rates[part].append(_measured(part))
    middle = {part: median(found) for part, found in rates.items()}
    for part in PARTS:
        low, high = min(rates[part]), max(rates[part])
        print(f"{part:<12}{middle[part]:>9.1f} completions/s   ({low:.1f} to {high:.1f})")
    gates = list(_gates(middle, rates))
    for gate in gates:
        bound = f"≥ {gate.at_least}" if gate.at_least is not None else f"≤ {gate.at_most}"
        print(f"{'ok ' if gate.held else 'NO '} {gate.what:<58}{gate.known:>9.2f}   {bound}")
    return 0 if all(gate.held for gate in gates) else 1


def _gates(middle: dict[str, float], rates: dict[str, list[float]]) -> Iterator[Gate]:
    pairs = zip(rates["warm"], rates["baseline"], strict=True)
    ratio = median(ours / theirs for ours, theirs in pairs)
    yield Gate("warm against the library as it comes", ratio, at_least=8)
    share = median(a / b for a, b in zip(rates["warm"], rates["floor"], strict=True))
    yield Gate("warm against a bare transaction with the same bytes", share, at_least=0.125)
    yield Gate("cold, every workflow rebuilt from rows, per second", middle["cold"], at_least=80)
    counted = figures.statements()
    yield Gate("statements of a completion, at the most", counted.most, at_most=12)
    yield Gate("transactions of a completion", counted.commits, at_most=1)
    yield Gate("a step with 100 departments against one with 5", figures.departments(), at_most=1.5)
    yield Gate("a round at 1,000 against a round at 100", figures.rounds(), at_most=1.5)
    opening = figures.openings()
    yield Gate("opening 2,000 finished tasks in finished scopes against 20", opening, at_most=2)
    for dialect in ("sqlite", "postgresql"):
        for look, cost in _inbox(dialect).items():
            bound = LISTS_MS if look in inbox.LISTS else OTHERS_MS
            yield Gate(f"{dialect}, 100,000 open, p95 ms: {look}", cost, at_most=bound)


def _inbox(dialect: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.inbox", dialect]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _measured(part: str) -> float:
    command = [sys.executable, "-m", "benchmarks.figures", part]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout)


if __name__ == "__main__":
    raise SystemExit(main())
