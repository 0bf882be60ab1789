"""The hash chain itself, pure: an entry becomes a link that carries the hash of the one before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, NamedTuple

from engine.canonical import ALGORITHM, canonical, digest, plain, spell

NAMED_IN = "hash_algorithm"  # key in a link's data; a link that does not name one is SM3


class Head(NamedTuple):
    """The end of a chain: the number of its last link and that link's hash."""

    seq: int
    hash: str


GENESIS = Head(0, "0" * 64)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `data` is plain JSON; moments and dates in it become text.

    signature_form: self, acting (代行), b_role (B角代办); None where nobody signs.
    """

    kind: str
    at: datetime
    actor_id: str | None = None
    acted_for_id: str | None = None
    signature_form: str | None = None
    substitution_id: str | None = None
    element_id: str | None = None
    element_name: str | None = None
    work_item_id: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


PARTS = tuple(part.name for part in fields(Entry))


def forge(chain: str, head: Head, entries: Iterable[Entry]) -> tuple[list[dict[str, Any]], Head]:
    """The links that follow `head`, as rows of the history, and the new head."""
    links: list[dict[str, Any]] = []
    for entry in entries:
        link = {name: getattr(entry, name) for name in PARTS}
        link |= {"chain": chain, "seq": head.seq + 1, "previous_hash": head.hash}
        link["data"] = plain(dict(entry.data))
        if head.seq == 0 or ALGORITHM != "sm3":
            link["data"][NAMED_IN] = ALGORITHM
        link["hash"] = link_hash(link)
        head = Head(link["seq"], link["hash"])
        links.append(link)
    return links, head


def link_hash(link: Mapping[str, Any]) -> str:
    """What the hash of a link has to be. ValueError when the machine lacks its algorithm."""
    body = {key: value for key, value in link.items() if key not in {"previous_hash", "hash"}}
    body["at"] = spell(link["at"])  # as it would be spelled in any case; plain text is faster
    content = canonical(body) + str(link["previous_hash"]).encode()
    return digest(content, str(link["data"].get(NAMED_IN, "sm3")))
