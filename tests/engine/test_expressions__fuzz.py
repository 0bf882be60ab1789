"""Random expressions of the grammar and mutated attacks; the long run does a million of them."""

from __future__ import annotations

import pytest

from engine import expression_guards as guards
from tests.long import expressions as fuzz

INPUTS = 1_500
LARGEST_CHUNK = 2 * guards.LONGEST_VALUE  # the last payment may go over by one value


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_escapes_and_the_budget_holds(seed: int) -> None:
    figures = fuzz.run_inputs(seed, INPUTS, measured=False)
    assert float(str(figures["compiled_percent"])) >= 60
    assert int(str(figures["most_steps"])) <= guards.MOST_STEPS + LARGEST_CHUNK


def test_eight_threads_compute_what_one_does() -> None:
    assert fuzz.threads_agree(seed=3, inputs=60)
