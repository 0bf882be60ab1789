"""Keeps what is played as rows of the database and takes it up again from them, by chance."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from engine import accounts, instances
from engine.running.context import CommandContext
from engine.spiff import Execution, rows
from engine.startup import Engine
from engine.storage import instances as instance_rows
from engine.storage import workflows
from engine.storage.database import Connection
from tests.rebuilt import prove

REBUILT = 0.6  # of the steps; the others go on with what is in memory, as in a busy process


class Shelf:
    """The rows of one instance. rebuilt: how often it was taken up from them."""

    def __init__(self, connection: Connection, instance_id: str, seed: str) -> None:
        self.connection, self.instance_id = connection, instance_id
        self.chance = random.Random(f"{seed} rows")
        self.rebuilt = 0

    def put(self, execution: Execution, context: CommandContext) -> Execution:
        """Store what changed, hold the rows against it, and give what to go on with."""
        execution.timer_changes()  # asked in this order, as when a command settles
        workflows.save(self.connection, self.instance_id, execution.changes())
        stored = workflows.read(self.connection, self.instance_id)
        every = workflows.read(self.connection, self.instance_id, finished=True)
        prove(execution.let_go(), stored, every)
        if execution.completed or self.chance.random() >= REBUILT:
            return execution
        self.rebuilt += 1
        return Execution.load(execution.definition, stored, context)

    def whole(self, execution: Execution) -> Any:
        """The workflow as the rows tell it, with the scopes that are over."""
        definition = execution.definition
        every = workflows.read(self.connection, self.instance_id, finished=True)
        return rows.decode(every, definition.spec, dict(definition.subprocess_specs))


class _EnoughSeen(Exception):
    """Ends the transaction without a trace."""


@contextmanager
def shelf(engine: Engine, definition: Any, seed: int) -> Iterator[Shelf]:
    """A new instance of a deployed definition (its row), for as long as it is played."""
    instance_id = uuid4().hex
    actor = accounts.actor_named(engine, "gov_clerk")
    head = instances._first_head(instance_id, definition, actor, engine.clock.now())
    try:
        with engine.database.write() as connection:
            instance_rows.insert(connection, head)
            yield Shelf(connection, instance_id, f"{definition.key} {seed}")
            raise _EnoughSeen
    except _EnoughSeen:
        return
