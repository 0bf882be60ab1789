"""《代行期间签批事项清单》: what was signed in somebody's place, for him to note when he is back.

Made by the sweep when a mandate ends or who was away returns (约定); what is on it is looked up
anew each time, since what is signed never changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine import definitions, directory, signatures
from engine.commands import run_once
from engine.directory import Directory
from engine.errors import NotAllowed, NotFound
from engine.history import record_system
from engine.ids import new_id
from engine.model import Actor
from engine.storage import access, work_items
from engine.storage import signing_lists as storage
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

NAMES = {
    "acting": "代行期间签批事项清单",
    "b_role": "B角代办事项清单",
    "designated": "指定代办事项清单",
}
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Signing:
    """One signature given in another's place. link: the asker may open the instance."""

    instance_id: str
    title: str
    number: str | None
    procedure: str
    step: str
    decision: str | None
    opinion: str | None
    signature: str  # as on paper
    at: datetime
    link: bool


@dataclass(frozen=True, slots=True)
class SigningList:
    """One list. signings is empty in an overview."""

    id: str
    name: str
    kind: str
    number: str | None
    principal: str
    principal_post: str
    substitute: str
    since: datetime | None
    until: datetime
    made_at: datetime
    read_at: datetime | None
    evidence: str
    is_mine: bool  # the asker is who was away
    signings: tuple[Signing, ...] = ()


def produce(engine: Engine, connection: Connection, office: Directory) -> int:
    """Make the lists that have become due: signatures under a substitution that no longer has
    effect and that are on no list yet. Returns how many. Part of the sweep's transaction."""
    now = engine.clock.now()
    covered = storage.covered_until(connection)
    made = 0
    for identity, last in work_items.last_signed_under(connection).items():
        row, since = office.substitution(identity), covered.get(identity)
        if row is None or office.stands_in_now(row, now) or (since and last <= since):
            continue
        values = {"id": new_id(), "substitution_id": identity, "since": since}
        storage.insert(connection, {**values, "until": now, "made_at": now, "read_at": None})
        count = len(work_items.signed_under(connection, identity, since, now))
        told = {**_told(office, row), "count": count, "until": now.isoformat()}
        record_system(connection, at=now, kind="signing_list.made", actor_id=None, data=told)
        made += 1
    return made


def _told(office: Directory, row: Any) -> dict[str, Any]:
    return {
        "list": NAMES[row.kind],
        "number": row.number,
        "principal": office.person_name(row.principal_id),
        "substitute": office.person_name(row.substitute_id),
    }


# ---- reading ---------------------------------------------------------------------------------


def find(engine: Engine, actor: Actor, *, mine: bool = False) -> tuple[SigningList, ...]:
    """The lists this person may see, the newest first, without their rows; mine: only those of
    what was signed in his own place or by himself."""
    with engine.database.read() as connection:
        office = directory.snapshot(engine, connection)
        rows = storage.find(connection, actor, limit=SHOWN, mine=mine)
        return tuple(_shown(office, actor, row) for row in rows)


def unread(engine: Engine, actor: Actor) -> tuple[SigningList, ...]:
    """The lists this person has still to note. Asks the database only for whom others stand in."""
    office = directory.snapshot(engine)
    if not any(row.principal_id == actor.person_id for row in office.parts["substitution"]):
        return ()
    with engine.database.read() as connection:
        return tuple(
            _shown(office, actor, row) for row in storage.unread_of(connection, actor.person_id)
        )


def get(engine: Engine, actor: Actor, list_id: str) -> SigningList:
    """One list with its rows. NotFound for who may not see it."""
    with engine.database.read() as connection:
        row = storage.get(connection, list_id, actor)
        if row is None:
            raise NotFound
        office = directory.snapshot(engine, connection)
        signed = _signings(
            engine, connection, office, actor, row.substitution_id, row.since, row.until
        )
        return _shown(office, actor, row, signed)


def so_far(engine: Engine, actor: Actor, substitution_id: str) -> tuple[Signing, ...]:
    """Everything signed on the strength of one substitution until now; the caller has checked that
    it may be seen."""
    with engine.database.read() as connection:
        office = directory.snapshot(engine, connection)
        now = engine.clock.now()
        return _signings(engine, connection, office, actor, substitution_id, None, now)


def mark_read(engine: Engine, actor: Actor, list_id: str, *, key: str) -> dict[str, Any]:
    """Who was away notes that he has read the list (阅知). It changes nothing that was signed."""

    def work(connection: Connection) -> dict[str, Any]:
        row = storage.get(connection, list_id, actor)
        if row is None:
            raise NotFound
        if row.principal_id != actor.person_id:
            raise NotAllowed("清单由返回的本人阅知，您只能查看。")
        now = engine.clock.now()
        if storage.mark_read(connection, list_id, actor.person_id, now):
            told = _told(directory.snapshot(engine, connection), row)
            person = actor.person_id
            record_system(connection, at=now, kind="signing_list.read", actor_id=person, data=told)
        return {"id": list_id, "message": f"已阅《{NAMES[row.kind]}》。", "number": row.number}

    body = {"id": list_id}
    answer, repeated = run_once(engine, actor.person_id, key, "signing-list-read", body, work)
    return {**answer, "repeated": repeated}


def _shown(
    office: Directory, actor: Actor, row: Any, signings: tuple[Signing, ...] = ()
) -> SigningList:
    return SigningList(
        id=row.id,
        name=NAMES[row.kind],
        kind=row.kind,
        number=row.number,
        principal=office.person_name(row.principal_id),
        principal_post=office.title_of(row.principal_id, row.until),
        substitute=office.person_name(row.substitute_id),
        since=row.since,
        until=row.until,
        made_at=row.made_at,
        read_at=row.read_at,
        evidence=row.evidence,
        is_mine=row.principal_id == actor.person_id,
        signings=signings,
    )


def _signings(
    engine: Engine,
    connection: Connection,
    office: Directory,
    actor: Actor,
    substitution_id: str,
    since: datetime | None,
    until: datetime,
) -> tuple[Signing, ...]:
    rows = work_items.signed_under(connection, substitution_id, since, until)
    seen = work_items.visible_ids(connection, [row.id for row in rows], access.may_see_item(actor))
    return tuple(_signing(engine, connection, office, row, row.id in seen) for row in rows)


def _signing(
    engine: Engine, connection: Connection, office: Directory, row: Any, link: bool
) -> Signing:
    definition = definitions.compiled(engine, row.definition_id, connection)
    form = definition.form_of(row.process_key, row.form)
    options = dict(form.outcome.options) if form is not None and form.outcome else {}
    return Signing(
        instance_id=row.instance_id,
        title=row.title,
        number=row.number,
        procedure=row.procedure,
        step=row.element_name,
        decision=options.get(row.outcome, row.outcome),
        opinion=row.comment,
        signature=signatures.on_paper(
            office, row.done_by, row.signature_form, row.acted_for_id, row.done_at
        ),
        at=row.done_at,
        link=link,
    )
