"""A player who also goes back: 退回 and 撤回 through the engine's doors, held against BPMN.

To the interpreter going back is taking entries away: the target's, and those of all that follows
from it. A reminder that has come stays while its sub-process goes on; what is opened again counts
its time anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa

from engine import accounts, instances, verbs
from engine.errors import GuichengError
from engine.startup import Engine
from engine.storage import work_items
from tests.diagrams import install
from tests.proof.player import WHO, Player
from tests.proof.writing import written
from tests.reference.blocks import Drawing
from tests.reference.interpreter import (
    CUT,
    ITSELF,
    TOLD,
    Address,
    Entry,
    Sight,
    follows,
    look,
)

ALLOWED = '<spiffworkflow:property name="verbs" value="return,withdraw"/>'
ROLE = '<spiffworkflow:property name="role"'


@dataclass
class Returner(Player):
    """done: what was done at an address → (work item, task, element, indices)."""

    done: dict[Address, tuple[str, str, str, tuple[int, ...]]] = field(default_factory=dict)
    again: dict[Address, float] = field(default_factory=dict)

    @classmethod
    def begin(cls, engine: Engine, folder: Path, drawing: Drawing) -> Returner:
        """Deploy the drawing, every step may be returned, and start an instance."""
        key = f"drawn_{uuid4().hex}"
        text = written(drawing, key)
        body, files = _allowing(text.body), {path: _allowing(x) for path, x in text.files.items()}
        install(engine, folder, key, body, variables=drawing.variables, files=files)
        actor = accounts.actor_named(engine, WHO)
        started = instances.start(engine, actor, key, {}, key=uuid4().hex)
        player = cls(engine, drawing, actor, started.instance_id)
        player.compare()
        return player

    def look(self, entries: Mapping[Address, Entry]) -> Sight:
        """What is open after these entries, some of it for the second time."""
        return look(self.drawing, entries, self.again)

    def complete(self, which: int, value: int) -> None:
        sight = self.look(self.entries)
        place = sorted(sight.open)[which % len(sight.open)]
        step = sight.open[place]
        item = self.items[step.element, step.indices]
        with self.engine.database.read() as connection:
            task = work_items.get(connection, item.id, sa.true()).task_id
        self.done[place] = (item.id, task, step.element, step.indices)
        super().complete(which, value)

    # ---- going back ----

    def give_back(self, which: int, where: int) -> bool:
        """The holder of an open step returns it to one before it; False when there is none."""
        sight = self.look(self.entries)
        places = sorted(sight.open)
        place = places[which % len(places)]
        step = sight.open[place]
        item = self.items[step.element, step.indices]
        wanted = {self.done[each][1] for each in self._offered(place)}
        found = self._targets(item.id)
        assert found == wanted, (self.told, step.element, found ^ wanted)
        if not wanted:
            return False
        target = sorted(self._offered(place))[where % len(wanted)]
        self.told.append(f"{step.element}{list(step.indices)} 退回 {self.done[target][2:]}")
        values = {"target": self.done[target][1], "mode": "walk", "reason": "请重办。"}
        self._use("return", item.id, values)
        self._undo(target)
        return True

    def withdraw(self, which: int) -> bool:
        """Somebody takes back what he did; refused when somebody after him has done something."""
        if not self.entries.keys() & self.done.keys():
            return False
        places = sorted(self.entries.keys() & self.done.keys())
        place = places[which % len(places)]
        acted = any(follows(place, each) for each in places)
        self.told.append(f"撤回 {self.done[place][2:]}")
        if acted or self._cut_off(place):
            try:
                self._use("withdraw", self.done[place][0], {})
            except GuichengError:
                self.compare()
                return False
            raise AssertionError((self.told, "withdrawn although somebody has acted"))
        self._use("withdraw", self.done[place][0], {})
        self._undo(place)
        return True

    def _offered(self, place: Address) -> list[Address]:
        """Of every step and instance the last time it was done, if the open one follows from it."""
        last: dict[tuple[str, tuple[int, ...]], Address] = {}
        for each in self.entries.keys() & self.done.keys():
            if follows(each, place) and not self._cut_off(each):
                key = self.done[each][2:]
                if key not in last or self.entries[each].number > self.entries[last[key]].number:
                    last[key] = each
        return list(last.values())

    def _cut_off(self, place: Address) -> bool:
        """Whether it lies in what a deadline has cut off."""
        return any(
            each[-1][0] == CUT and place[: len(each) - 1] == each[:-1] for each in self.entries
        )

    def _targets(self, item: str) -> set[str]:
        try:
            form = verbs.sheet(self.engine, self.actor, "return", item).form
        except GuichengError:
            return set()
        target = form.get("target")
        assert target is not None
        return {value for value, _ in target.options}

    def _use(self, verb: str, item: str, values: dict[str, str]) -> None:
        verbs.do(self.engine, self.actor, verb, item, values=values, key=uuid4().hex)

    def _undo(self, target: Address) -> None:
        running = [each[:-1] for each in self._running_parts(target)]
        gone = [
            each
            for each in self.entries
            if each == target or (follows(target, each) and not _told_of(each, running))
        ]
        for each in gone:
            del self.entries[each]
        here = target[:-1]
        self.again[here] = self.now
        for length in range(len(here)):
            part = here[: length + 1]
            if here[length] == (ITSELF, 0) and part[:-1] not in running:
                self.again[part[:-1]] = self.now
        self.compare()

    def _running_parts(self, target: Address) -> list[Address]:
        """The parts around the target that go on: something in them is open."""
        opened = self.look(self.entries).open
        found = []
        for length, place in enumerate(target[:-1]):
            part = target[: length + 1]
            if place == (ITSELF, 0) and any(each[: len(part)] == part for each in opened):
                found.append(part)
        return found


def _told_of(place: Address, running: list[Address]) -> bool:
    return place[-1][0] == TOLD and place[:-1] in running


def _allowing(text: str) -> str:
    return text.replace(ROLE, ALLOWED + ROLE)
