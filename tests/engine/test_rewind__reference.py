"""Random drawings under random commands, returns and withdrawals do what BPMN says.

After every act the open steps, their variables, the timers with their moments and the end are what
the reference says, and the live workflow is the one its rows give.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.startup import Engine
from tests.proof.machine import GoesBack, Room, play

SEQUENCES = {"sqlite": 260, "postgresql": 40}  # the long run plays 10,000
SEED = 20260211


@pytest.mark.slow
def test_going_back_undoes_what_follows_and_nothing_else(
    any_engine: Engine, tmp_path: Path
) -> None:
    name = any_engine.database.dialect
    counted = play(Room(any_engine, tmp_path), SEQUENCES[name], SEED, GoesBack)
    assert counted["sequences"] >= SEQUENCES[name]
    for each in ("returned", "withdrawn", "not withdrawn", "timers", "reloads", "restarts"):
        assert counted[each] > 0, each
