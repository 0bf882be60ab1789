"""Delivers what stands in the outbox: notices to people, and from there to mail and webhook.

One function for the clock thread, the worker, the command line and the tests. What stays in the
database (a notice in somebody's list) is one transaction and happens exactly once. What leaves it
is taken under a lease, sent, then marked: after a crash it is sent again under the same id.
Failures are tried again with growing pauses, then they are an incident.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from engine import directory, leases, notices, outside
from engine.errors import GuichengError, ProcedureFault, StorageUnavailable
from engine.identity.roles import ROLES
from engine.ids import new_id
from engine.procedure import AssignmentRequest
from engine.storage import accounts, jobs, outbox
from engine.storage import notices as rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

log = logging.getLogger(__name__)

DELIVERY = "delivery"  # kind of the job that stands for a delivery left to an administrator
PAUSES = (timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))
BATCH = 200
MAIL, WEBHOOK = "mail", "webhook"  # kinds of outbox rows that leave the system
SENDERS = {MAIL: outside.mail, WEBHOOK: outside.webhook}


def deliver_due(engine: Engine) -> int:
    """Deliver everything that may be tried now; how much was delivered."""
    delivered, seen, down = 0, set[str](), set[str]()
    while True:
        with engine.database.read() as connection:
            now = engine.system_clock.now()
            found = outbox.due(connection, now, tuple(SENDERS), limit=BATCH)
        fresh = [each for each in found if each.id not in seen and each.kind not in down]
        if not fresh:
            return delivered
        for each in fresh:
            seen.add(each.id)
            if each.kind not in SENDERS:
                delivered += _deliver(engine, each.id)
            elif each.kind not in down:  # whoever does not answer is asked once a round
                sent = _send(engine, each.id)
                delivered += bool(sent)
                down.update((each.kind,) if sent is None else ())


def _deliver(engine: Engine, outbox_id: str) -> bool:
    attempts = 1
    try:
        with engine.database.write() as connection:
            row = outbox.take(connection, outbox_id, engine.system_clock.now())
            if row is None:
                return False
            attempts = row.attempts + 1
            _spread(engine, connection, row)
            return outbox.sent(connection, row.id, engine.clock.now())
    except StorageUnavailable:
        raise
    except Exception as error:
        log.exception("outbox row %s was not delivered", outbox_id)
        _note_failure(engine, outbox_id, attempts, reason_of(error))
        return False


def _send(engine: Engine, outbox_id: str) -> bool | None:
    """Under a lease, outside of any transaction; marked after sending. None: it failed."""
    with engine.database.write() as connection:
        row = outbox.take(connection, outbox_id, engine.system_clock.now())
        if row is None:
            return False
        token = outbox.lease(connection, row, leases.end(engine))
    try:
        note = SENDERS[row.kind](engine, row)
    except StorageUnavailable:
        raise
    except Exception as error:
        log.warning("outbox row %s (%s) was not sent: %s", outbox_id, row.kind, error)
        _note_failure(engine, outbox_id, token, reason_of(error))
        return None
    with engine.database.write() as connection:
        return outbox.sent(connection, outbox_id, engine.clock.now(), token, note)


def reason_of(error: Exception) -> str:
    """Why something failed, for the administrator; what we did not word might quote a document."""
    if isinstance(error, GuichengError):
        return error.message
    return f"程序出错（{type(error).__name__}），详情在服务器日志里。"


def _note_failure(engine: Engine, outbox_id: str, attempts: int, reason: str) -> None:
    """Again after a pause; after the last one an incident."""
    now = engine.system_clock.now()
    retry_at = now + PAUSES[attempts - 1] if attempts <= len(PAUSES) else None
    with engine.database.write() as connection:
        failed = outbox.fail(
            connection, outbox_id, reason, attempts=attempts, retry_at=retry_at, now=now
        )
        if failed and retry_at is None:
            jobs.add(connection, [_incident(engine, outbox_id, attempts, reason)])
            today = f"{engine.clock.now().date().isoformat()}"
            outbox.add_once(connection, [alarm(engine, f"alarm:{today}")])


def _incident(engine: Engine, outbox_id: str, attempts: int, reason: str) -> dict[str, Any]:
    identity = new_id()
    return {
        "id": identity,
        "kind": DELIVERY,
        "due_at": engine.clock.now(),
        "payload": {"outbox": outbox_id},
        "status": "failed",
        "attempts": attempts,
        "last_error": reason,
        "dedupe_key": f"{DELIVERY}:{identity}",
    }


def alarm(engine: Engine, dedupe: str | None = None) -> dict[str, Any]:
    """The outbox row that tells the system administrators of an incident, not what it is about.

    dedupe: failed deliveries are told once a day, since telling may itself be what fails.
    """
    words = "有一项处理没有办成，不再自动重试，请到“管理—运行故障”处理。"
    told = notices.called("system_admin", words, at=engine.clock.now(), instance_id=None)
    return {**told, "dedupe_key": dedupe}


def again(connection: Connection, job: Any) -> None:
    """An administrator had a delivery tried again: from the beginning."""
    outbox.again(connection, job.payload["outbox"])


# ---- whom to tell ----------------------------------------------------------------------------


def _spread(engine: Engine, connection: Connection, row: Any) -> None:
    """One outbox row becomes one notice for each person it is meant for, and each notice a mail
    and a call of the webhook where those are set up."""
    if row.kind == notices.WORK:
        told = [
            _notice(row, person, row.name, notices.words(row.name, item.element_name), item.id)
            for item in rows.of_items(connection, row.payload["items"])
            for person in _hands(engine, connection, item)
            if person != row.payload["by"]
        ]
    elif row.kind == notices.NOTICE and "people" in row.payload:
        text, item = row.payload["text"], row.payload["item"]
        named = dict.fromkeys(row.payload["people"])
        told = [_notice(row, person, row.name, text, item) for person in named]
    elif row.kind == notices.NOTICE:
        people = _holders(engine, connection, row.name)
        told = [_notice(row, person, "called", row.payload["text"], None) for person in people]
    else:
        told = []
    rows.add(connection, told)
    outbox.add(connection, [_leaving(row, kind, each) for each in told for kind in _ways(engine)])
    if row.kind == "message" and engine.settings.webhook_url:
        event = {"message": row.name, "payload": row.payload, "instance": row.instance_id}
        outbox.add(connection, [_leaving(row, WEBHOOK, {"event": event})])


def _ways(engine: Engine) -> list[str]:
    """How notices leave the system here."""
    settings = engine.settings
    return [MAIL] * bool(settings.mail_host) + [WEBHOOK] * bool(settings.webhook_url)


def _leaving(row: Any, kind: str, what: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id(),
        "instance_id": row.instance_id,
        "kind": kind,
        "name": kind,
        "payload": {"notice": what["id"]} if "id" in what else what,
        "created_at": row.created_at,
        "dedupe_key": None,
    }


def _notice(row: Any, person: str, kind: str, text: str, item_id: str | None) -> dict[str, Any]:
    identity = f"{row.id}:{person}:{item_id}"
    return {
        "id": hashlib.sha256(identity.encode()).hexdigest()[:32],  # delivered again, told once
        "outbox_id": row.id,
        "person_id": person,
        "kind": kind,
        "instance_id": row.instance_id,
        "work_item_id": item_id,
        "text": text,
        "at": row.created_at,
        "read_at": None,
    }


def _hands(engine: Engine, connection: Connection, item: Any) -> list[str]:
    """Who has an item: its assignee, or everybody of the section that may claim it."""
    if item.assignee_id is not None:
        return [str(item.assignee_id)]
    return _members(engine, connection, item.group_code) if item.group_code else []


def _members(engine: Engine, connection: Connection, group: str) -> list[str]:
    post, _, org = group.partition("@")
    office = directory.snapshot(engine, connection)
    return office.holders(post, org or None, at=engine.clock.now())


def _holders(engine: Engine, connection: Connection, role: str) -> list[str]:
    """The people a role stands for now: accounts of an administrator's role, else whoever the
    office names for the post, with "@" of one organisation. Raises ProcedureFault for nobody."""
    if role in ROLES:
        found = accounts.people_as(connection, role)
    else:
        post, _, org = role.partition("@")
        office = directory.snapshot(engine, connection)
        request = AssignmentRequest(post, engine.clock.now(), org or None)
        found = []
        for each in engine.registry.resolve(office, request):
            group = _members(engine, connection, each.group) if each.group else []
            found += [each.person] if each.person else group
    if not found:
        raise ProcedureFault(f"通知没有收件人：现在没有人任“{role}”。请补登任职或账号后重试。")
    return list(dict.fromkeys(found))
