"""Asks the search index. Who may see an instance is part of the question, not asked after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from engine import bigrams
from engine.model import Actor
from engine.storage.access import may_see_instance
from engine.storage.database import Connection
from engine.storage.instances import with_definition
from engine.storage.search_tables import search_document, search_entry, search_gram
from engine.storage.tables import process_instance

Condition = sa.ColumnElement[bool]
ENOUGH = 1000  # rows after which a gram is called frequent


def said_in_instance(asked: str) -> Condition:
    """A condition on rows of process_instance: every word of the question stands in its texts."""
    words = bigrams.words(asked)
    if not words:
        return sa.false()
    of_it = search_document.c.instance_id == process_instance.c.id
    return (
        sa.exists()
        .where(of_it, *_holds(search_document.c.id, words, bigrams.wanted(words)))
        .correlate(process_instance)
    )


def _holds(
    document: sa.ColumnElement[int], words: Sequence[str], grams: Sequence[str]
) -> list[Condition]:
    """That a document holds the grams, and each word in one of its texts."""
    found: list[Condition] = []
    for gram in grams:
        row = search_gram.alias()
        found.append(sa.exists().where(row.c.gram == gram, row.c.document_id == document))
    for word in words:
        if len(word) > 2:  # of one or two characters the gram is proof enough
            entry = search_entry.alias()
            said = entry.c.folded.contains(word, autoescape=True)
            found.append(sa.exists().where(entry.c.document_id == document, said))
    return found


def find(
    connection: Connection, actor: Actor, words: Sequence[str], size: int, below: int | None
) -> list[Any]:
    """Instances this person may see in which every word stands, the newest first."""
    rarest, conditions = _conditions(connection, actor, words)
    if rarest is None:
        return []
    query = _source(with_definition().add_columns(search_document.c.id.label("document")))
    query = query.where(search_gram.c.gram == rarest, *conditions)
    if below is not None:
        query = query.where(search_gram.c.document_id < below)
    return list(connection.execute(query.order_by(search_gram.c.document_id.desc()).limit(size)))


def count(connection: Connection, actor: Actor, words: Sequence[str], cap: int) -> int:
    """How many there are, up to one more than the cap."""
    rarest, conditions = _conditions(connection, actor, words)
    if rarest is None:
        return 0
    query = _source(sa.select(search_document.c.id).select_from(process_instance))
    query = query.where(search_gram.c.gram == rarest, *conditions).limit(cap + 1)
    return connection.execute(sa.select(sa.func.count()).select_from(query.subquery())).scalar_one()


def _source(query: Any) -> Any:
    return query.join(search_document, search_document.c.instance_id == process_instance.c.id).join(
        search_gram, search_gram.c.document_id == search_document.c.id
    )


def _conditions(
    connection: Connection, actor: Actor, words: Sequence[str]
) -> tuple[str | None, list[Condition]]:
    """The gram to begin with, the rarest, and what else has to hold; None when one is nowhere."""
    grams = bigrams.wanted(words)
    columns = []
    for number, gram in enumerate(grams):
        some = sa.select(search_gram.c.gram).where(search_gram.c.gram == gram).limit(ENOUGH)
        counted = sa.select(sa.func.count()).select_from(some.subquery())
        columns.append(counted.scalar_subquery().label(f"g{number}"))
    numbers = list(connection.execute(sa.select(*columns)).one())
    if min(numbers) == 0:
        return None, []
    rarest = max(zip(numbers, range(len(grams)), grams, strict=True), key=_promising)[2]
    others = [gram for gram in grams if gram != rarest]
    return rarest, [*_holds(search_gram.c.document_id, words, others), may_see_instance(actor)]


def _promising(counted: tuple[int, int, str]) -> tuple[int, int]:
    """The rarest first; of those that were not counted to their end the last: in 〔2026〕1234号
    every year has its 20 and 26, and few numbers end alike."""
    number, place, _ = counted
    return -number, place


def texts_of(connection: Connection, documents: Sequence[int], words: Sequence[str]) -> list[Any]:
    """The texts of these documents in which a word stands: rows of search_entry."""
    said = sa.or_(*(search_entry.c.folded.contains(word, autoescape=True) for word in words))
    query = sa.select(search_entry).where(search_entry.c.document_id.in_(list(documents)), said)
    return list(connection.execute(query)) if documents else []
