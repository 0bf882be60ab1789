"""Random trees of blocks that mean something definite: no chance, no race, nothing unset.

Parallel ways rewrite variables of their own only; what is read has surely been written; every round
of a circle asks somebody.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from tests.reference.blocks import (
    Block,
    Call,
    Choice,
    Drawing,
    Each,
    Fork,
    Message,
    Pause,
    Race,
    Repeat,
    Rework,
    Row,
    Script,
    Some,
    Step,
    Sub,
    Timer,
)

REWRITTEN = 6  # variables w0 … that scripts rewrite
LONGEST_TIMER = 500_000  # seconds; drawn apart, so that hardly two fall due at once
KINDS = (
    *("choice", "fork", "fork", "some", "rework", "repeat"),
    *("each", "each", "each of a step", "sub", "sub", "call"),
)
EVENTS = ("pause", "message", "race", "race")
TIMES = (1, 1, 2, 3)  # that a reminder comes
ENOUGH = 50  # of results between 0 and 99


def draw(chance: Random, size: int = 8, depth: int = 3, *, events: bool = True) -> Drawing:
    """A drawing of about so many blocks, nested at most so deep; it begins and ends with a step.

    events: also with events that are waited for, reminders that repeat, and enough of several.
    """
    pen = _Pen(chance, size, events)
    variables = {f"w{number}": number for number in range(REWRITTEN)}
    view = _View(sure=frozenset(variables), own=frozenset(variables))
    first, view = pen.step(view)
    middle, view = pen.row(view, depth)
    last, view = pen.step(view)
    return Drawing(Row((first, *middle.parts, last)), variables)


@dataclass(frozen=True, slots=True)
class _View:
    """What a block may use. sure: set on every way; own: it may rewrite; items: of the instances
    it lies in."""

    sure: frozenset[str]
    own: frozenset[str]
    items: tuple[str, ...] = ()

    def knows(self, *names: str) -> _View:
        return replace(self, sure=self.sure | set(names))


class _Pen:
    def __init__(self, chance: Random, size: int, events: bool) -> None:
        self.chance, self.left, self.used, self.events = chance, size, 0, events

    def name(self, letter: str) -> str:
        self.used += 1
        return f"{letter}{self.used}"

    def timer(self, share: float) -> Timer | None:
        if self.chance.random() >= share:
            return None
        seconds, interrupts = self.seconds(), self.chance.random() < 0.6
        times = self.chance.choice(TIMES) if self.events and not interrupts else 1
        return Timer(seconds, interrupts, times)

    def seconds(self) -> int:
        return self.chance.randint(60, LONGEST_TIMER)

    def enough(self) -> int | None:
        return ENOUGH if self.events and self.chance.random() < 0.4 else None

    def row(self, view: _View, depth: int, *, least: int = 1) -> tuple[Row, _View]:
        parts = []
        for _ in range(self.chance.randint(least, 3)):
            part, view = self.block(view, depth)
            parts.append(part)
        return Row(tuple(parts)), view

    def block(self, view: _View, depth: int) -> tuple[Block, _View]:
        self.left -= 1
        drawn = self.chance.random()
        if depth <= 0 or self.left < 0 or drawn < 0.2:
            return self.step(view) if drawn < 0.6 else self.script(view)
        kind = self.chance.choice((*KINDS, *EVENTS) if self.events else KINDS)
        if kind in ("message", "race") and view.items:
            kind = "pause"  # one message would come to every instance
        return getattr(self, kind.replace(" ", "_"))(view, depth - 1)

    def step(self, view: _View) -> tuple[Step, _View]:
        made = Step(self.name("t"), self.timer(0.35))
        cut_off = made.timer is not None and made.timer.interrupts
        return made, view if cut_off else view.knows(f"v_{made.id}")

    def script(self, view: _View) -> tuple[Block, _View]:
        if not view.own:
            return self.step(view)
        source = self.chance.choice([None, *sorted(view.sure)])
        target = self.chance.choice(sorted(view.own))
        return Script(self.name("p"), target, source, self.chance.randint(1, 99)), view

    def ways(
        self, view: _View, depth: int, count: int, *, least: int
    ) -> tuple[tuple[Row, ...], list[_View]]:
        rows, views = [], []
        for number in range(count):
            row, after = self.row(view, depth, least=0 if number >= least else 1)
            rows.append(row)
            views.append(after)
        return tuple(rows), views

    def choice(self, view: _View, depth: int) -> tuple[Choice, _View]:
        view = view.knows(f"d_{(name := self.name('x'))}")
        count = self.chance.randint(2, 3)
        rows, views = self.ways(view, depth, count, least=count - 1)
        return Choice(name, rows), view.knows(*frozenset.intersection(*(v.sure for v in views)))

    def pause(self, view: _View, depth: int) -> tuple[Pause, _View]:
        return Pause(self.name("w"), self.seconds()), view

    def message(self, view: _View, depth: int) -> tuple[Message, _View]:
        return Message(self.name("e")), view

    def race(self, view: _View, depth: int) -> tuple[Race, _View]:
        name = self.name("g")
        [late, heard], views = self.ways(view, depth, 2, least=1)
        sure = frozenset.intersection(*(each.sure for each in views))
        return Race(name, self.seconds(), (late, heard)), view.knows(*sure)

    def _shared_out(self, view: _View, depth: int, count: int) -> tuple[list[Row], list[_View]]:
        """Ways at once, each with variables of its own to rewrite."""
        owners = {name: self.chance.randrange(count) for name in sorted(view.own)}
        rows, views = [], []
        for number in range(count):
            own = frozenset(name for name, owner in owners.items() if owner == number)
            row, after = self.row(replace(view, own=own), depth)
            rows.append(row)
            views.append(after)
        return rows, views

    def fork(self, view: _View, depth: int) -> tuple[Fork, _View]:
        name = self.name("f")
        rows, views = self._shared_out(view, depth, self.chance.randint(2, 3))
        return Fork(name, tuple(rows)), view.knows(*frozenset.union(*(v.sure for v in views)))

    def some(self, view: _View, depth: int) -> tuple[Some, _View]:
        view = view.knows(f"d_{(name := self.name('s'))}")
        rows, _ = self._shared_out(view, depth, 3)
        return Some(name, tuple(rows)), view

    def rework(self, view: _View, depth: int) -> tuple[Rework, _View]:
        name = self.name("l")
        round_ = view.knows(f"c_{name}")
        body, after = self.row(round_, depth)
        known = after.sure | {f"d_{name}"}
        return Rework(name, body, self.chance.randint(2, 3)), view.knows(*known)

    def repeat(self, view: _View, depth: int) -> tuple[Repeat, _View]:
        name = self.name("q")
        return Repeat(name, self.chance.randint(1, 3)), view.knows(f"d_{name}")

    def each_of_a_step(self, view: _View, depth: int) -> tuple[Each, _View]:
        name = self.name("m")
        items, in_order = self.chance.randint(0, 3), self.chance.random() < 0.4
        return Each(name, items, in_order, enough=self.enough()), view

    def each(self, view: _View, depth: int) -> tuple[Each, _View]:
        name = self.name("m")
        item = f"i_{name}"
        instance = replace(view.knows(item), items=(*view.items, item))
        body, after = self.row(instance, depth)
        result = self.chance.choice(sorted(after.sure))
        in_order = self.chance.random() < 0.4
        items = self.chance.randint(1, 3)
        return Each(name, items, in_order, body, result, self.enough()), view

    def sub(self, view: _View, depth: int) -> tuple[Sub, _View]:
        name = self.name("b")
        body, after = self.row(view, depth)
        made = Sub(name, body, self.timer(0.4))
        cut_off = made.timer is not None and made.timer.interrupts
        return made, view if cut_off else view.knows(*after.sure)

    def call(self, view: _View, depth: int) -> tuple[Call, _View]:
        name = self.name("k")
        some = [each for each in sorted(view.sure) if self.chance.random() < 0.4]
        takes = tuple(sorted({*some, *view.items}))
        inner = replace(view, sure=frozenset(takes), own=view.own & frozenset(takes))
        body, after = self.row(inner, depth)
        gives = tuple(
            each for each in sorted(after.sure - set(takes)) if self.chance.random() < 0.6
        )
        return Call(name, body, takes, gives), view.knows(*gives)
