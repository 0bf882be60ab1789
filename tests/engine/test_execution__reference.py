"""Random drawings under random commands, deadlines, reloads and restarts do what BPMN says."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.startup import Engine
from tests.proof.machine import Room, play

SEQUENCES = {"sqlite": 260, "postgresql": 40}  # the long run plays 10,000
SEED = 20260211


@pytest.mark.slow
def test_the_engine_does_what_the_reference_says(any_engine: Engine, tmp_path: Path) -> None:
    name = any_engine.database.dialect
    counted = play(Room(any_engine, tmp_path), SEQUENCES[name], SEED)
    assert counted["sequences"] >= SEQUENCES[name]
    assert min(counted[each] for each in ("timers", "messages", "reloads", "restarts")) > 0
