"""Tells people of what concerns them: rows of the outbox, written with what they tell of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from engine.running.settle import Case
    from engine.running.verbs.verb import Asked

PERSON = "person:"  # before a person's id, where a notice otherwise names a role


def tell(case: Case, people: Iterable[str | None], text: str, **more: Any) -> None:
    """Leave a notice for each of these people; nobody is told twice, and not of his own doing."""
    for person in dict.fromkeys(each for each in people if each):
        case.context.notices.append(
            {
                "id": uuid4().hex,
                "instance_id": case.context.instance_id,
                "kind": "notice",
                "name": f"{PERSON}{person}",
                "payload": {"text": text, **more},
                "created_at": case.context.now,
            }
        )


def of_item(
    case: Case, asked: Asked, people: Iterable[str | None], what: str, *, item_id: str | None = None
) -> None:
    """That somebody did something with an item: 孙××把“拟办”转给您办理."""
    item = asked.item
    assert item is not None
    text = f"{asked.actor.name}把“{item.element_name}”{what}。"
    others = [each for each in people if each != asked.actor.person_id]
    tell(case, others, text, item=item_id or item.id)


def of_instance(case: Case, asked: Asked, people: Iterable[str | None], what: str) -> None:
    """That somebody did something with an instance."""
    others = [each for each in people if each != asked.actor.person_id]
    tell(case, others, f"{asked.actor.name}{what}。")
