"""Where an item may go back to, and what its own withdrawal would undo: looked up in the workflow
with all its finished parts, told in work items. Changes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.running.context import CommandContext
from engine.spiff import Execution, taking_back
from engine.storage import workflows

if TYPE_CHECKING:
    from datetime import datetime

    from engine.spiff import CompiledDefinition
    from engine.spiff.taking_back import Undoing
    from engine.startup import Engine
    from engine.storage.database import Connection

WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Way:
    """A finished step an item may be returned to. item: as it was done last; alone: whether it can
    be corrected without going the way again, because nothing computed by what it entered."""

    item: Any
    undoing: Undoing
    alone: bool


@dataclass(frozen=True, slots=True)
class Backwards:
    """ways: the latest first; own: what taking back the item's own step undoes, None while it is
    still open for others."""

    ways: tuple[Way, ...] = ()
    own: Undoing | None = None


def look(
    engine: Engine,
    connection: Connection,
    definition: CompiledDefinition,
    items: Sequence[Any],
    item: Any,
    now: datetime,
) -> Backwards:
    """Look at a running instance. items: its live and done ones."""
    context = CommandContext(engine, connection, now, item.instance_id)
    found = workflows.read(connection, item.instance_id, finished=True)
    execution = Execution.load(definition, found, context)
    if item.state == "done":
        is_open = any(each.id == item.task_id for each in execution.open_tasks())
        own = None if is_open else taking_back.undoing(execution, item.task_id)
        return Backwards(own=own)
    undoings = taking_back.targets(execution, item.task_id)
    return Backwards(ways=tuple(_ways(definition, items, undoings)))


def _ways(
    definition: CompiledDefinition, items: Sequence[Any], undoings: Sequence[Undoing]
) -> Iterator[Way]:
    """One way a step and instance of it: of several rounds the last."""
    seen = set()
    for undoing in undoings:
        done = [each for each in items if (each.task_id, each.state) == (undoing.task_id, "done")]
        if not done:
            continue
        item = max(done, key=lambda each: (each.epoch, each.done_at))
        place = (item.process_key, item.element_id, *map(str, undoing.instance))
        if place not in seen:
            seen.add(place)
            yield Way(
                item, undoing, undoing.same_scope and not _computes(definition, item, undoing)
            )


def _computes(definition: CompiledDefinition, item: Any, undoing: Undoing) -> bool:
    """Whether anything since was computed by what the step's form asks."""
    form = definition.form_of(item.process_key, item.form)
    asked = {each.key for each in form.fields} if form is not None else set()
    return any(asked.intersection(WORD.findall(text)) for text in undoing.computed)
