"""The same with people who return and withdraw what was done."""

from __future__ import annotations

from tests.long import interleavings
from tests.proof.machine import GoesBack


def run(scale: float, seed: int) -> dict[str, object]:
    """The sequences played on each database; one that differs raises with its steps."""
    return interleavings.run(scale, seed, GoesBack)
