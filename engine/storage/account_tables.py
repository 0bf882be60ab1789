"""The tables of accounts: who may come in, with what, and what is kept for each person."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from engine.storage.schema import Id, Json, Moment, metadata, some_rows

account = Table(
    "account",
    metadata,
    Column("id", Id, primary_key=True),
    Column("username", String(64), nullable=False, unique=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("password_hash", Text, nullable=False),  # empty: none set yet
    Column("password_at", Moment),  # since when it is this one; NULL never grows old (demo)
    Column("must_change", Boolean, nullable=False),  # it was given by somebody else
    Column("roles", Json, nullable=False),  # staff, designer, manager, system_admin, …
    Column("is_demo", Boolean, nullable=False),
    Column("created_at", Moment),
    Column("disabled_at", Moment),
    Column("factor_demanded", Boolean, nullable=False),  # a second factor, of this person
    Column("factor_secret", Text),  # of the one-time codes, encrypted (engine/identity/sealing)
    Column("factor_since", Moment),  # NULL with a secret: being enrolled, not in force
    Column("factor_step", Integer),  # the last 30-second step used: no code counts twice
    Column("recovery_hashes", Json),  # of the recovery codes not yet used
)

session = Table(
    "session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("id", Id, nullable=False, unique=True),  # to name it on pages
    Column("account_id", Id, ForeignKey("account.id"), nullable=False),
    Column("stage", String(16), nullable=False),  # open; code, password, enrol: on the way in
    Column("device", Text),  # "Windows 电脑 · Edge 浏览器"
    Column("address", String(64)),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("ended_at", Moment),
    CheckConstraint("stage IN ('open', 'code', 'password', 'enrol')", name="stage"),
    Index("ix_session_account", "account_id"),
)

api_token = Table(
    "api_token",
    metadata,
    Column("id", Id, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("account_id", Id, ForeignKey("account.id"), nullable=False),
    Column("name", Text),  # what it is for
    Column("scope", Json, nullable=False),  # list of read, write
    Column("created_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)

entry_link = Table(  # opens once, until it expires, to set a password
    "entry_link",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", Id, ForeignKey("account.id"), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Index("ix_entry_link_account", "account_id"),
)

sign_in_attempt = Table(  # of any name that was typed, so that a lock tells nothing about accounts
    "sign_in_attempt",
    metadata,
    Column("name_hash", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("locked_until", Moment),
)

phrase = Table(  # 常用语 of one person, or, with an organisation, of all who work there
    "phrase",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),  # who wrote it
    Column("org", String(64)),
    Column("position", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Index("ix_phrase_person", "person_id", "position"),
    some_rows("ix_phrase_org", "org IS NOT NULL", "org", "position"),
)
