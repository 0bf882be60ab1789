"""Steps whose decisions are signed: which they are, what was signed at them, one more signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine import signing
from engine.model import Actor, Signed
from engine.running.entering import Entered
from engine.running.settle import Work
from engine.running.signers import COUNTING
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.spiff import CompiledDefinition


def is_signed(definition: CompiledDefinition, item: Any) -> bool:
    """Whether what this person says at this step is signed: not what he is only asked first."""
    element = definition.elements[item.process_key, item.element_id]
    return "sign" in element.properties and item.kind in COUNTING


def signatures_of(
    connection: Connection, definition: CompiledDefinition, items: Sequence[Any]
) -> dict[str, Signed]:
    """What was signed at these items of one instance; asked only when there can be something."""
    done = [each for each in items if each.state == "done" and is_signed(definition, each)]
    return signing.of_instance(connection, done[0].instance_id) if done else {}


def sign(
    work: Work,
    item: Any,
    actor: Actor,
    entered: Entered,
    said: str | None,
    confirmed_by: str,
    data: Mapping[str, Any],
) -> dict[str, Any]:
    """The signature of a step that is signed, kept with the hash of the text it is about."""
    expression = work.definition.elements[item.process_key, item.element_id].properties["sign"]
    text = work.execution.evaluate(expression, data)
    decision = {
        "outcome": entered.outcome,
        "outcome_label": entered.outcome_label,
        "comment": said,
        "values": {key: value for key, value in entered.data.items() if value is not None},
    }
    return signing.sign(
        work.engine,
        work.context,
        item,
        actor,
        text=None if text is None else str(text),
        decision=decision,
        confirmed_by=confirmed_by,
    )
