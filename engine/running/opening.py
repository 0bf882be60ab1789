"""Takes up an instance for a command: lock, definition, rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine import definitions
from engine.errors import Conflict, NotFound
from engine.running.context import CommandContext
from engine.running.settle import Case, Work
from engine.spiff import Execution
from engine.storage import instances as instance_rows
from engine.storage import work_items, workflows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.calendar import Calendar
    from engine.spiff import CompiledDefinition
    from engine.startup import Engine

ENDED = {"completed": "这件已经办结，不能再办理。", "cancelled": "这件已经终止，不能再办理。"}


def take_up(
    engine: Engine,
    connection: Connection,
    instance_id: str,
    now: datetime,
    *,
    suspended_too: bool = False,
) -> Work:
    """Lock a running instance and take it up. Conflict when it has ended or rests (挂起)."""
    row = instance_rows.lock(connection, instance_id)
    return load(engine, connection, row, now, suspended_too=suspended_too)


def load(
    engine: Engine,
    connection: Connection,
    instance: Any | None,
    now: datetime,
    *,
    only_look: bool = False,
    calendar: Calendar | None = None,
    suspended_too: bool = False,
    whole: bool = False,
    of_item: str | None = None,
) -> Work:
    """Take up an instance whose row is locked. NotFound without one, Conflict when it has ended.

    only_look: what is done will be undone, so a kept workflow is left alone. calendar: another than
    the present one, to see what it would move. suspended_too: although it rests (挂起). whole: with
    the parts in which everything is finished. of_item: take up the items of this one's activation
    only, for what concerns no others.
    """
    instance = running(instance)
    if not suspended_too:
        refuse_suspended(instance)
    definition = definitions.compiled(engine, instance.definition_id, connection)
    context = CommandContext(engine, connection, now, instance.id)
    if calendar is not None:
        context.calendar = calendar
    kept = None if only_look else engine.kept.take(instance.id, instance.flow_version)
    execution = (
        Execution.load(definition, workflows.read(connection, instance.id, finished=whole), context)
        if kept is None or whole
        else Execution.resume(kept, context)
    )
    live = (
        work_items.of_instance(connection, instance.id, work_items.LIVE)
        if of_item is None
        else work_items.of_activation(connection, instance.id, of_item)
    )
    return Work(
        engine=engine,
        context=context,
        instance=instance,
        definition=definition,
        execution=execution,
        live_items=live,
    )


def beside(
    engine: Engine,
    connection: Connection,
    instance: Any,
    now: datetime,
    definition: CompiledDefinition,
    live: Sequence[Any],
) -> Case:
    """Take up an instance whose row is locked for something that does not move its flow."""
    return Case(
        engine=engine,
        context=CommandContext(engine, connection, now, instance.id),
        instance=instance,
        definition=definition,
        live_items=live,
    )


def refuse_suspended(instance: Any) -> None:
    """Raise Conflict while an instance rests (挂起)."""
    why = resting(instance)
    if why is not None:
        raise Conflict(why)


def resting(instance: Any) -> str | None:
    """Why nothing can be done with an instance now; None when it is not suspended."""
    if instance.suspended_at is None:
        return None
    return f"这件已挂起，恢复以后才能办理。挂起的原因：{instance.suspend_reason}"


def locked(connection: Connection, instance_id: str) -> Any:
    """The row of a running instance, locked. Conflict when it has ended."""
    return running(instance_rows.lock(connection, instance_id))


def running(instance: Any | None) -> Any:
    """The row as it is. NotFound without one, Conflict when the instance has ended."""
    if instance is None:
        raise NotFound
    if instance.state != "running":
        raise Conflict(ENDED[instance.state])
    return instance
