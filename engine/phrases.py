"""常用语: sentences a person uses often, put into an opinion by one press. Each has his own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from engine.errors import Conflict, Finding, Invalid, NotFound
from engine.model import Actor
from engine.storage import phrases as rows

if TYPE_CHECKING:
    from engine.startup import Engine

MOST = 30  # of a person; more could not be found in a menu
LONGEST = 200  # characters


@dataclass(frozen=True, slots=True)
class Phrase:
    """One phrase."""

    id: str
    text: str


def mine(engine: Engine, actor: Actor) -> tuple[Phrase, ...]:
    """My phrases in my order."""
    with engine.database.read() as connection:
        return tuple(Phrase(row.id, row.text) for row in rows.of(connection, actor.person_id))


def add(engine: Engine, actor: Actor, text: str) -> None:
    """One more, at the end. Saying the same twice keeps one."""
    words = _checked(text)
    with engine.database.write() as connection:
        there = rows.of(connection, actor.person_id)
        if any(row.text == words for row in there):
            return
        if len(there) >= MOST:
            raise Conflict(f"常用语最多{MOST}条。请先删去不用的，再添加。")
        position = there[-1].position + 1 if there else 1
        values = {"id": uuid4().hex, "person_id": actor.person_id}
        rows.add(connection, values | {"position": position, "text": words})


def change(engine: Engine, actor: Actor, phrase_id: str, text: str) -> None:
    """Other words; NotFound when it is not mine."""
    with engine.database.write() as connection:
        if all(row.id != phrase_id for row in rows.of(connection, actor.person_id)):
            raise NotFound
        rows.update(connection, actor.person_id, phrase_id, {"text": _checked(text)})


def up(engine: Engine, actor: Actor, phrase_id: str) -> None:
    """One place further to the front."""
    with engine.database.write() as connection:
        order = [row.id for row in rows.of(connection, actor.person_id)]
        if phrase_id not in order:
            raise NotFound
        at = order.index(phrase_id)
        order.insert(max(0, at - 1), order.pop(at))
        for position, each in enumerate(order, start=1):
            rows.update(connection, actor.person_id, each, {"position": position})


def delete(engine: Engine, actor: Actor, phrase_id: str) -> None:
    """Take one away; NotFound when it is not mine."""
    with engine.database.write() as connection:
        if not rows.delete(connection, actor.person_id, phrase_id):
            raise NotFound


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
