"""The tables of the office: who is who, who may act for whom, and changes that are to come."""

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
    UniqueConstraint,
)

from engine.storage.schema import Id, Json, Moment, metadata

directory_version = Table(  # +1 on every change of a part, so that what is cached knows it is stale
    "directory_version",
    metadata,
    Column("id", Integer, primary_key=True),  # 1 directory, 2 conventions, 3 calendar
    Column("version", Integer, nullable=False),
)

organisation = Table(
    "organisation",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("is_constituent", Boolean, nullable=False),  # 市政府组成部门: kept from appointments
    Column("sort", Integer, nullable=False),
    Column("valid_from", Moment),
    Column("valid_to", Moment),
    Column("successor", String(64)),  # who goes on with its work from valid_to
    Column("note", Text),  # for the administrator: 名称或隶属待核对
)

# Names an organisation bore before its present one, so that what was said then keeps the name.
former_name = Table(
    "former_name",
    metadata,
    Column("id", Id, primary_key=True),
    Column("org", String(64), ForeignKey("organisation.code"), nullable=False),
    Column("name", Text, nullable=False),
    Column("valid_to", Moment, nullable=False),
    Column("evidence", Text),
    Index("ix_former_name_org", "org", "valid_to"),
)

post = Table(
    "post",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("is_group", Boolean, nullable=False),  # a section whose members claim
    Column("is_single", Boolean, nullable=False),  # one holder in an organisation: 主要负责人
)

person = Table(
    "person",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("is_demo", Boolean, nullable=False),
    Column("left_at", Moment),
)

membership = Table(
    "membership",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("post", String(64), ForeignKey("post.code"), nullable=False),
    Column("org", String(64), ForeignKey("organisation.code"), nullable=False),
    Column("field", String(64)),  # for sections that serve one field
    Column("sort", Integer, nullable=False),
    Column("valid_from", Moment),
    Column("valid_to", Moment),
    Index("ix_membership_person", "person_id"),
)

responsibility = Table(  # 分工: a leader is in charge of a field
    "responsibility",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("field", String(64), nullable=False),
    Column("evidence", Text, nullable=False),  # 分工通知文号
    Column("valid_from", Moment),
    Column("valid_to", Moment),
)

assistant_link = Table(  # 副秘书长协助副市长
    "assistant_link",
    metadata,
    Column("id", Id, primary_key=True),
    Column("assistant_id", Id, ForeignKey("person.id"), nullable=False),
    Column("leader_id", Id, ForeignKey("person.id"), nullable=False),
    Column("valid_from", Moment),
    Column("valid_to", Moment),
)

absence = Table(
    "absence",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("kind", String(32), nullable=False),  # business_trip, visit, leave, sick, study
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("approved_by", Text),
    Column("recorded_by", Id, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("cancelled_at", Moment),  # taken back before it began
    CheckConstraint("starts_at < ends_at", name="order"),
    Index("ix_absence_person", "person_id", "starts_at"),
)

substitution = Table(  # who may act for whom, in what, on what evidence
    "substitution",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(16), nullable=False),  # acting 代行委托, b_role AB角, designated 指定代办
    Column("number", String(64)),  # 委托编号
    Column("principal_id", Id, ForeignKey("person.id"), nullable=False),
    Column("substitute_id", Id, ForeignKey("person.id"), nullable=False),
    Column("field", String(64)),
    Column("scope", Json, nullable=False),  # list of instruct, sign_off, statutory_sign, …
    Column("reason", Text),
    Column("evidence", Text, nullable=False),
    Column("evidence_file", Id),  # attachment: 市长签批件
    Column("given_at", Moment, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("revoked_at", Moment),
    Column("recorded_by", Id, nullable=False),
    CheckConstraint("kind IN ('acting', 'b_role', 'designated')", name="kind"),
    CheckConstraint("principal_id <> substitute_id", name="not_oneself"),
    CheckConstraint("starts_at < ends_at", name="order"),
)

signing_list = Table(  # 代行期间签批事项清单: made when who was away is back
    "signing_list",
    metadata,
    Column("id", Id, primary_key=True),
    Column("substitution_id", Id, ForeignKey("substitution.id"), nullable=False),
    Column("since", Moment),  # what was signed after this moment; None: from the beginning
    Column("until", Moment, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("read_at", Moment),
    UniqueConstraint("substitution_id", "until"),
)

# A change that takes effect at a moment: a job does it then. Kept afterwards, with what it did.
office_change = Table(
    "office_change",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(32), nullable=False),  # rename, merge, end, leave, move
    Column("subject", String(64), nullable=False),  # code of the organisation, id of the person
    Column("effective_at", Moment, nullable=False),
    Column("payload", Json, nullable=False),
    Column("evidence", Text),
    Column("made_by", Id, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("state", String(16), nullable=False),  # planned, done, cancelled
    Column("told", Text, nullable=False),  # what it is, in one sentence
    CheckConstraint("state IN ('planned', 'done', 'cancelled')", name="state"),
    Index("ix_office_change_subject", "subject", "state"),
)

# A table of people and organisations that was checked and waits for the administrator's word.
office_import = Table(
    "office_import",
    metadata,
    Column("id", Id, primary_key=True),
    Column("file_name", Text, nullable=False),
    Column("rows", Json, nullable=False),
    Column("made_by", Id, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("done_at", Moment),
)
