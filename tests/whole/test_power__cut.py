"""The power is cut fifty times under load: what was acknowledged stands, nothing stands twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.whole.cutting import cut_and_compare

KILLS = 50  # the long run does 1,000 on each database


@pytest.mark.slow
def test_fifty_cuts_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    told = cut_and_compare(tmp_path, KILLS, seed=20260211)
    assert told["acknowledged"] > KILLS
