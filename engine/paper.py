"""What a printed document is made of: plain values that any renderer can lay out.

A procedure declares its papers (engine.procedure.Paper); each fills a Sheet from what happened to
an instance. The same sheet becomes a PDF to print and file, and a docx to go on writing in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from engine.directory import Directory
    from engine.model import InstanceRow, Opinion


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels and what stands beside them, laid out two in a row; an empty text stays empty."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A labelled box with what people said in it, oldest first; empty when nobody did.

    lines: (words, signature, when).
    """

    label: str
    lines: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. deemed: numbers of the rows (from 0) that silence wrote, set apart on paper."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    deemed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Text:
    """A heading and paragraphs under it."""

    heading: str
    paragraphs: tuple[str, ...]


Part = Facts | Box | Grid | Text


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole document. wide: landscape. red: with the red frame of a handling slip."""

    title: str
    parts: tuple[Part, ...]
    number: str | None = None
    closing: tuple[str, ...] = ()  # the lines at the foot: who signs, the date
    wide: bool = False
    red: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """One fact: what was entered in a form, by whom, in whose place, when, at which step."""

    element_id: str
    name: str
    value: Any
    person_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """How a party that was asked answered, or that silence was recorded (person None)."""

    process: str
    element_id: str
    party: str
    type: str
    person: str | None
    opinion: str | None
    basis: str | None
    sent_at: datetime | None
    due_at: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Happened:
    """All that a paper may be filled from. opinions: newest first, as on the instance's page."""

    row: InstanceRow
    facts: Sequence[Entered]
    answers: Sequence[Answered]
    opinions: Sequence[Opinion]
    office: Directory
    now: datetime
    records: Sequence[tuple[str, Mapping[str, Any]]] = ()  # (register, values), oldest first

    def last(self, name: str) -> Any | None:
        """What was entered last under a name, None when nothing was."""
        found = self.entered(name)
        return found.value if found is not None else None

    def entered(self, name: str) -> Entered | None:
        """The last entry under a name."""
        return next((each for each in reversed(self.facts) if each.name == name), None)

    def recorded(self, register: str, column: str) -> str:
        """What the instance last entered in a register; empty when it did not."""
        found = [values for name, values in self.records if name == register]
        return str(found[-1].get(column) or "") if found else ""

    def said_at(self, *elements: str) -> list[Opinion]:
        """What people said at these steps, oldest first."""
        return [
            each for each in reversed(self.opinions) if each.element_id in elements and each.person
        ]

    def answers_to(self, process: str) -> list[Answered]:
        """How the parties asked in a called process answered, oldest first."""
        return [each for each in self.answers if each.process == process]


class Filling(Protocol):
    """Fills a sheet, or says that there is nothing to print yet (None)."""

    def __call__(self, happened: Happened) -> Sheet | None: ...
