"""Worklists: the indexes hold the whole order of a list, so that it is read and not sorted."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"

ORDERS = {  # index: table, columns as they were, columns that were added
    "ix_work_item_assignee": ("work_item", ("assignee_id", "state", "due_at"), ("opened_at", "id")),
    "ix_work_item_group": ("work_item", ("group_code", "state", "due_at"), ("opened_at", "id")),
    "ix_work_item_done_by": ("work_item", ("done_by", "done_at"), ("id",)),
    "ix_process_instance_started_by": ("process_instance", ("started_by", "started_at"), ("id",)),
}


def upgrade() -> None:
    """Make them anew with the columns that decide between equal rows."""
    for name, (table, columns, added) in ORDERS.items():
        op.drop_index(name, table)
        op.create_index(name, table, [*columns, *added])


def downgrade() -> None:
    """Make them as they were."""
    for name, (table, columns, _) in ORDERS.items():
        op.drop_index(name, table)
        op.create_index(name, table, list(columns))
