"""The office with names as of a moment, changes that take effect later, and tables to import."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

SINGLE = (  # posts that one person holds in an organisation, in offices that exist already
    "mayor",
    "executive_vice_mayor",
    "secretary_general",
    "office_director",
    "dept_head",
    "county_head",
)


def upgrade() -> None:
    """Add the columns and the tables."""
    with op.batch_alter_table("organisation") as table:
        table.add_column(sa.Column("note", sa.Text(), nullable=True))
    with op.batch_alter_table("post") as table:
        table.add_column(
            sa.Column("is_single", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("post") as table:
        table.alter_column("is_single", server_default=None)
    post = sa.table("post", sa.column("code"), sa.column("is_single", sa.Boolean()))
    op.execute(post.update().where(post.c.code.in_(SINGLE)).values(is_single=True))
    with op.batch_alter_table("person") as table:
        table.add_column(sa.Column("left_at", sa.String(length=32), nullable=True))
    op.create_table(
        "former_name",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("org", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid_to", sa.String(length=32), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["org"], ["organisation.code"], name=op.f("fk_former_name_org")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_name")),
    )
    op.create_index("ix_former_name_org", "former_name", ["org", "valid_to"])
    op.create_table(
        "office_change",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("effective_at", sa.String(length=32), nullable=False),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('planned', 'done', 'cancelled')", name=op.f("ck_office_change_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_change")),
    )
    op.create_index("ix_office_change_subject", "office_change", ["subject", "state"])
    op.create_table(
        "office_import",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("rows", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.Column("done_at", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_import")),
    )


def downgrade() -> None:
    """Take them away again."""
    for table in ("office_import", "office_change", "former_name"):
        op.drop_table(table)
    for table, column in (("person", "left_at"), ("post", "is_single"), ("organisation", "note")):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)
