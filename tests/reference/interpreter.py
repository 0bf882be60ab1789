"""What BPMN says of a drawing after what has happened: a pure function of both.

An address is the place of an activity in the unfolded tree: a tuple of (kind, number). ROW: the
number-th after the others (also the rounds of a loop and instances in order); BESIDE: at once with
the others; ITSELF: the activity of a block; CUT: its interrupting deadline; TOLD: the number-th of
its reminders; TIME, HEARD: a moment and a message that are waited for.

The semantics, block by block, as BPMN 2.0.2 has it, and where the standard leaves something open:
- What goes into parallel ways is what stood at the split; what comes out is that, changed by what
  each way changed.
- An embedded sub-process works on what is around it; when it is cut off, its changes are gone.
- An instance leaves its result and nothing else; results stand in the order of finishing.
- An instance that is enough ends the others, finished or not begun: they leave nothing.
- Of a moment and a message behind an event-based gateway the first takes its way, the other is off.
- A reminder that repeats counts from the beginning of its activity, however late it is noticed.
- A reminder does not touch the activity; a deadline that cuts off counts from its beginning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

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

ROW, BESIDE, ITSELF, CUT, TOLD = "row", "beside", "itself", "cut", "told"
TIME, HEARD = "time", "heard"
Address = tuple[tuple[str, int], ...]
Data = Mapping[str, Any]
Indices = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened at an address. at: seconds since the start; number: the order of entries."""

    at: float
    number: int
    values: Data = field(default_factory=dict)


Entries = Mapping[Address, Entry]


@dataclass(frozen=True, slots=True)
class Open:
    """A step that waits for a person. asks: the variable it asks for, and how many values (0 …)."""

    element: str
    indices: Indices
    data: Data
    asks: str
    values: int


@dataclass(frozen=True, slots=True)
class Armed:
    """A timer that waits. due: seconds since the start."""

    element: str
    indices: Indices
    due: float
    interrupts: bool


@dataclass(frozen=True, slots=True)
class Awaited:
    """A message that is waited for. sets: the variable that gets what it says."""

    name: str
    sets: str


@dataclass(frozen=True, slots=True)
class Passed:
    """What stands after a block that is through. at, number: of the entry that ended it."""

    data: Data
    at: float
    number: int


@dataclass(slots=True)
class Sight:
    """open, awaited: by address; timers: by the address an entry of theirs has; ended: the data at
    the end, None while something is open."""

    open: dict[Address, Open] = field(default_factory=dict)
    timers: dict[Address, Armed] = field(default_factory=dict)
    awaited: dict[Address, Awaited] = field(default_factory=dict)
    ended: Passed | None = None

    def take(self, other: Sight) -> None:
        """What is seen there is seen here too."""
        self.open |= other.open
        self.timers |= other.timers
        self.awaited |= other.awaited

    def due(self, moment: float) -> list[Address]:
        """The timers due by then."""
        return [address for address, timer in self.timers.items() if timer.due <= moment]

    def race(self, due: list[Address]) -> bool:
        """Whether one of these lies in what another cuts off: which comes first is chance."""
        cutting = [address[:-1] for address in due if self.timers[address].interrupts]
        return any(
            address[: len(cut)] == cut and address[:-1] != cut for address in due for cut in cutting
        )


def look(drawing: Drawing, entries: Entries, again: Mapping[Address, float] | None = None) -> Sight:
    """What is open, armed and known after these entries.

    again: places of activities that were opened again → when: what counts from their beginning
    counts from there.
    """
    reading = _Reading(entries, Sight(), again or {})
    reading.sight.ended = reading.block(
        drawing.body, (), (), Passed(dict(drawing.variables), 0.0, 0)
    )
    return reading.sight


def follows(one: Address, other: Address) -> bool:
    """Whether what happened at `other` could only happen after `one`, in the same unfolded tree.

    What a deadline cut off lies before it. A reminder goes with its activity and has no
    consequences of its own.
    """
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            if {mine[0], theirs[0]} & {CUT, TOLD}:
                return mine[0] == ITSELF
            return mine[0] == theirs[0] == ROW and theirs[1] > mine[1]
    return False


@dataclass(frozen=True, slots=True)
class _Reading:
    entries: Entries
    sight: Sight
    again: Mapping[Address, float]

    def block(self, block: Block, here: Address, indices: Indices, came: Passed) -> Passed | None:
        read = getattr(self, type(block).__name__.lower())
        passed: Passed | None = read(block, here, indices, came)
        return passed

    def row(self, row: Row, here: Address, indices: Indices, came: Passed) -> Passed | None:
        passed: Passed | None = came
        for number, part in enumerate(row.parts):
            passed = self.block(part, (*here, (ROW, number)), indices, passed)
            if passed is None:
                return None
        return passed

    def script(self, script: Script, here: Address, indices: Indices, came: Passed) -> Passed:
        before = came.data[script.source] if script.source else 0
        return _with(came, {script.target: before + script.plus})

    # ---- steps ----

    def step(self, step: Step, here: Address, indices: Indices, came: Passed) -> Passed | None:
        cut = self._cut(step, here, came)
        if cut is not None:
            return cut
        passed = self._asked(step.id, f"v_{step.id}", 100, here, indices, came)
        if passed is None:
            self._arm(step.id, step.timer, here, indices, came)
        return passed

    def _asked(
        self, element: str, asks: str, values: int, here: Address, indices: Indices, came: Passed
    ) -> Passed | None:
        place = (*here, (ITSELF, 0))
        entry = self.entries.get(place)
        if entry is None:
            self.sight.open[place] = Open(element, indices, came.data, asks, values)
            return None
        return _by(entry, came, entry.values)

    def _decided(
        self, block: Choice | Some | Rework | Repeat, values: int, here: Address, *rest: Any
    ) -> Passed | None:
        return self._asked(block.id, f"d_{block.id}", values, here, *rest)

    def _cut(self, block: Step | Sub, here: Address, came: Passed) -> Passed | None:
        entry = self.entries.get((*here, (CUT, 0)))
        return _by(entry, came, {f"x_{block.id}": 1}) if entry else None

    def _arm(
        self, element: str, timer: Timer | None, here: Address, indices: Indices, came: Passed
    ) -> None:
        if timer is None:
            return
        kind = CUT if timer.interrupts else TOLD
        for number in range(timer.times):
            place = (*here, (kind, number))
            if place not in self.entries:
                seconds = timer.seconds * (number + 1)
                self._count(element, seconds, place, indices, came, timer.interrupts)
                return

    def _count(
        self,
        element: str,
        seconds: int,
        place: Address,
        indices: Indices,
        came: Passed,
        interrupts: bool = False,
    ) -> None:
        due = max(came.at, self.again.get(place[:-1], 0.0)) + seconds
        self.sight.timers[place] = Armed(f"b_{element}", indices, due, interrupts)

    # ---- events ----

    def pause(self, pause: Pause, here: Address, indices: Indices, came: Passed) -> Passed | None:
        place = (*here, (TIME, 0))
        entry = self.entries.get(place)
        if entry is None:
            self._count(pause.id, pause.seconds, place, indices, came)
            return None
        return _by(entry, came, {})

    def message(
        self, message: Message | Race, here: Address, indices: Indices, came: Passed
    ) -> Passed | None:
        place = (*here, (HEARD, 0))
        entry = self.entries.get(place)
        if entry is None:
            self.sight.awaited[place] = Awaited(f"n_{message.id}", f"m_{message.id}")
            return None
        return _by(entry, came, entry.values)

    def race(self, race: Race, here: Address, indices: Indices, came: Passed) -> Passed | None:
        began = (*here, (ROW, 0))
        late = self.entries.get((*began, (TIME, 0)))
        if late is not None:
            return self.block(race.ways[0], (*here, (ROW, 1)), indices, _by(late, came, {}))
        passed = self.message(race, began, indices, came)
        if passed is not None:
            return self.block(race.ways[1], (*here, (ROW, 1)), indices, passed)
        self._count(race.id, race.seconds, (*began, (TIME, 0)), indices, came)
        return None

    # ---- gateways ----

    def choice(
        self, choice: Choice, here: Address, indices: Indices, came: Passed
    ) -> Passed | None:
        decision = (*here, (ROW, 0))
        passed = self._decided(choice, len(choice.ways), decision, indices, came)
        if passed is None:
            return None
        way = choice.ways[passed.data[f"d_{choice.id}"]]
        return self.block(way, (*here, (ROW, 1)), indices, passed)

    def some(self, some: Some, here: Address, indices: Indices, came: Passed) -> Passed | None:
        *optional, default = some.ways
        decision = (*here, (ROW, 0))
        passed = self._decided(some, 2 ** len(optional), decision, indices, came)
        if passed is None:
            return None
        bits = passed.data[f"d_{some.id}"]
        taken = [way for number, way in enumerate(optional) if bits & 2**number]
        return self._at_once(taken or [default], (*here, (ROW, 1)), indices, passed)

    def fork(self, fork: Fork, here: Address, indices: Indices, came: Passed) -> Passed | None:
        return self._at_once(list(fork.ways), here, indices, came)

    def _at_once(
        self, ways: list[Row], here: Address, indices: Indices, came: Passed
    ) -> Passed | None:
        ends = [
            self.block(way, (*here, (BESIDE, number)), indices, came)
            for number, way in enumerate(ways)
        ]
        through = [end for end in ends if end is not None]
        if len(through) < len(ends):
            return None
        changed = {
            name: value
            for end in through
            for name, value in end.data.items()
            if name not in came.data or came.data[name] != value
        }
        return _last(through, {**came.data, **changed})

    # ---- rounds and instances ----

    def rework(
        self, rework: Rework, here: Address, indices: Indices, came: Passed
    ) -> Passed | None:
        passed: Passed | None = _with(came, {f"c_{rework.id}": 0})
        for number in range(rework.most):
            place = (*here, (ROW, number))
            passed = self.block(rework.body, (*place, (ROW, 0)), indices, passed)
            if passed is None:
                return None
            passed = self._decided(rework, 2, (*place, (ROW, 1)), indices, passed)
            if passed is None:
                return None
            passed = _with(passed, {f"c_{rework.id}": number + 1})
            if passed.data[f"d_{rework.id}"] != 1:
                break
        return passed

    def repeat(
        self, repeat: Repeat, here: Address, indices: Indices, came: Passed
    ) -> Passed | None:
        passed: Passed | None = came
        for number in range(repeat.most):
            passed = self._decided(repeat, 2, (*here, (ROW, number)), indices, passed)
            if passed is None or passed.data[f"d_{repeat.id}"] != 1:
                break
        return passed

    def each(self, each: Each, here: Address, indices: Indices, came: Passed) -> Passed | None:
        items = list(range(each.items))
        entered = _with(came, {f"L_{each.id}": items})
        ends: list[tuple[Passed, int]] = []
        unfinished: list[Sight] = []
        for number in items:
            place = (*here, (ROW if each.in_order else BESIDE, number))
            before = ends[-1][0] if each.in_order and ends else came
            begun = Passed({**entered.data, f"i_{each.id}": number}, before.at, before.number)
            own = replace(self, sight=Sight())
            end = own._instance(each, place, (*indices, number), begun)
            if end is None:
                unfinished.append(own.sight)
            else:
                ends.append((end, number))
            if each.in_order and (end is None or _enough(each, end)):
                break
        return self._collected(each, came, entered, ends, unfinished)

    def _collected(
        self,
        each: Each,
        came: Passed,
        entered: Passed,
        ends: list[tuple[Passed, int]],
        unfinished: list[Sight],
    ) -> Passed | None:
        """The results in the order of finishing, up to the first that is enough."""
        ends.sort(key=lambda end: (end[0].number, end[1]))
        enough = [place for place, (end, _) in enumerate(ends, 1) if _enough(each, end)]
        if enough:
            ends = ends[: enough[0]]
        elif unfinished:
            for sight in unfinished:
                self.sight.take(sight)
            return None
        results = [end.data[f"r_{each.id}"] for end, _ in ends]
        last = _last([came, *(end for end, _ in ends)], entered.data)
        return _with(last, {f"o_{each.id}": results})

    def _instance(self, each: Each, here: Address, indices: Indices, came: Passed) -> Passed | None:
        if each.body is None:
            return self._asked(each.id, f"r_{each.id}", 100, here, indices, came)
        end = self.block(each.body, here, indices, came)
        return _with(end, {f"r_{each.id}": end.data[each.result]}) if end else None

    # ---- scopes ----

    def sub(self, sub: Sub, here: Address, indices: Indices, came: Passed) -> Passed | None:
        cut = self._cut(sub, here, came)
        if cut is not None:
            return cut
        passed = self.block(sub.body, (*here, (ITSELF, 0)), indices, came)
        if passed is None:
            self._arm(sub.id, sub.timer, here, indices, came)
        return passed

    def call(self, call: Call, here: Address, indices: Indices, came: Passed) -> Passed | None:
        taken = Passed({name: came.data[name] for name in call.takes}, came.at, came.number)
        passed = self.block(call.body, (*here, (ITSELF, 0)), indices, taken)
        if passed is None:
            return None
        given = {name: passed.data[name] for name in call.gives}
        return Passed({**came.data, **given}, passed.at, passed.number)


def _enough(each: Each, end: Passed) -> bool:
    return each.enough is not None and bool(end.data[f"r_{each.id}"] >= each.enough)


def _with(passed: Passed, values: Data) -> Passed:
    return Passed({**passed.data, **values}, passed.at, passed.number)


def _by(entry: Entry, came: Passed, values: Data) -> Passed:
    return Passed({**came.data, **values}, entry.at, entry.number)


def _last(ends: list[Passed], data: Data) -> Passed:
    """The moment at which the last of several was through."""
    return Passed(data, max(end.at for end in ends), max(end.number for end in ends))


def in_time(timers: Mapping[Address, Armed]) -> Iterator[Address]:
    """The addresses of timers, what is due first standing first."""
    yield from sorted(timers, key=lambda address: (timers[address].due, address))
