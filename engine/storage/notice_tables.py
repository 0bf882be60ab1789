"""The tables of what people and other systems are told."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from engine.storage.schema import Id, Json, Moment, metadata

# What a command leaves to be delivered after its commit; marked after delivery.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),  # also the idempotency key and the Message-ID outside
    Column("instance_id", Id),
    Column("kind", String(32), nullable=False),  # message, notice, opened, mail, webhook
    Column("name", String(128), nullable=False),
    Column("payload", Json, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("failed_at", Moment),  # left to an administrator
    Column("attempts", Integer, nullable=False, default=0),  # also the fencing token
    Column("lease_until", Moment),  # system time; taken until then, or not to be tried before
    Column("last_error", Text),
    Column("dedupe_key", String(255), unique=True),
    Index("ix_outbox_sent_at", "sent_at", "created_at"),
)

# What one person is told. Never more than the step; the title is looked up for who may see it.
notice = Table(
    "notice",
    metadata,
    Column("id", Id, primary_key=True),
    Column("outbox_id", Id, nullable=False),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("instance_id", Id),
    Column("work_item_id", Id),
    Column("text", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("read_at", Moment),
    Index("ix_notice_person", "person_id", "at"),
    Index("ix_notice_unread", "person_id", "read_at"),
)

# Where a person is reached outside; kept by the system administrator, switched off by the person.
contact = Table(
    "contact",
    metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True),
    Column("email", String(254)),
    Column("mail_off", Boolean, nullable=False),
)
