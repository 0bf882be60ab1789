"""The tables of the search: what is searched, and where each two characters stand.

They hold nothing of their own: `guicheng reindex` makes them anew from what they were made of.
"""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from engine.storage.schema import Id, metadata

# One row per instance that can be found; the number grows, so the newest stand last.
search_document = Table(
    "search_document",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("instance_id", Id, ForeignKey("process_instance.id"), nullable=False, unique=True),
)

search_entry = Table(  # a text of an instance: its title, number, sender, or a file of it
    "search_entry",
    metadata,
    Column("document_id", Integer, ForeignKey("search_document.id"), primary_key=True),
    Column("kind", String(16), primary_key=True),  # title, number, sender, file
    Column("source", Id, primary_key=True),  # id of the file, empty for the others
    Column("name", Text),  # of the file
    Column("text", Text, nullable=False),  # as it was written
    Column("folded", Text, nullable=False),  # as it is compared
)

search_gram = Table(
    "search_gram",
    metadata,
    Column("gram", String(8), primary_key=True),
    Column("document_id", Integer, primary_key=True),
    sqlite_with_rowid=False,
)

attachment_text = Table(  # read at upload, searched once the file belongs to an instance
    "attachment_text",
    metadata,
    Column("attachment_id", Id, ForeignKey("attachment.id"), primary_key=True),
    Column("text", Text, nullable=False),
)
