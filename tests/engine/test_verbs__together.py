"""Random verbs by random persons, reloads and deadlines between: nothing is lost or doubled."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.startup import Engine
from tests.proof.people import play

SEQUENCES = {"sqlite": 260, "postgresql": 40}  # the long run plays 10,000
SEED = 20260211
MUST = ("return", "withdraw", "transfer", "delegate", "add_signer", "remove_signer", "refused")


@pytest.mark.slow
def test_people_who_use_their_verbs_lose_and_double_nothing(
    any_engine: Engine, tmp_path: Path
) -> None:
    sequences = SEQUENCES[any_engine.database.dialect]
    counted = play(any_engine, tmp_path, sequences, SEED)
    assert counted["sequences"] == sequences
    for each in MUST:
        assert counted[each] > 0, each
