"""Search in everything one may see: title, number, sender, and the text and names of files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import bigrams, directory
from engine.attachments import FileDamaged, content_of
from engine.errors import Invalid
from engine.model import Actor, Hit, Place, Stretch
from engine.running import views
from engine.storage import search_index, search_queries
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

LARGEST_PAGE = 100
BATCH = 100
MOST = 99  # hits that are counted; whoever has more writes another word
LOST = "这一页的位置读不出来，请从第一页看起。"
KINDS = {"title": "标题", "number": "文号", "sender": "来文单位", "file": "正文和附件"}
LARGEST_NUMBER = 2**31 - 1


def find(
    engine: Engine, actor: Actor, asked: str, *, size: int = 20, at: str | None = None
) -> Stretch[Hit]:
    """The instances in which every word stands, newest first, each with where it was found.

    at: the `after` of an earlier answer. Nothing is found for a question without a letter, digit or
    character. Raises Invalid for a place that cannot be read.
    """
    words, size = bigrams.words(asked), min(max(1, size), LARGEST_PAGE)
    below = _place(at)
    if not words:
        return Stretch((), 0, size)
    with engine.database.read() as connection:
        rows = search_queries.find(connection, actor, words, size + 1, below)
        shown = rows[:size]
        texts = search_queries.texts_of(connection, [row.document for row in shown], words)
        office = directory.snapshot(engine, connection)
        heads = views.instance_rows(engine, connection, shown, office)
        whole = below is None and len(rows) <= size
        total = len(rows) if whole else search_queries.count(connection, actor, words, MOST)
    places: dict[int, list[Place]] = {}
    for text in sorted(texts, key=lambda each: list(KINDS).index(each.kind)):
        places.setdefault(text.document_id, []).append(_found(text, words))
    hits = tuple(
        Hit(head, bigrams.marked(head.title, words), tuple(places.get(row.document, ())))
        for head, row in zip(heads, shown, strict=True)
    )
    after = str(shown[-1].document) if len(rows) > size else None
    return Stretch(hits, min(total, MOST), size, total > MOST, after=after)


def _place(at: str | None) -> int | None:
    if not at:
        return None
    if not (at.isascii() and at.isdigit() and int(at) <= LARGEST_NUMBER):
        raise Invalid(message=LOST)
    return int(at)


def _found(text: Any, words: tuple[str, ...]) -> Place:
    kind, name, said, source = text.kind, text.name, text.text, text.source
    if kind != "file":
        return Place(kind, KINDS[kind], bigrams.marked(said, words))
    body = said.partition("\n")[2]
    if any(word in bigrams.fold(body) for word in words):
        return Place(kind, f"《{name}》", bigrams.snippet(body, words), source)
    return Place(kind, "文件名", bigrams.marked(name, words), source)


def reindex(engine: Engine) -> int:
    """Make the index anew from the instances and their files; returns how many instances.

    Work goes on meanwhile: each batch is a transaction of its own, and what is being changed is
    locked. Until it is done a search finds only a part.
    """
    with engine.database.write() as connection:
        search_index.clear(connection)
    done, last = 0, None
    while True:
        with engine.database.write() as connection:
            rows = search_index.instances_after(connection, last, BATCH)
            for row in rows:
                heads = {name: getattr(row, name) for name in search_index.HEADS}
                files = _read_files(engine, connection, row.id)
                search_index.put_new(connection, row.id, heads, files)
        done += len(rows)
        if len(rows) < BATCH:
            return done
        last = (rows[-1].started_at, rows[-1].id)


def _read_files(engine: Engine, connection: Connection, instance_id: str) -> list[str]:
    """Read again what an instance's files say; their ids."""
    files = search_index.files_of(connection, instance_id)
    for file in files:
        try:
            content = content_of(engine, file.sha256)
        except (
            FileDamaged
        ):  # told by the doctor and by who opens it; its name is found all the same
            continue
        text = engine.registry.read_text(file.name, content)
        if text:
            search_index.put_text(connection, file.id, text)
    return [file.id for file in files]
