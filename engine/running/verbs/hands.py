"""Who may hand an item on, and to whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from engine.duties import may_steer
from engine.errors import Finding
from engine.forms import Field
from engine.running import completing

if TYPE_CHECKING:
    from engine.running.verbs.verb import Asked

STEWARDS = "只有秘书长、办公室主任和系统管理员可以这样做。"


def not_a_steward(asked: Asked) -> str | None:
    """Why somebody may not steer; None for those who may."""
    return None if may_steer(asked.actor) else STEWARDS


def not_in_hand(asked: Asked) -> str | None:
    """Why the item is not in this person's own hands now; None when it is."""
    item = asked.item
    why = completing.refusal(item, asked.actor, asked.office)
    if why is not None:
        return why
    if item is not None and item.assignee_id is None:
        return "这件还没有认领，请先认领。"
    return None


def person_field(asked: Asked, label: str, people: Iterable[str], help: str = "") -> Field:
    """One person of these, named with his post."""
    options = tuple((each, _named(asked, each)) for each in people)
    return Field("person", label, "enum", required=True, options=options, help=help or None)


def persons_field(asked: Asked, label: str, people: Iterable[str], help: str = "") -> Field:
    """One or more persons of these."""
    options = tuple((each, _named(asked, each)) for each in people)
    return Field("persons", label, "enums", required=True, options=options, help=help or None)


def _named(asked: Asked, person: str) -> str:
    title = asked.office.title_of(person, asked.now)
    name = asked.office.person_name(person)
    away = "　外出" if asked.office.is_absent(person, asked.now) else ""
    return f"{name}（{title}）{away}" if title else f"{name}{away}"


def staff(asked: Asked) -> list[str]:
    """Everybody who is here and holds a post, but the person who asks."""
    office, now = asked.office, asked.now
    return [
        row.id
        for row in office.people()
        if row.id != asked.actor.person_id
        and not office.has_left(row.id, now)
        and office.memberships_of(row.id, now)
    ]


def takers(asked: Asked, verb: str) -> list[str]:
    """Those the office's rules let have the item."""
    busy = holders(asked)
    found = (each for each in staff(asked) if each not in busy)
    return [each for each in found if asked.against(verb, each) is None]


def holders(asked: Asked) -> set[str]:
    """Who has an open copy of this activation already: nobody gets two."""
    live = ("waiting", "open")
    return {each.assignee_id for each in asked.beside if each.state in live and each.assignee_id}


def away(asked: Asked, people: Iterable[str], key: str) -> Iterable[Finding]:
    """Whoever is away would leave it lying."""
    for each in people:
        if asked.office.is_absent(each, asked.now):
            name = asked.name(each)
            yield Finding(f"{name}外出期间不能接办，请另选一位。", key)


def given_to(person: str, by: str) -> dict[str, Any]:
    """The columns of an item that a person has handed to another, in the latter's own name."""
    return {
        "assignee_id": person,
        "group_code": None,
        "acted_for_id": None,
        "signature_form": "self",
        "substitution_id": None,
        "alert": None,
        "claimed_at": None,
        "given_by_id": by,
    }
