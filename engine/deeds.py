"""What was done and may be done: the staff verbs, who signs, who has read, what was said, which
papers there are, and the links of history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


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


@dataclass(frozen=True, slots=True)
class Available:
    """A paper that can be printed now. kinds: pdf, and docx where the office edits it."""

    key: str
    name: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One link of the audit chain."""

    seq: int
    at: datetime
    kind: str
    actor: str | None
    acted_for: str | None
    signature_form: str | None
    element_id: str | None
    element_name: str | None
    text: str  # one Chinese sentence
    data: Mapping[str, Any]
    hash: str
