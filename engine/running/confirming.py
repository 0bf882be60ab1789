"""Before a decision is taken: is it signed, does it stand as it is, and who is at the screen?

In this order, so that nobody is asked for a code that is then used up for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine import definitions, directory, signing
from engine.commands import is_known
from engine.errors import Invalid
from engine.model import Actor
from engine.running import completing, decisions
from engine.running.context import CommandContext
from engine.storage import access, work_items

if TYPE_CHECKING:
    from engine.startup import Engine


@dataclass(frozen=True, slots=True)
class Entered:
    """What somebody submits at a step."""

    version: int
    values: Mapping[str, Any]
    outcome: str | None
    comment: str | None


def confirmed(
    engine: Engine, actor: Actor, task_id: str, entered: Entered, given: str | None, *, key: str
) -> str | None:
    """How the person was confirmed (password, code, session); None where there is nothing to
    confirm: nothing was given, the step is not signed, or this very request was answered before.

    A step that is signed refuses by itself what comes to it without this. Raises Invalid with
    every finding of the form, or that what was given is wrong; TooMany while the account is locked.
    """
    if not given or not _is_due(engine, actor, task_id, entered, key):
        return None
    try:
        return signing.confirm(engine, actor, signing.demanded(engine), given)
    except Invalid:
        with engine.database.read() as connection:
            if is_known(connection, actor.person_id, key):  # twice at once: the other was first
                return None
        raise


def _is_due(engine: Engine, actor: Actor, task_id: str, entered: Entered, key: str) -> bool:
    with engine.database.read() as connection:
        item = work_items.get(connection, task_id, access.may_see_item(actor))
        if item is None or item.state != "open":
            return False  # the command itself says why not
        definition = definitions.compiled(engine, item.definition_id, connection)
        if not decisions.is_signed(definition, item):
            return False
        if is_known(connection, actor.person_id, key):
            return False
        office = directory.snapshot(engine, connection)
        completing.refuse_others(item, actor, entered.version, office)
        context = CommandContext(engine, connection, engine.clock.now(), item.instance_id)
        completing.check(
            context,
            definition,
            item,
            actor,
            entered.values,
            entered.outcome,
            entered.comment,
            data=completing.task_data(connection, item),
        )
    return True
