"""The tables, the same on SQLite and PostgreSQL; those of the office, of accounts, of notices and
of the search are in office_tables, account_tables, notice_tables and search_tables."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from engine.storage.account_tables import (
    account as account,
)
from engine.storage.account_tables import (
    api_token as api_token,
)
from engine.storage.account_tables import (
    entry_link as entry_link,
)
from engine.storage.account_tables import (
    phrase as phrase,
)
from engine.storage.account_tables import (
    session as session,
)
from engine.storage.account_tables import (
    sign_in_attempt as sign_in_attempt,
)
from engine.storage.notice_tables import (
    contact as contact,
)
from engine.storage.notice_tables import (
    notice as notice,
)
from engine.storage.notice_tables import (
    outbox as outbox,
)
from engine.storage.office_tables import (
    absence as absence,
)
from engine.storage.office_tables import (
    assistant_link as assistant_link,
)
from engine.storage.office_tables import (
    directory_version as directory_version,
)
from engine.storage.office_tables import (
    former_name as former_name,
)
from engine.storage.office_tables import (
    membership as membership,
)
from engine.storage.office_tables import (
    office_change as office_change,
)
from engine.storage.office_tables import (
    office_import as office_import,
)
from engine.storage.office_tables import (
    organisation as organisation,
)
from engine.storage.office_tables import (
    person as person,
)
from engine.storage.office_tables import (
    post as post,
)
from engine.storage.office_tables import (
    responsibility as responsibility,
)
from engine.storage.office_tables import (
    signing_list as signing_list,
)
from engine.storage.office_tables import (
    substitution as substitution,
)
from engine.storage.schema import Id, Json, Moment, some_rows
from engine.storage.schema import metadata as metadata
from engine.storage.search_tables import (
    attachment_text as attachment_text,
)
from engine.storage.search_tables import (
    search_document as search_document,
)
from engine.storage.search_tables import (
    search_entry as search_entry,
)
from engine.storage.search_tables import (
    search_gram as search_gram,
)

LIVE_ITEM = "done_at IS NULL"  # waits or is open
ORDER = ("state", "due_at", "opened_at", "id")  # of a list: read, not sorted

# ---- procedures -----------------------------------------------------------------------------

process_definition = Table(
    "process_definition",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String(128), nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("origin", String(16), nullable=False),  # file, browser
    Column("content_hash", String(64), nullable=False),
    Column("deployed_at", Moment, nullable=False),
    Column("deployed_by", Id),
    Column("is_current", Boolean, nullable=False),
    UniqueConstraint("key", "version"),
    UniqueConstraint("key", "origin", "content_hash"),
    CheckConstraint("origin IN ('file', 'browser')", name="origin"),
)

# A version freezes everything it needs: its diagram, called diagrams, tables, forms, variables.
definition_resource = Table(
    "definition_resource",
    metadata,
    Column("definition_id", Id, ForeignKey("process_definition.id"), primary_key=True),
    Column("path", String(255), primary_key=True),  # "countersign/forms/reply.json"
    Column("kind", String(16), nullable=False),  # bpmn, dmn, form, rules, variables
    Column("content", Text, nullable=False),
)

process_instance = Table(
    "process_instance",
    metadata,
    Column("id", Id, primary_key=True),
    Column("definition_id", Id, ForeignKey("process_definition.id"), nullable=False),
    Column("key", String(128), nullable=False),
    Column("business_key", String(128)),
    Column("about_id", Id),  # the instance a request is about
    Column("version", Integer, nullable=False),  # guard: +1 in every command
    Column("state", String(16), nullable=False),  # running, completed, cancelled
    Column("outcome", String(128)),  # id of the end event reached
    Column("title", Text, nullable=False),
    Column("number", Text),
    Column("urgency", String(32)),
    Column("sender", Text),
    Column("started_by", Id, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("flow_version", Integer, nullable=False, default=0),  # +1 when its workflow changes
    Column("suspended_at", Moment),  # since when it rests; None while it goes on
    Column("suspended_by", Id),
    Column("suspend_reason", Text),
    Column("history_seq", Integer, nullable=False),
    Column("history_hash", String(64), nullable=False),
    CheckConstraint("state IN ('running', 'completed', 'cancelled')", name="state"),
    Index("ix_process_instance_started_by", "started_by", "started_at", "id"),
    Index("ix_process_instance_state", "state", "started_at"),
    Index("ix_process_instance_business_key", "business_key"),
    some_rows("ix_process_instance_about", "about_id IS NOT NULL", "about_id", "state"),
)

# One row per (sub)workflow of the running token tree, and one per task in it.
workflow_row = Table(
    "workflow_row",
    metadata,
    Column("instance_id", Id, ForeignKey("process_instance.id"), primary_key=True),
    Column("scope_id", Id, primary_key=True),  # "top" or the id of the task that opened it
    Column("task_id", Id, primary_key=True),  # "" for the scope itself
    Column("body", LargeBinary, nullable=False),
    Column("finished", Boolean),  # of a scope: it needs no loading any more
)

# ---- work of people -------------------------------------------------------------------------

work_item = Table(
    "work_item",
    metadata,
    Column("id", Id, primary_key=True),
    Column("instance_id", Id, ForeignKey("process_instance.id"), nullable=False),
    Column("task_id", Id, nullable=False),  # the activation of the user task it belongs to
    Column("element_id", String(128), nullable=False),
    Column("element_name", Text, nullable=False),
    Column("process_key", String(128), nullable=False),  # the (called) process the element is in
    Column("form", String(255)),
    Column("position", Integer, nullable=False),  # order among the items of one activation
    Column("policy", String(16), nullable=False),  # all, ordered, any, share
    Column("share", Integer),  # of policy share: how many of a hundred signers suffice
    Column("kind", String(16), nullable=False, default="main"),  # engine.running.signers
    Column("of_id", Id),  # the item it was added to
    Column("epoch", Integer, nullable=False, default=1),  # +1 when the same task opens again
    Column("given_by_id", Id),  # who handed it on or added it; None: the office's rules named him
    Column("held", Boolean, nullable=False, default=False),  # waits for those asked before it
    Column("state", String(16), nullable=False),  # waiting, open, done, void
    Column("version", Integer, nullable=False),
    Column("role", String(64)),
    Column("org", String(64)),
    Column("field", String(64)),
    Column("scope", String(64)),  # what the step needs of a mandate
    Column("assignee_id", Id),
    Column("group_code", String(128)),
    Column("acted_for_id", Id),
    Column("signature_form", String(16), nullable=False),  # self, acting, b_role, designated
    Column("substitution_id", Id),
    Column("alert", Text),
    Column("opened_at", Moment),
    Column("due_at", Moment),
    Column("due_basis", Json),  # fact, fact_at, length, unit, source, calendar, provisional
    Column("claimed_at", Moment),
    Column("done_at", Moment),
    Column("done_by", Id),
    Column("outcome", String(64)),
    Column("comment", Text),
    Column("void_reason", Text),
    Column("draft", Json),
    Column("draft_at", Moment),
    Column("urged_at", Moment),
    CheckConstraint("state IN ('waiting', 'open', 'done', 'void')", name="state"),
    CheckConstraint("(state = 'done') = (done_by IS NOT NULL)", name="done_by_a_person"),
    some_rows("ix_work_item_assignee", LIVE_ITEM, "assignee_id", *ORDER),
    some_rows("ix_work_item_group", LIVE_ITEM, "group_code", *ORDER),
    Index("ix_work_item_instance", "instance_id", "state"),
    some_rows("ix_work_item_done_by", "done_by IS NOT NULL", "done_by", "done_at", "id"),
    some_rows(
        "ix_work_item_substitution", "substitution_id IS NOT NULL", "substitution_id", "done_at"
    ),
    Index("ix_work_item_given_by", "given_by_id", "state"),
)

# What was sent round to be read: it never holds anything up (待阅, 已阅).
reading = Table(
    "reading",
    metadata,
    Column("id", Id, primary_key=True),
    Column("instance_id", Id, ForeignKey("process_instance.id"), nullable=False),
    Column("kind", String(16), nullable=False),  # circulate, cc
    Column("person_id", Id, nullable=False),
    Column("sent_by_id", Id, nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("note", Text),
    Column("read_at", Moment),
    Column("remark", Text),  # what the reader wrote to it
    CheckConstraint("kind IN ('circulate', 'cc')", name="kind"),
    Index("ix_reading_person", "person_id", "read_at", "sent_at"),
    Index("ix_reading_instance", "instance_id", "person_id"),
)

# What was entered: value, who, for whom, when, at which step. Never rolled back by a return.
fact = Table(
    "fact",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("instance_id", Id, ForeignKey("process_instance.id"), nullable=False),
    Column("work_item_id", Id),
    Column("element_id", String(128), nullable=False),
    Column("name", String(128), nullable=False),
    Column("value", Json),
    Column("person_id", Id),
    Column("acted_for_id", Id),
    Column("at", Moment, nullable=False),
    Index("ix_fact_instance", "instance_id", "name"),
)

# How each asked party answered. Silence is recorded as exactly that: by the system, by nobody,
# signed by nobody (工作规则第三十三条第二款). The CHECK holds it whatever the code does.
response = Table(
    "response",
    metadata,
    Column("id", Id, primary_key=True),
    Column("instance_id", Id, ForeignKey("process_instance.id"), nullable=False),
    Column("task_id", Id, nullable=False),
    Column("process_key", String(128), nullable=False),
    Column("element_id", String(128), nullable=False),
    Column("party", String(128), nullable=False),
    Column("type", String(64), nullable=False),
    Column("recorded_by", String(16), nullable=False),
    Column("person_id", Id),
    Column("signature", Text),
    Column("opinion", Text),
    Column("basis", Text),
    Column("sent_at", Moment),
    Column("due_at", Moment),
    Column("recorded_at", Moment, nullable=False),
    CheckConstraint("recorded_by IN ('person', 'system')", name="recorded_by"),
    CheckConstraint(
        "recorded_by = 'person' OR (type = 'DEEMED_NO_OBJECTION' AND person_id IS NULL"
        " AND signature IS NULL AND opinion IS NULL AND basis IS NOT NULL)",
        name="silence_has_no_person",
    ),
    CheckConstraint(
        "recorded_by = 'system' OR (type <> 'DEEMED_NO_OBJECTION' AND person_id IS NOT NULL)",
        name="answer_has_a_person",
    ),
    UniqueConstraint("instance_id", "task_id"),
)

# ---- time -----------------------------------------------------------------------------------

# One row per timer that is armed: its due moment and how it came about.
job = Table(
    "job",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(32), nullable=False),  # timer, reassign, …
    Column("due_at", Moment, nullable=False),
    Column("instance_id", Id),
    Column("task_id", Id),
    Column("element_id", String(128)),
    Column("effect", String(16)),  # silence, interrupt, remind
    Column("basis", Json),
    Column("payload", Json),
    Column("status", String(16), nullable=False),  # waiting, done, void, failed
    Column("attempts", Integer, nullable=False),  # also the fencing token
    Column("lease_until", Moment),
    Column("last_error", Text),
    Column("done_at", Moment),
    Column("dedupe_key", String(255), nullable=False, unique=True),
    CheckConstraint("status IN ('waiting', 'done', 'void', 'failed')", name="status"),
    Index("ix_job_due", "status", "due_at"),
    Index("ix_job_instance", "instance_id", "status"),
)

# The processes that do what is due, and when each last did (system time): a sign of life.
sweeper = Table(
    "sweeper",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(16), nullable=False),  # web, worker
    Column("host", String(255), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("swept_at", Moment, nullable=False),
)

message = Table(  # messages that arrived before the instance waits for them
    "message",
    metadata,
    Column("id", Id, primary_key=True),
    Column("instance_id", Id, ForeignKey("process_instance.id"), nullable=False),
    Column("name", String(128), nullable=False),
    Column("payload", Json, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("delivered_at", Moment),
    Index("ix_message_instance", "instance_id", "delivered_at"),
)

clock_state = Table(  # the demo clock: business moment at a system moment
    "clock_state",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("business_at", Moment, nullable=False),
    Column("system_at", Moment, nullable=False),
)

calendar_year = Table(  # years imported from the State Council's notice
    "calendar_year",
    metadata,
    Column("year", Integer, primary_key=True),
    Column("notice", Text, nullable=False),
    Column("holidays", Json, nullable=False),  # ISO dates off → name of the holiday
    Column("workdays", Json, nullable=False),  # make-up working days → the same
    Column("imported_at", Moment, nullable=False),
    Column("imported_by", Id),
)

# ---- trust ----------------------------------------------------------------------------------

history = Table(
    "history",
    metadata,
    Column("chain", Id, primary_key=True),  # instance id, or "system"
    Column("seq", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("kind", String(64), nullable=False),
    Column("actor_id", Id),
    Column("acted_for_id", Id),
    Column("signature_form", String(16)),
    Column("substitution_id", Id),
    Column("element_id", String(128)),
    Column("element_name", Text),
    Column("work_item_id", Id),
    Column("data", Json, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_history_at", "at"),
    some_rows("ix_history_actor", "actor_id IS NOT NULL", "actor_id", "at"),
)

chain = Table(  # head of every chain that is not an instance's
    "chain",
    metadata,
    Column("name", Id, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)

# What somebody signed: the decision and the text it was made on, both under one hash. A text that
# was replaced later leaves its signatures as they are; they just no longer hold for the new one.
signature = Table(
    "signature",
    metadata,
    Column("id", Id, primary_key=True),
    Column("instance_id", Id, ForeignKey("process_instance.id"), nullable=False),
    Column("work_item_id", Id, ForeignKey("work_item.id"), nullable=False, unique=True),
    Column("process_key", String(128), nullable=False),
    Column("element_id", String(128), nullable=False),
    Column("element_name", Text, nullable=False),
    Column("text_sha256", String(64)),  # None: a decision about no text
    Column("decision", Json, nullable=False),  # outcome, outcome_label, comment, values
    Column("person_id", Id, nullable=False),
    Column("acted_for_id", Id),
    Column("signature_form", String(16), nullable=False),
    Column("substitution_id", Id),
    Column("signed_at", Moment, nullable=False),  # business time
    Column("system_at", Moment, nullable=False),
    Column("confirmed_by", String(16), nullable=False),  # password, code, session (not asked)
    Column("algorithm", String(16), nullable=False),
    Column("hash", String(64), nullable=False),
    CheckConstraint("confirmed_by IN ('password', 'code', 'session')", name="confirmed_by"),
    Index("ix_signature_instance", "instance_id", "signed_at"),
)

command = Table(  # idempotency: one key, one effect, one answer
    "command",
    metadata,
    Column("actor_id", Id, primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("operation", String(64), nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("answer", Json, nullable=False),
    Column("at", Moment, nullable=False),
)

# ---- records and files ----------------------------------------------------------------------

number_series = Table(
    "number_series",
    metadata,
    Column("series", String(128), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
)

register_record = Table(
    "register_record",
    metadata,
    Column("id", Id, primary_key=True),
    Column("register", String(128), nullable=False),
    Column("unique_key", String(255)),
    Column("instance_id", Id),
    Column("values", Json, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("voided_at", Moment),
    Column("void_reason", Text),
    UniqueConstraint("register", "unique_key"),
)

attachment = Table(
    "attachment",
    metadata,
    Column("id", Id, primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", String(128), nullable=False),
    Column("size", Integer, nullable=False),
    Column("instance_id", Id),  # set when a command takes it into an instance
    Column("field", String(128)),
    Column("uploaded_by", Id, nullable=False),
    Column("uploaded_at", Moment, nullable=False),
    Column("sealed_at", Moment),  # uploaded by mistake: nobody may open it any more
    Index("ix_attachment_instance", "instance_id"),
)

setting = Table(  # conventions 【约】 of the office that differ from their default
    "setting",
    metadata,
    Column("name", String(128), primary_key=True),
    Column("value", Json, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("changed_by", Id),
)

APPEND_ONLY = (history, fact, signature)
"""Tables whose rows triggers protect against UPDATE and DELETE."""


def append_only_ddl(dialect: str) -> list[str]:
    """The statements that create the append-only triggers on one dialect."""
    statements: list[str] = []
    if dialect == "postgresql":
        statements.append(
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$ BEGIN"
            " RAISE EXCEPTION 'append-only table'; END $$ LANGUAGE plpgsql"
        )
    for table in APPEND_ONLY:
        for action in ("UPDATE", "DELETE"):
            name = f"{table.name}_refuses_{action.lower()}"
            if dialect == "postgresql":
                statements.append(
                    f"CREATE TRIGGER {name} BEFORE {action} ON {table.name}"
                    " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
                )
            else:
                statements.append(
                    f"CREATE TRIGGER {name} BEFORE {action} ON {table.name}"
                    " BEGIN SELECT RAISE(ABORT, 'append-only table'); END"
                )
    return statements


def create_all(connection: sa.Connection) -> None:
    """Create everything at once, triggers included. Migrations do the same step by step."""
    metadata.create_all(connection)
    for statement in append_only_ddl(connection.dialect.name):
        connection.exec_driver_sql(statement)
