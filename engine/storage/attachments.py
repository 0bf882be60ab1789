"""Queries of stored files. The content is on the disk, under its hash; here is who may have it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.duties import SUBSTITUTION
from engine.model import Actor
from engine.storage.access import may_see_instance
from engine.storage.database import Connection
from engine.storage.tables import attachment, person, process_instance, substitution

Row = dict[str, Any]


def insert(connection: Connection, values: Mapping[str, Any]) -> None:
    """A new file, of no instance yet."""
    connection.execute(sa.insert(attachment), dict(values))


def fetch(connection: Connection, actor: Actor, file_id: str) -> Row | None:
    """The file, if this actor may read it: who uploaded it, or may see the instance it is in."""
    row = connection.execute(
        _with_name().where(attachment.c.id == file_id, _may_read(actor))
    ).mappings()
    found = row.first()
    return None if found is None else dict(found)


def usable(
    connection: Connection, actor: Actor, ids: Iterable[str], instance_id: str
) -> dict[str, str]:
    """Of these files, those the actor may enter in a form: id → hash of the content."""
    free = sa.and_(attachment.c.instance_id.is_(None), attachment.c.uploaded_by == actor.person_id)
    query = sa.select(attachment.c.id, attachment.c.sha256).where(
        attachment.c.id.in_(sorted(ids)), sa.or_(free, attachment.c.instance_id == instance_id)
    )
    return {row.id: row.sha256 for row in connection.execute(query)}


def bind(connection: Connection, ids: Sequence[str], instance_id: str, field: str) -> int:
    """Take free files into an instance; files already in it keep their field. Returns how many."""
    mine = sa.or_(attachment.c.instance_id.is_(None), attachment.c.instance_id == instance_id)
    statement = (
        sa.update(attachment)
        .where(attachment.c.id.in_(list(ids)), mine)
        .values(instance_id=instance_id, field=sa.func.coalesce(attachment.c.field, field))
    )
    return connection.execute(statement).rowcount


def seal(connection: Connection, instance_id: str, at: datetime) -> int:
    """Mark the files of an instance as sealed. Returns how many."""
    statement = (
        sa.update(attachment)
        .where(attachment.c.instance_id == instance_id, attachment.c.sealed_at.is_(None))
        .values(sealed_at=at)
    )
    return connection.execute(statement).rowcount


def of_instance(connection: Connection, instance_id: str) -> list[Row]:
    """The files of an instance, oldest first."""
    query = (
        _with_name()
        .where(attachment.c.instance_id == instance_id)
        .order_by(attachment.c.uploaded_at, attachment.c.id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def name_of(connection: Connection, sha256: str) -> str | None:
    """The name under which this content came first."""
    query = (
        sa.select(attachment.c.name)
        .where(attachment.c.sha256 == sha256)
        .order_by(attachment.c.uploaded_at, attachment.c.id)
        .limit(1)
    )
    return connection.execute(query).scalar_one_or_none()


def referenced(connection: Connection) -> Iterable[str]:
    """The hashes of all contents that some file has, in order."""
    query = sa.select(attachment.c.sha256).distinct().order_by(attachment.c.sha256)
    return connection.execute(query).scalars().all()


def _with_name() -> sa.Select[Any]:
    who = sa.func.coalesce(person.c.name, attachment.c.uploaded_by).label("uploader")
    source = attachment.outerjoin(person, person.c.id == attachment.c.uploaded_by)
    return sa.select(attachment, who).select_from(source)


def _may_read(actor: Actor) -> sa.ColumnElement[bool]:
    seen = sa.exists().where(
        process_instance.c.id == attachment.c.instance_id, may_see_instance(actor)
    )
    return sa.or_(attachment.c.uploaded_by == actor.person_id, seen, _evidence(actor))


def _evidence(actor: Actor) -> sa.ColumnElement[bool]:
    """The paper behind a substitution: for whom it concerns and for the registrars."""
    concerned: sa.ColumnElement[bool] = sa.true()
    if not SUBSTITUTION.allows(actor):
        me = actor.person_id
        concerned = sa.or_(substitution.c.principal_id == me, substitution.c.substitute_id == me)
    return sa.exists().where(substitution.c.evidence_file == attachment.c.id, concerned)
