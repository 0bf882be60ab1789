"""What is done once a day: what nobody needs any more is deleted, with a report in the audit
record; then the history is anchored outside the database.

A job like others: whichever process asks first orders it, one does it under a lease, failures are
tried again and then an incident. The history itself is never touched.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from engine import attachments, conventions, history
from engine.ids import new_id
from engine.leases import Lease
from engine.storage import accounts, attempts, jobs, notices, outbox, sessions
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

HOUSE = "house"  # kind of the job
ORPHANS_AFTER = timedelta(days=1)
SESSIONS_AFTER = timedelta(days=30)  # since they ended; who signed in stays in the history
LINKS_AFTER = timedelta(days=7)  # since they were used or ran out
ATTEMPTS_AFTER = timedelta(days=1)
LETTERS_AFTER = timedelta(days=30)  # since they were delivered
MONTH = timedelta(days=31)


def order(engine: Engine) -> None:
    """Order today's round unless it was ordered already."""
    now = engine.clock.now()
    job = {"id": new_id(), "kind": HOUSE, "due_at": now, "status": "waiting", "attempts": 0}
    with engine.database.read() as connection:
        if jobs.is_there(connection, _key(engine)):
            return
    with engine.database.write() as connection:
        jobs.add(connection, [{**job, "dedupe_key": _key(engine)}])


def _key(engine: Engine) -> str:
    return f"{HOUSE}:{engine.clock.now().date().isoformat()}"


def keep(engine: Engine, job: Any, lease: Lease) -> None:
    """The job."""
    files = attachments.sweep_orphans(engine, ORPHANS_AFTER)
    with engine.database.write() as connection:
        lease.hold(connection)
        told = {"files": files, **_forget(engine, connection)}
        at = engine.clock.now()
        history.record_system(connection, at=at, kind="house.kept", actor_id=None, data=told)
    history.anchor(engine)
    lease.finish()


def _forget(engine: Engine, connection: Connection) -> dict[str, int]:
    """Delete what is too old; how many of each."""
    now, system_now = engine.clock.now(), engine.system_clock.now()
    months = conventions.snapshot(engine, connection)["notice_months"]
    return {
        "sessions": sessions.forget(connection, system_now - SESSIONS_AFTER),
        "links": accounts.forget_links(connection, system_now - LINKS_AFTER),
        "attempts": attempts.forget_before(connection, system_now - ATTEMPTS_AFTER),
        "notices": notices.forget(connection, now - MONTH * months),
        "letters": outbox.forget(connection, now - LETTERS_AFTER),
    }
