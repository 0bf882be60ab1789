"""What happened, who did it, for whom, when: append-only and hash-chained.

Every instance has a chain; what belongs to none (accounts, absences, mandates, the clock) is on the
chain "system". Each link carries the hash of the one before, so a changed, removed or exchanged
link shows. Who owns the database could recompute a whole chain; the anchors, kept outside it, show
that. Appended in the transaction of the command it tells of. Drafts are not history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from engine import anchors, attachments, history_words, signed, verification
from engine.chain import GENESIS, NAMED_IN, Entry, Head, forge
from engine.deeds import HistoryEntry
from engine.storage import history as storage
from engine.storage import signed as signed_rows
from engine.storage.database import Connection
from engine.storage.snapshot import snapshot
from engine.verification import Report

if TYPE_CHECKING:
    from engine.startup import Engine

__all__ = ["GENESIS", "SYSTEM", "Entry", "Head", "Report", "anchor", "append", "entries"]
__all__ += ["passed_elements", "record_system", "verify"]

SYSTEM = "system"


def append(connection: Connection, chain: str, head: Head, entries: Sequence[Entry]) -> Head:
    """Add links after `head` and return the new head, which the caller stores under its own lock.

    Two writers on one head collide on the primary key: the second is refused by the database.
    """
    links, head = forge(chain, head, entries)
    storage.insert(connection, links)
    return head


def record_system(
    connection: Connection,
    *,
    at: datetime,
    kind: str,
    actor_id: str | None,
    data: Mapping[str, Any],
) -> None:
    """Add one link to the chain "system", whose head is locked until the transaction ends."""
    head = Head(*storage.lock_head(connection, SYSTEM, GENESIS.hash))
    entry = Entry(kind=kind, at=at, actor_id=actor_id, data=data)
    storage.move_head(connection, SYSTEM, *append(connection, SYSTEM, head, [entry]))


def entries(
    connection: Connection, chain: str, names: Mapping[str, str]
) -> tuple[HistoryEntry, ...]:
    """A chain for the screen, oldest first. names: person id → name; an unknown id shows as is."""
    return tuple(shown(link, names) for link in storage.read(connection, chain))


def of_kind(connection: Connection, chain: str, kind: str) -> list[dict[str, Any]]:
    """The links of one kind in a chain, oldest first."""
    return storage.of_kind(connection, chain, kind)


def last_deed(connection: Connection, item: Any, names: Mapping[str, str]) -> HistoryEntry | None:
    """What somebody last did with a work item or its instance since it was opened, in words."""
    link = storage.last_deed(connection, item.instance_id, item.id)
    return None if link is None else shown(link, names)


def passed_elements(connection: Connection, chain: str) -> set[tuple[str, str]]:
    """(process key, element id) of every element an instance has been through, returns included."""
    return storage.passed_elements(connection, chain)


def anchor(engine: Engine) -> anchors.Anchor:
    """Note the present heads of all chains in a file outside the database, safe against a crash.

    The lock on the system's chain keeps two processes from writing to the file at once.
    """
    with engine.database.write() as connection:
        storage.lock_head(connection, SYSTEM, GENESIS.hash)
        heads = storage.heads(connection)
        return anchors.append(engine.settings.data, engine.clock.now(), heads)


def verify(engine: Engine) -> Report:
    """Recompute every chain and compare it with its recorded head and with every anchor.

    The anchors are read first: what they name must be in the look at the database taken after.
    """
    noted = anchors.read(engine.settings.data)
    with snapshot(engine.database) as connection:
        told: dict[str, str] = {}
        links = signed.noting(storage.read_all(connection), told)
        report = verification.check(links, storage.heads(connection), noted)
        rows = signed_rows.read_all(connection)
        found = signed.faults(rows, told, partial(attachments.is_intact, engine.files))
        return verification.with_signatures(report, len(told), tuple(found))


def shown(link: Mapping[str, Any], names: Mapping[str, str]) -> HistoryEntry:
    """A link for the screen. names: person id → name; an unknown id shows as it is."""
    data = {key: value for key, value in link["data"].items() if key != NAMED_IN}
    actor, acted_for = (
        names.get(person, person) if person else None
        for person in (link["actor_id"], link["acted_for_id"])
    )
    text = history_words.sentence(
        link["kind"],
        data,
        actor=actor,
        acted_for=acted_for,
        signature_form=link["signature_form"],
        element=link["element_name"],
    )
    return HistoryEntry(
        seq=link["seq"],
        at=link["at"],
        kind=link["kind"],
        actor=actor,
        acted_for=acted_for,
        signature_form=link["signature_form"],
        element_id=link["element_id"],
        element_name=link["element_name"],
        text=text,
        data=data,
        hash=link["hash"],
    )
