"""Search: the index by every two characters, filled from the heads of what is there.

Texts of files that were uploaded before are read by `guicheng reindex`; a migration opens no files.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine import bigrams

revision = "0014"
down_revision = "0013"

HEADS = ("title", "number", "sender")
AT_ONCE = 200


def upgrade() -> None:
    """Make the tables and fill them, the oldest instance first."""
    key, instances = sa.String(length=64), ["process_instance.id"]
    document = op.create_table(
        "search_document",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("instance_id", key, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_search_document"),
        sa.ForeignKeyConstraint(["instance_id"], instances, name="fk_search_document_instance_id"),
        sa.UniqueConstraint("instance_id", name="uq_search_document_instance_id"),
    )
    entry = op.create_table(
        "search_entry",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("source", key, nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document_id", "kind", "source", name="pk_search_entry"),
        sa.ForeignKeyConstraint(
            ["document_id"], ["search_document.id"], name="fk_search_entry_document_id"
        ),
    )
    gram = op.create_table(
        "search_gram",
        sa.Column("gram", sa.String(length=8), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("gram", "document_id", name="pk_search_gram"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "attachment_text",
        sa.Column("attachment_id", key, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("attachment_id", name="pk_attachment_text"),
        sa.ForeignKeyConstraint(
            ["attachment_id"], ["attachment.id"], name="fk_attachment_text_attachment_id"
        ),
    )
    _fill(document, entry, gram)


def _fill(document: sa.Table, entry: sa.Table, gram: sa.Table) -> None:
    there = sa.table("process_instance", sa.column("id"), sa.column("started_at"))
    columns = [sa.column(name) for name in HEADS]
    query = sa.select(there.c.id, *columns).select_from(there)
    connection = op.get_bind()
    rows = list(connection.execute(query.order_by(there.c.started_at, there.c.id)))
    for begin in range(0, len(rows), AT_ONCE):
        documents, entries, grams = [], [], []
        for number, row in enumerate(rows[begin : begin + AT_ONCE], begin + 1):
            documents.append({"id": number, "instance_id": row.id})
            found = _entries(number, row)
            entries += found
            both = frozenset[str]().union(*(bigrams.grams(each["folded"]) for each in found))
            grams += [{"gram": each, "document_id": number} for each in sorted(both)]
        for table, made in ((document, documents), (entry, entries), (gram, grams)):
            if made:
                connection.execute(table.insert(), made)
    if rows and connection.dialect.name == "postgresql":  # numbers that were given go on after
        connection.execute(
            sa.text("SELECT setval(pg_get_serial_sequence('search_document', 'id'), :last)"),
            {"last": len(rows)},
        )


def _entries(number: int, row: sa.Row[tuple[str, ...]]) -> list[dict[str, object]]:
    return [
        {
            "document_id": number,
            "kind": name,
            "source": "",
            "text": text,
            "folded": bigrams.fold(text),
        }
        for name in HEADS
        if (text := getattr(row, name))
    ]


def downgrade() -> None:
    """Take the index away; nothing is lost."""
    for name in ("attachment_text", "search_gram", "search_entry", "search_document"):
        op.drop_table(name)
