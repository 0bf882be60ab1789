"""Keeps the search index: in the same transaction as what it is made of, only what changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine import bigrams
from engine.storage import prepared
from engine.storage.database import Connection
from engine.storage.prepared import insert_or_ignore
from engine.storage.search_tables import (
    attachment_text,
    search_document,
    search_entry,
    search_gram,
)
from engine.storage.tables import attachment, process_instance

HEADS = ("title", "number", "sender")
AT_ONCE = 900  # values in one statement


@dataclass(frozen=True, slots=True)
class Text:
    """A text of an instance to be found. kind: title, number, sender, file (source: its id)."""

    kind: str
    text: str
    source: str = ""
    name: str | None = None


def put(connection: Connection, instance_id: str, texts: Sequence[Text]) -> None:
    """Make these texts of an instance findable; an empty one is taken out."""
    document, known = _known(connection, instance_id)
    before = {(row.kind, row.source): row.folded for row in known}
    after = before | {(each.kind, each.source): bigrams.fold(each.text) for each in texts}
    _note_grams(connection, document, before.values(), after.values())
    _write(connection, document, texts)


def remove_files(connection: Connection, instance_id: str) -> None:
    """Let no file of an instance be found any more, and forget what was read in them."""
    kept = sa.select(attachment.c.id).where(attachment.c.instance_id == instance_id)
    connection.execute(sa.delete(attachment_text).where(attachment_text.c.attachment_id.in_(kept)))
    document, before = _known(connection, instance_id)
    after = [row.folded for row in before if row.kind != "file"]
    _note_grams(connection, document, [row.folded for row in before], after)
    gone = sa.and_(search_entry.c.document_id == document, search_entry.c.kind == "file")
    connection.execute(sa.delete(search_entry).where(gone))


def keep_text(connection: Connection, attachment_id: str, text: str) -> None:
    """What was read in a file at upload, until it belongs to an instance and after."""
    values = {"attachment_id": attachment_id, "text": _storable(text)}
    connection.execute(attachment_text.insert(), values)


def _storable(text: str) -> str:
    """The beginning of a text without what PostgreSQL cannot keep."""
    return text[: bigrams.LONGEST_TEXT].replace("\x00", "")


def put_new(
    connection: Connection, instance_id: str, heads: Mapping[str, str | None], files: Sequence[str]
) -> None:
    """Make findable what an instance has newly got: title, number, sender, files by their ids."""
    texts = [Text(name, heads[name] or "") for name in HEADS if name in heads]
    if files:
        texts += _texts_of(connection, files)
    if texts:
        put(connection, instance_id, texts)


def _texts_of(connection: Connection, ids: Sequence[str]) -> list[Text]:
    query = (
        sa.select(attachment.c.id, attachment.c.name, attachment_text.c.text)
        .outerjoin(attachment_text, attachment_text.c.attachment_id == attachment.c.id)
        .where(attachment.c.id.in_(list(ids)), attachment.c.sealed_at.is_(None))
    )
    return [
        Text("file", f"{row.name}\n{row.text or ''}", row.id, row.name)
        for row in connection.execute(query)
    ]


def _known(connection: Connection, instance_id: str) -> tuple[int, list[Any]]:
    """The number of an instance, given now if it has none, and its texts (kind, source, folded)."""
    query = (
        sa.select(
            search_document.c.id, search_entry.c.kind, search_entry.c.source, search_entry.c.folded
        )
        .outerjoin(search_entry, search_entry.c.document_id == search_document.c.id)
        .where(search_document.c.instance_id == instance_id)
    )
    rows = list(connection.execute(query))
    if rows:
        return rows[0].id, [row for row in rows if row.kind is not None]
    made = search_document.insert().values(instance_id=instance_id)
    return connection.execute(made.returning(search_document.c.id)).scalar_one(), []


def _note_grams(
    connection: Connection, document: int, before: Iterable[str], after: Iterable[str]
) -> None:
    old = frozenset[str]().union(*map(bigrams.grams, before))
    new = frozenset[str]().union(*map(bigrams.grams, after))
    gone = sorted(old - new)
    for begin in range(0, len(gone), AT_ONCE):
        some = search_gram.c.gram.in_(gone[begin : begin + AT_ONCE])
        connection.execute(
            sa.delete(search_gram).where(search_gram.c.document_id == document, some)
        )
    come = [{"gram": gram, "document_id": document} for gram in sorted(new - old)]
    if come:
        connection.execute(search_gram.insert(), come)


def _write(connection: Connection, document: int, texts: Sequence[Text]) -> None:
    rows = [
        {
            "document_id": document,
            "kind": each.kind,
            "source": each.source,
            "name": each.name,
            "text": each.text,
            "folded": bigrams.fold(each.text),
        }
        for each in texts
    ]
    prepared.upsert(connection, search_entry, rows)


# ---- making it anew --------------------------------------------------------------------------


def clear(connection: Connection) -> None:
    """Forget the whole index; what was read in files is kept until it is read again."""
    for table in (search_gram, search_entry, search_document):
        connection.execute(sa.delete(table))


def instances_after(connection: Connection, last: tuple[Any, str] | None, size: int) -> list[Any]:
    """Some instances in the order in which they began, locked against change."""
    table = process_instance
    query = sa.select(table.c.id, table.c.started_at, *(table.c[name] for name in HEADS))
    if last is not None:
        began, instance_id = (
            sa.literal(value, column.type)
            for value, column in zip(last, (table.c.started_at, table.c.id), strict=True)
        )
        query = query.where(
            sa.tuple_(table.c.started_at, table.c.id) > sa.tuple_(began, instance_id)
        )
    query = query.order_by(table.c.started_at, table.c.id).limit(size).with_for_update()
    return list(connection.execute(query))


def files_of(connection: Connection, instance_id: str) -> list[Any]:
    """The files of an instance that may be opened, with whether their text is known."""
    query = (
        sa.select(attachment.c.id, attachment.c.name, attachment.c.sha256)
        .where(attachment.c.instance_id == instance_id, attachment.c.sealed_at.is_(None))
        .order_by(attachment.c.uploaded_at, attachment.c.id)
    )
    return list(connection.execute(query))


def put_text(connection: Connection, attachment_id: str, text: str) -> None:
    """What was read in a file, unless that is known already."""
    values = {"attachment_id": attachment_id, "text": _storable(text)}
    insert_or_ignore(connection, attachment_text, values)
