"""Access: ways in and what is kept of them; personal phrases; the history by time and person."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

STAGES = "stage IN ('open', 'code', 'password', 'enrol')"


def _account_columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("password_at", sa.String(length=32), nullable=True),
        sa.Column("must_change", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("created_at", sa.String(length=32), nullable=True),
        sa.Column("factor_demanded", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("factor_secret", sa.Text(), nullable=True),
        sa.Column("factor_since", sa.String(length=32), nullable=True),
        sa.Column("factor_step", sa.Integer(), nullable=True),
        sa.Column("recovery_hashes", sa.JSON(none_as_null=True), nullable=True),
    )


def upgrade() -> None:
    """Add columns and tables. Whoever is signed in signs in again."""
    for column in _account_columns():
        op.add_column("account", column)
    for name in ("failures", "locked_until"):
        op.drop_column("account", name)
    op.drop_table("session")
    _sessions(
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("device", sa.Text(), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.UniqueConstraint("id", name=op.f("uq_session_id")),
        sa.CheckConstraint(STAGES, name=op.f("ck_session_stage")),
    )
    op.add_column("api_token", sa.Column("name", sa.Text(), nullable=True))
    op.add_column("api_token", sa.Column("used_at", sa.String(length=32), nullable=True))
    _links_attempts_phrases()
    op.create_index("ix_history_at", "history", ["at"])
    op.create_index("ix_history_actor", "history", ["actor_id", "at"])


def _sessions(*more: sa.schema.SchemaItem) -> None:
    op.create_table(
        "session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("seen_at", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.String(length=32), nullable=False),
        sa.Column("ended_at", sa.String(length=32), nullable=True),
        *more,
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_session_account_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_session")),
    )
    op.create_index("ix_session_account", "session", ["account_id"])


def _links_attempts_phrases() -> None:
    op.create_table(
        "entry_link",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.String(length=32), nullable=False),
        sa.Column("used_at", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_entry_link_account_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_entry_link")),
    )
    op.create_index("ix_entry_link_account", "entry_link", ["account_id"])
    op.create_table(
        "sign_in_attempt",
        sa.Column("name_hash", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.String(length=32), nullable=False),
        sa.Column("locked_until", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("name_hash", name=op.f("pk_sign_in_attempt")),
    )
    op.create_table(
        "phrase",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_phrase_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrase")),
    )
    op.create_index("ix_phrase_person", "phrase", ["person_id", "position"])


def downgrade() -> None:
    """Take them away again; second factors, links and phrases are lost, sessions end."""
    op.drop_index("ix_history_actor", "history")
    op.drop_index("ix_history_at", "history")
    for name in ("phrase", "sign_in_attempt", "entry_link", "session"):
        op.drop_table(name)
    _sessions()
    for name in ("used_at", "name"):
        op.drop_column("api_token", name)
    for column in _account_columns():
        op.drop_column("account", column.name)
    failures = sa.Column("failures", sa.Integer(), nullable=False, server_default=sa.text("0"))
    op.add_column("account", failures)
    op.add_column("account", sa.Column("locked_until", sa.String(length=32), nullable=True))
