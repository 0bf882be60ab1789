"""Rows: a workflow is one table, and indexes hold only the rows somebody looks for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

ID = sa.String(length=64)
ORDER = ("state", "due_at", "opened_at", "id")
PARTIAL = {
    "ix_work_item_assignee": ("work_item", "done_at IS NULL", ["assignee_id", *ORDER]),
    "ix_work_item_group": ("work_item", "done_at IS NULL", ["group_code", *ORDER]),
    "ix_work_item_done_by": ("work_item", "done_by IS NOT NULL", ["done_by", "done_at", "id"]),
    "ix_work_item_substitution": (
        "work_item",
        "substitution_id IS NOT NULL",
        ["substitution_id", "done_at"],
    ),
    "ix_process_instance_about": (
        "process_instance",
        "about_id IS NOT NULL",
        ["about_id", "state"],
    ),
    "ix_history_actor": ("history", "actor_id IS NOT NULL", ["actor_id", "at"]),
}


def upgrade() -> None:
    """Take both tables into one; make the indexes anew."""
    op.create_table(
        "workflow_row",
        sa.Column("instance_id", ID, nullable=False),
        sa.Column("scope_id", ID, nullable=False),
        sa.Column("task_id", ID, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("finished", sa.Boolean()),
        sa.ForeignKeyConstraint(
            ["instance_id"],
            ["process_instance.id"],
            name=op.f("fk_workflow_row_instance_id"),
        ),
        sa.PrimaryKeyConstraint("instance_id", "scope_id", "task_id", name=op.f("pk_workflow_row")),
    )
    into = "INSERT INTO workflow_row (instance_id, scope_id, task_id, body, finished) SELECT "
    op.execute(into + "instance_id, scope_id, '', body, finished FROM workflow_scope")
    op.execute(into + "instance_id, scope_id, task_id, body, NULL FROM workflow_task")
    op.drop_table("workflow_task")
    op.drop_table("workflow_scope")
    for name, (table, condition, columns) in PARTIAL.items():
        where = sa.text(condition)
        op.drop_index(op.f(name), table_name=table)
        op.create_index(op.f(name), table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """The two tables and the whole indexes again."""
    for name, finished in (("workflow_scope", True), ("workflow_task", False)):
        key = ["instance_id", "scope_id"] if finished else ["instance_id", "scope_id", "task_id"]
        own = sa.Column("finished", sa.Boolean(), nullable=False)
        op.create_table(
            name,
            *(sa.Column(each, ID, nullable=False) for each in key),
            sa.Column("body", sa.LargeBinary(), nullable=False),
            *([own] if finished else []),
            sa.ForeignKeyConstraint(
                ["instance_id"], ["process_instance.id"], name=op.f(f"fk_{name}_instance_id")
            ),
            sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
        )
        told = [*key, "body", *(["finished"] if finished else [])]
        columns, which = ", ".join(told), "=" if finished else "<>"
        op.execute(
            f"INSERT INTO {name} ({columns}) SELECT {columns} FROM workflow_row"
            f" WHERE task_id {which} ''"
        )
    op.drop_table("workflow_row")
    for name, (table, _, columns) in PARTIAL.items():
        op.drop_index(op.f(name), table_name=table)
        op.create_index(op.f(name), table, columns)
