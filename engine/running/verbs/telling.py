"""Tells those concerned of what somebody has done with a task or an instance."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.running.settle import Case
    from engine.running.verbs.verb import Asked


def tell(
    case: Case,
    asked: Asked,
    kind: str,
    people: Iterable[str | None],
    *,
    item_id: str | None = None,
) -> None:
    """A notice of a kind (engine.notices) for each of these people but whoever did it himself."""
    me, item = asked.actor.person_id, asked.item
    others = dict.fromkeys(each for each in people if each and each != me)
    if not others:
        return
    step = item.element_name if item is not None else ""
    about = item_id or (item.id if item is not None else None)
    case.context.tell(kind, others, work_item_id=about, step=step, by=asked.actor.name)
