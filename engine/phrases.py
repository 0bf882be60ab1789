"""常用语: sentences used often, put into an opinion by one press.

Everybody has his own, and every unit has some for all who work there; whoever works there keeps
them, and it shows who wrote one last.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine import directory
from engine.errors import Conflict, Finding, Invalid, NotFound
from engine.ids import new_id
from engine.model import Actor
from engine.storage import phrases as rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

MOST = 30  # of a person or a unit; more could not be found in a menu
LONGEST = 200  # characters


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase. by: the name of who wrote it, for those of a unit."""

    id: str
    text: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Shared:
    """The phrases of one unit."""

    org: str
    name: str
    phrases: tuple[Phrase, ...] = ()


def mine(engine: Engine, actor: Actor) -> tuple[Phrase, ...]:
    """My own phrases in my order."""
    with engine.database.read() as connection:
        return tuple(Phrase(row.id, row.text) for row in rows.of(connection, actor.person_id))


def offered(engine: Engine, actor: Actor) -> tuple[Phrase, ...]:
    """What I can choose from while I write: my own, then those of the units I work in."""
    with engine.database.read() as connection:
        found = rows.of(connection, actor.person_id, actor.orgs)
    return tuple(Phrase(row.id, row.text) for row in found)


def of_units(engine: Engine, actor: Actor) -> tuple[Shared, ...]:
    """The units I work in, each with its phrases."""
    with engine.database.read() as connection:
        office = directory.snapshot(engine, connection)
        found = rows.of(connection, actor.person_id, actor.orgs)
    return tuple(
        Shared(
            org,
            office.org_name(org, engine.clock.now()),
            tuple(
                Phrase(row.id, row.text, office.person_name(row.person_id))
                for row in found
                if row.org == org
            ),
        )
        for org in sorted(actor.orgs)
    )


def add(engine: Engine, actor: Actor, text: str, org: str | None = None) -> None:
    """One more, at the end, of my own or of a unit I work in. Saying the same twice keeps one."""
    if org is not None and org not in actor.orgs:
        raise NotFound
    words = _checked(text)
    with engine.database.write() as connection:
        there = [row for row in rows.of(connection, actor.person_id, actor.orgs) if row.org == org]
        if any(row.text == words for row in there):
            return
        if len(there) >= MOST:
            raise Conflict(f"常用语最多{MOST}条。请先删去不用的，再添加。")
        position = there[-1].position + 1 if there else 1
        values = {"id": new_id(), "person_id": actor.person_id, "org": org}
        rows.add(connection, values | {"position": position, "text": words})


def change(engine: Engine, actor: Actor, phrase_id: str, text: str) -> None:
    """Other words; NotFound when it is neither mine nor of a unit of mine."""
    with engine.database.write() as connection:
        _list_with(connection, actor, phrase_id)
        changed = {"text": _checked(text), "person_id": actor.person_id}
        rows.update(connection, phrase_id, changed)


def up(engine: Engine, actor: Actor, phrase_id: str) -> None:
    """One place further to the front of its list."""
    with engine.database.write() as connection:
        order = [row.id for row in _list_with(connection, actor, phrase_id)]
        at = order.index(phrase_id)
        order.insert(max(0, at - 1), order.pop(at))
        for position, each in enumerate(order, start=1):
            rows.update(connection, each, {"position": position})


def delete(engine: Engine, actor: Actor, phrase_id: str) -> None:
    """Take one away; NotFound when it is neither mine nor of a unit of mine."""
    with engine.database.write() as connection:
        _list_with(connection, actor, phrase_id)
        rows.delete(connection, phrase_id)


def _list_with(connection: Connection, actor: Actor, phrase_id: str) -> list[Any]:
    """The list that holds a phrase, in order, if this person may change it."""
    found = rows.of(connection, actor.person_id, actor.orgs)
    own = next((row for row in found if row.id == phrase_id), None)
    if own is None:
        raise NotFound
    return [row for row in found if row.org == own.org]


def joined(opinion: str | None, words: str) -> str:
    """An opinion with a phrase at its end."""
    return f"{(opinion or '').rstrip()}{words}"


def _checked(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        raise Invalid([Finding("请写出要常用的话。", field="text")])
    if len(words) > LONGEST:
        raise Invalid([Finding(f"一条常用语最多{LONGEST}个字。", field="text")])
    return words
