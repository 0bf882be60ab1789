"""The values of the staff verbs: what may be done, who signs, who has read, what was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """A staff verb (engine.verbs) the actor may use now. key: transfer, delegate …; on: task or
    instance; grave: it takes something away; quick: there is nothing to fill in."""

    key: str
    label: str
    about: str
    on: str
    grave: bool = False
    quick: bool = False


@dataclass(frozen=True, slots=True)
class SignerRow:
    """One signer of a step. part: 前加签 …, empty for whom the office's rules named; state: done,
    now, waiting, held; words: 已签 …"""

    id: str
    person: str
    part: str
    state: str
    words: str
    at: datetime | None = None
    outcome: str | None = None
    added_by: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody an instance was sent to. kind: circulate, cc; read_at: None while it lies unread."""

    kind: str
    person: str
    sent_by: str
    sent_at: datetime
    note: str | None
    read_at: datetime | None
    remark: str | None


@dataclass(frozen=True, slots=True)
class Remark:
    """A word beside the flow (留言)."""

    at: datetime
    person: str
    text: str
