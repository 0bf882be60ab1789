"""Procedures: definitions, instances, the rows of running workflows, people's work, timers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.storage.migrations.append_only import protect, unprotect

revision = "0002"
down_revision = "0001"

TABLES = (
    "process_definition",
    "definition_resource",
    "process_instance",
    "workflow_scope",
    "workflow_task",
    "work_item",
    "job",
    "message",
    "response",
    "fact",
)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "process_definition",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("deployed_at", sa.String(length=32), nullable=False),
        sa.Column("deployed_by", sa.String(length=64), nullable=True),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "origin IN ('file', 'browser')", name=op.f("ck_process_definition_origin")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_definition")),
        sa.UniqueConstraint(
            "key",
            "origin",
            "content_hash",
            name=op.f("uq_process_definition_key_origin_content_hash"),
        ),
        sa.UniqueConstraint("key", "version", name=op.f("uq_process_definition_key_version")),
    )
    op.create_table(
        "definition_resource",
        sa.Column("definition_id", sa.String(length=64), nullable=False),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"],
            ["process_definition.id"],
            name=op.f("fk_definition_resource_definition_id"),
        ),
        sa.PrimaryKeyConstraint("definition_id", "path", name=op.f("pk_definition_resource")),
    )
    op.create_table(
        "process_instance",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("definition_id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("business_key", sa.String(length=128), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=128), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("urgency", sa.String(length=32), nullable=True),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("started_by", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.String(length=32), nullable=False),
        sa.Column("ended_at", sa.String(length=32), nullable=True),
        sa.Column("history_seq", sa.Integer(), nullable=False),
        sa.Column("history_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "state IN ('running', 'completed', 'cancelled')", name=op.f("ck_process_instance_state")
        ),
        sa.ForeignKeyConstraint(
            ["definition_id"],
            ["process_definition.id"],
            name=op.f("fk_process_instance_definition_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_instance")),
    )
    op.create_index(
        "ix_process_instance_business_key", "process_instance", ["business_key"], unique=False
    )
    op.create_index(
        "ix_process_instance_started_by",
        "process_instance",
        ["started_by", "started_at"],
        unique=False,
    )
    op.create_index(
        "ix_process_instance_state", "process_instance", ["state", "started_at"], unique=False
    )
    op.create_table(
        "workflow_scope",
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("scope_id", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_workflow_scope_instance_id")
        ),
        sa.PrimaryKeyConstraint("instance_id", "scope_id", name=op.f("pk_workflow_scope")),
    )
    op.create_table(
        "workflow_task",
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("task_id", sa.String(length=64), nullable=False),
        sa.Column("scope_id", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_workflow_task_instance_id")
        ),
        sa.PrimaryKeyConstraint("instance_id", "task_id", name=op.f("pk_workflow_task")),
    )
    op.create_table(
        "work_item",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("task_id", sa.String(length=64), nullable=False),
        sa.Column("element_id", sa.String(length=128), nullable=False),
        sa.Column("element_name", sa.Text(), nullable=False),
        sa.Column("process_key", sa.String(length=128), nullable=False),
        sa.Column("form", sa.String(length=255), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("policy", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=True),
        sa.Column("org", sa.String(length=64), nullable=True),
        sa.Column("field", sa.String(length=64), nullable=True),
        sa.Column("scope", sa.String(length=64), nullable=True),
        sa.Column("assignee_id", sa.String(length=64), nullable=True),
        sa.Column("group_code", sa.String(length=128), nullable=True),
        sa.Column("acted_for_id", sa.String(length=64), nullable=True),
        sa.Column("signature_form", sa.String(length=16), nullable=False),
        sa.Column("substitution_id", sa.String(length=64), nullable=True),
        sa.Column("alert", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.String(length=32), nullable=True),
        sa.Column("due_at", sa.String(length=32), nullable=True),
        sa.Column("due_basis", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("claimed_at", sa.String(length=32), nullable=True),
        sa.Column("done_at", sa.String(length=32), nullable=True),
        sa.Column("done_by", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("draft", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("draft_at", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "(state = 'done') = (done_by IS NOT NULL)", name=op.f("ck_work_item_done_by_a_person")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'open', 'done', 'void')", name=op.f("ck_work_item_state")
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_work_item_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_item")),
    )
    op.create_index(
        "ix_work_item_assignee", "work_item", ["assignee_id", "state", "due_at"], unique=False
    )
    op.create_index("ix_work_item_done_by", "work_item", ["done_by", "done_at"], unique=False)
    op.create_index(
        "ix_work_item_group", "work_item", ["group_code", "state", "due_at"], unique=False
    )
    op.create_index("ix_work_item_instance", "work_item", ["instance_id", "state"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("due_at", sa.String(length=32), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=True),
        sa.Column("task_id", sa.String(length=64), nullable=True),
        sa.Column("element_id", sa.String(length=128), nullable=True),
        sa.Column("effect", sa.String(length=16), nullable=True),
        sa.Column("basis", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.String(length=32), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("done_at", sa.String(length=32), nullable=True),
        sa.Column("dedupe_key", sa.String(length=255), nullable=False),
        sa.CheckConstraint(
            "status IN ('waiting', 'done', 'void', 'failed')", name=op.f("ck_job_status")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_job_dedupe_key")),
    )
    op.create_index("ix_job_due", "job", ["status", "due_at"], unique=False)
    op.create_index("ix_job_instance", "job", ["instance_id", "status"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("received_at", sa.String(length=32), nullable=False),
        sa.Column("delivered_at", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_message_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index("ix_message_instance", "message", ["instance_id", "delivered_at"], unique=False)
    op.create_table(
        "response",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("task_id", sa.String(length=64), nullable=False),
        sa.Column("element_id", sa.String(length=128), nullable=False),
        sa.Column("party", sa.String(length=128), nullable=False),
        sa.Column("type", sa.String(length=64), nullable=False),
        sa.Column("recorded_by", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=True),
        sa.Column("signature", sa.Text(), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.String(length=32), nullable=True),
        sa.Column("due_at", sa.String(length=32), nullable=True),
        sa.Column("recorded_at", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "recorded_by = 'person' OR (type = 'DEEMED_NO_OBJECTION' AND person_id IS NULL"
            " AND signature IS NULL AND opinion IS NULL AND basis IS NOT NULL)",
            name=op.f("ck_response_silence_has_no_person"),
        ),
        sa.CheckConstraint(
            "recorded_by = 'system' OR (type <> 'DEEMED_NO_OBJECTION' AND person_id IS NOT NULL)",
            name=op.f("ck_response_answer_has_a_person"),
        ),
        sa.CheckConstraint(
            "recorded_by IN ('person', 'system')", name=op.f("ck_response_recorded_by")
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_response_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
        sa.UniqueConstraint("instance_id", "task_id", name=op.f("uq_response_instance_id_task_id")),
    )
    op.create_table(
        "fact",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("work_item_id", sa.String(length=64), nullable=True),
        sa.Column("element_id", sa.String(length=128), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("person_id", sa.String(length=64), nullable=True),
        sa.Column("acted_for_id", sa.String(length=64), nullable=True),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_fact_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact")),
    )
    op.create_index("ix_fact_instance", "fact", ["instance_id", "name"], unique=False)
    protect("fact")


def downgrade() -> None:
    """Drop them again, with everything in them."""
    unprotect("fact")
    for table in reversed(TABLES):
        op.drop_table(table)
