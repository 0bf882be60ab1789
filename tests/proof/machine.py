"""Hypothesis decides what happens to random drawings: people, time, reloads, restarts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import ClassVar

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    get_state_machine_test,
    initialize,
    precondition,
    rule,
)

from engine.startup import Engine, build
from tests.proof.going_back import Returner
from tests.proof.player import Player
from tests.rebuilt import ProvedWorkflows
from tests.reference.drawing import draw

STEPS = 12  # that hypothesis decides in one sequence; then everything is done to the end
NUMBERS = st.integers(0, 10_000)
BEFORE = st.sampled_from(["nothing"] * 6 + ["reloads"] * 3 + ["restarts"])


@dataclass
class Room:
    """An engine and what was counted in it. engine: another one after each restart."""

    engine: Engine
    folder: Path
    counted: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.registry = self.engine.registry
        self.engine.kept = ProvedWorkflows(self.engine)

    def restart(self) -> Engine:
        """A new engine on the same database, knowing nothing of the old one."""
        old = self.engine
        old.close()
        self.engine = build(
            old.settings, old.registry, clock=old.clock, system_clock=old.system_clock
        )
        self.engine.kept = ProvedWorkflows(self.engine)
        return self.engine


class Plays(RuleBasedStateMachine):
    """One drawing after the other, as long as the sequence lasts."""

    room: Room
    plays: ClassVar[type[Player]] = Player
    events: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.player: Player | None = None
        self.sound = False

    @initialize(number=st.integers(0, 2**32), size=st.integers(1, 12), depth=st.integers(1, 4))
    def first(self, number: int, size: int, depth: int) -> None:
        self.begin(number, size, depth)

    @rule(number=st.integers(0, 2**32), size=st.integers(1, 12), depth=st.integers(1, 4))
    @precondition(lambda self: self.player is not None and self.player.ended)
    def another(self, number: int, size: int, depth: int) -> None:
        self.begin(number, size, depth)

    def begin(self, number: int, size: int, depth: int) -> None:
        self.sound = False
        drawing = draw(Random(number), size, depth, events=self.events)
        room = self.room
        room.engine.registry = room.registry  # what was drawn before is played out
        self.player = self.plays.begin(room.engine, room.folder, drawing)
        self.did("drawings")

    @rule(which=NUMBERS, value=NUMBERS, wait=st.integers(0, 5000), before=BEFORE)
    @precondition(lambda self: self.player is not None and self.player.acts)
    def complete(self, which: int, value: int, wait: int, before: str) -> None:
        self.come_back(before)
        self.acting().wait(wait)
        self.acting().complete(which, value)
        self.did("completed")

    @rule(count=st.integers(1, 3), at_once=st.booleans(), before=BEFORE)
    @precondition(lambda self: self.player is not None and self.player.armed)
    def fall_due(self, count: int, at_once: bool, before: str) -> None:
        self.come_back(before)
        if self.acting().let_fall_due(count, at_once=at_once):
            self.did("timers")
        self.sound = True

    @rule(which=NUMBERS, value=NUMBERS, wait=st.integers(0, 5000), before=BEFORE)
    @precondition(lambda self: self.player is not None and self.player.listens)
    def send(self, which: int, value: int, wait: int, before: str) -> None:
        self.come_back(before)
        self.acting().wait(wait)
        self.acting().send(which, value)
        self.did("messages")

    def come_back(self, how: str) -> None:
        """To what the database knows, or not."""
        if how == "reloads":
            self.acting().forget()
            self.did(how)
        elif how == "restarts":
            self.acting().go_on_with(self.room.restart())
            self.did(how)

    def acting(self) -> Player:
        assert self.player is not None
        self.sound = False
        return self.player

    def did(self, what: str) -> None:
        self.sound = True
        self.room.counted[what] += 1

    def teardown(self) -> None:
        """What is still open is done, to the end."""
        if self.sound and self.player is not None:
            self.player.finish()
            self.room.counted["sequences"] += 1


class GoesBack(Plays):
    """People also return and withdraw what was done."""

    plays = Returner
    events = False  # what has come does not come again: going back over events is a matter apart

    @rule(which=NUMBERS, where=NUMBERS, before=BEFORE)
    @precondition(lambda self: self.player is not None and self.player.acts)
    def give_back(self, which: int, where: int, before: str) -> None:
        self.come_back(before)
        if self.going_back().give_back(which, where):
            self.did("returned")
        self.sound = True

    @rule(which=NUMBERS, before=BEFORE)
    @precondition(lambda self: self.player is not None and not self.player.ended)
    def withdraw(self, which: int, before: str) -> None:
        self.come_back(before)
        self.did("withdrawn" if self.going_back().withdraw(which) else "not withdrawn")

    def going_back(self) -> Returner:
        player = self.acting()
        assert isinstance(player, Returner)
        return player


def play(room: Room, sequences: int, number: int, machine: type[Plays] = Plays) -> Counter[str]:
    """So many sequences from a seed; what was counted. Raises what differs first, as it came."""
    room.counted.clear()
    machine = type("PlaysHere", (machine,), {"room": room})
    chosen = settings(
        max_examples=sequences,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )
    seed(number)(get_state_machine_test(machine, settings=chosen))()
    return room.counted
