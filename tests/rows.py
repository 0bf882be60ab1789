"""Looks into tables where no door shows a column."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from engine.running.context import CommandContext
from engine.startup import Engine
from engine.storage import tables


def responses_of(engine: Engine, instance_id: str) -> list[Any]:
    """Who answered, or was silent, in the order of recording."""
    query = sa.select(tables.response).where(tables.response.c.instance_id == instance_id)
    with engine.database.read() as connection:
        return list(connection.execute(query.order_by(tables.response.c.recorded_at)))


def jobs_of(engine: Engine, instance_id: str) -> list[Any]:
    """The timers of an instance, waiting, done or taken back."""
    query = sa.select(tables.job).where(tables.job.c.instance_id == instance_id)
    with engine.database.read() as connection:
        return list(connection.execute(query.order_by(tables.job.c.due_at)))


def signatures_of(engine: Engine, instance_id: str) -> list[Any]:
    """What was signed, oldest first."""
    query = sa.select(tables.signature).where(tables.signature.c.instance_id == instance_id)
    with engine.database.read() as connection:
        return list(connection.execute(query.order_by(tables.signature.c.system_at)))


def variables_of(engine: Engine, instance_id: str) -> dict[str, Any]:
    """The newest value of every variable of a running instance's own process."""
    with engine.database.read() as connection:
        context = CommandContext(engine, connection, engine.clock.now(), instance_id)
        return dict(context.subject(instance_id).variables)
