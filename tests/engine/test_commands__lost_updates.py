"""Several processes act on the same instances at once: every command counts, none is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.clock import SystemClock
from engine.startup import Engine
from tests.long._contender import agree, begun, process

INSTANCES, PROCESSES, COMMANDS = 3, 2, 10


@pytest.mark.slow
def test_what_two_processes_do_to_the_same_instances_adds_up(
    any_engine: Engine, tmp_path: Path
) -> None:
    any_engine.clock = any_engine.system_clock = SystemClock()
    ids = begun(any_engine, tmp_path, INSTANCES)
    ledgers = [tmp_path / f"ledger-{number}" for number in range(PROCESSES)]
    running = [
        process(any_engine.settings, ledger, tmp_path / "stop", COMMANDS, ids) for ledger in ledgers
    ]
    assert [each.wait(timeout=300) for each in running] == [0] * PROCESSES
    assert agree(any_engine, ledgers, ids) == INSTANCES * PROCESSES * COMMANDS
