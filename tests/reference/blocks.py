"""A drawing as a tree of blocks. Every block has one way in and one way out.

Variables by name: `v_<step>` what a step's form asks, `d_<block>` a decision, `w<n>` what scripts
rewrite, `i_<block>` the item of an instance, `r_<block>` its result, `o_<block>` all results,
`c_<block>` a counter of rounds, `x_<block>` set by a deadline that passed, `m_<block>` what a
message said. A message is named `n_<block>`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields


@dataclass(frozen=True, slots=True)
class Timer:
    """On the border of a step or a sub-process, so many seconds after it began.

    times: a reminder comes so often, each so many seconds after the one before.
    """

    seconds: int
    interrupts: bool
    times: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """A person fills in `v_<id>`."""

    id: str
    timer: Timer | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Nobody does anything for so many seconds."""

    id: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Message:
    """A message is waited for; what it says becomes `m_<id>`."""

    id: str


@dataclass(frozen=True, slots=True)
class Race:
    """An event-based gateway: so many seconds, or a message, whichever comes first."""

    id: str
    seconds: int
    ways: tuple[Row, Row]  # after the time, after the message


@dataclass(frozen=True, slots=True)
class Script:
    """`target = source + plus`; without a source `target = plus`."""

    id: str
    target: str
    source: str | None
    plus: int


@dataclass(frozen=True, slots=True)
class Row:
    """One block after the other; may be empty inside a choice."""

    parts: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A person decides `d_<id>`; an exclusive gateway takes that way, the last by default."""

    id: str
    ways: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """A person decides `d_<id>`, a set of bits; an inclusive gateway takes those ways at once.

    The last way is the default: taken alone when no bit is set, never otherwise.
    """

    id: str
    ways: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Fork:
    """All ways at once, until all are through."""

    id: str
    ways: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Rework:
    """The body, then a person decides `d_<id>`: 1 is again, at most `most` rounds."""

    id: str
    body: Row
    most: int


@dataclass(frozen=True, slots=True)
class Repeat:
    """A step with a loop marker: again while its person says `d_<id>` 1, at most `most` times."""

    id: str
    most: int


@dataclass(frozen=True, slots=True)
class Each:
    """One instance an item, together or in order: of a step (no body) or of a sub-process.

    result: what becomes `r_<id>` at the end of the body. enough: an instance whose result is at
    least this ends the others.
    """

    id: str
    items: int
    in_order: bool
    body: Row | None = None
    result: str = ""
    enough: int | None = None


@dataclass(frozen=True, slots=True)
class Sub:
    """An embedded sub-process: it sees and writes what is around it."""

    id: str
    body: Row
    timer: Timer | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A process of its own: sees what it takes, and leaves what it gives."""

    id: str
    body: Row
    takes: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()


Block = (
    Step
    | Pause
    | Message
    | Race
    | Script
    | Row
    | Choice
    | Some
    | Fork
    | Rework
    | Repeat
    | Each
    | Sub
    | Call
)


@dataclass(frozen=True, slots=True)
class Drawing:
    """body: from start to end. variables: what is declared, with defaults."""

    body: Row
    variables: Mapping[str, int] = field(default_factory=dict)


def inside(block: Block) -> Iterator[Block]:
    """A block and everything in it."""
    yield block
    for each in fields(block):
        value = getattr(block, each.name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Block):
                yield from inside(part)


def around(block: Block, outer: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(id, the multi-instance blocks it lies in from the outside in) of every block with an id."""
    if not isinstance(block, Row):
        own = (*outer, block.id) if isinstance(block, Each) else outer
        yield block.id, own
        outer = own
    for each in fields(block):
        value = getattr(block, each.name)
        for part in value if isinstance(value, tuple) else (value,):
            if isinstance(part, Block):
                yield from around(part, outer)
