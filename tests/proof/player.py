"""One instance of a random drawing, moved through the engine's doors and held against BPMN.

After everything that happens the engine and the interpreter must tell the same: which steps are
open with which data, which timers are armed for when, whether it has ended. `ProvedWorkflows`
holds the live workflow against its rows besides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from engine import accounts, definitions, instances, tasks, timers
from engine.clock import ManualClock
from engine.model import Actor
from engine.running.context import CommandContext
from engine.spiff import Execution
from engine.startup import Engine
from engine.storage import instances as instance_rows
from engine.storage import tables, work_items, workflows
from tests.diagrams import install
from tests.proof.writing import written
from tests.rebuilt import ProvedWorkflows
from tests.reference.blocks import Drawing, around
from tests.reference.interpreter import Address, Entry, Indices, Sight, in_time, look

WHO = "gov_clerk"
OWN = frozenset({"doc_id", "instance_id"})  # what the engine gives every instance


@dataclass(frozen=True, slots=True)
class Item:
    """A step as the engine has it: its work item and what its task knows."""

    id: str
    version: int
    data: Mapping[str, Any]


@dataclass
class Player:
    """engine: replaced after a restart. entries: what has happened, for the interpreter. told: the
    same in words. items: what is open, as the engine had it when it was compared last."""

    engine: Engine
    drawing: Drawing
    actor: Actor
    instance_id: str
    entries: dict[Address, Entry] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    items: dict[tuple[str, Indices], Item] = field(default_factory=dict)

    @classmethod
    def begin(cls, engine: Engine, folder: Path, drawing: Drawing) -> Player:
        """Deploy the drawing under a name of its own and start an instance."""
        key = f"drawn_{uuid4().hex}"
        text = written(drawing, key)
        parts = {"variables": drawing.variables, "files": text.files, "before": text.before}
        install(engine, folder, key, text.body, **parts)
        actor = accounts.actor_named(engine, WHO)
        started = instances.start(engine, actor, key, {}, key=uuid4().hex)
        player = cls(engine, drawing, actor, started.instance_id)
        player.compare()
        return player

    def __post_init__(self) -> None:
        self.within = dict(around(self.drawing.body))
        self.began = self.engine.clock.now()

    def look(self, entries: Mapping[Address, Entry]) -> Sight:
        """What BPMN says after these entries."""
        return look(self.drawing, entries)

    # ---- what happens ----

    def complete(self, which: int, value: int) -> None:
        """A person does one of the open steps."""
        sight = self.look(self.entries)
        places = sorted(sight.open)
        place = places[which % len(places)]
        step = sight.open[place]
        values = {step.asks: value % step.values}
        item = self.items[step.element, step.indices]
        self.told.append(f"{step.element}{list(step.indices)} {values}")
        tasks.complete(
            self.engine, self.actor, item.id, version=item.version, values=values, key=uuid4().hex
        )
        self._enter(place, values)
        self.compare()

    def send(self, which: int, value: int) -> None:
        """A message comes that is waited for."""
        sight = self.look(self.entries)
        places = sorted(sight.awaited)
        place = places[which % len(places)]
        message = sight.awaited[place]
        payload = {"number": value}
        self.told.append(f"{message.name} {payload}")
        given = (self.engine, self.actor, self.instance_id, message.name, payload)
        instances.send_message(*given, key=uuid4().hex)
        self._enter(place, {message.sets: payload})
        self.compare()

    def wait(self, seconds: int) -> None:
        """Time goes on, at most to just before the next timer is due."""
        sight = self.look(self.entries)
        next_due = min((timer.due for timer in sight.timers.values()), default=None)
        if next_due is None or self.now + seconds < next_due:
            self._move(self.now + seconds)

    def let_fall_due(self, count: int, *, at_once: bool) -> bool:
        """The next timers fall due; False when none is armed or the order would be chance.

        at_once: the sweep comes when they all are due; otherwise each at its own moment.
        """
        sight = self.look(self.entries)
        ordered = list(in_time(sight.timers))[:count]
        if not ordered:
            return False
        until = sight.timers[ordered[-1]].due
        entries = self._after(until, at_once=at_once)
        if entries is None:
            return False
        self.told.append(f"{'sweep' if at_once else 'clock'} at {until}")
        if at_once:
            self._move(until)
            timers.fire_due(self.engine)
        else:
            timers.move_clock(self.engine, None, self.began + timedelta(seconds=until))
        self.entries = entries
        self.compare()
        return True

    def _after(self, until: float, *, at_once: bool) -> dict[Address, Entry] | None:
        """The entries when time has gone on so far; None when two timers race."""
        entries = dict(self.entries)
        while True:
            sight = self.look(entries)
            due = sight.due(until)
            if not due:
                return entries
            moment = until if at_once else min(sight.timers[place].due for place in due)
            due = sight.due(moment)
            if sight.race(due):
                return None
            for place in sorted(due, key=lambda each: (sight.timers[each].due, each)):
                entries[place] = Entry(moment, len(entries) + 1)

    def forget(self) -> None:
        """The next command loads the instance from its rows."""
        self.told.append("forget")
        self.engine.kept = ProvedWorkflows(self.engine)

    def go_on_with(self, engine: Engine) -> None:
        """Another engine on the same database."""
        self.told.append("restart")
        self.engine = engine
        self.compare()

    def finish(self) -> None:
        """Everything that is open is done, what is waited for comes, until the end."""
        while not self.ended:
            sight = self.look(self.entries)
            if sight.open:
                self.complete(0, 0)
            elif sight.awaited:
                self.send(0, 0)
            else:
                assert self.let_fall_due(1, at_once=True), self.told

    @property
    def ended(self) -> bool:
        """Whether BPMN says so."""
        return self.look(self.entries).ended is not None

    @property
    def acts(self) -> bool:
        """Whether somebody can do something now."""
        return bool(self.look(self.entries).open)

    @property
    def listens(self) -> bool:
        """Whether a message is waited for."""
        return bool(self.look(self.entries).awaited)

    @property
    def armed(self) -> bool:
        """Whether a timer waits."""
        return bool(self.look(self.entries).timers)

    def _enter(self, place: Address, values: Mapping[str, Any]) -> None:
        self.entries[place] = Entry(self.now, len(self.entries) + 1, values)

    @property
    def now(self) -> float:
        return (self.engine.clock.now() - self.began).total_seconds()

    def _move(self, to: float) -> None:
        assert isinstance(self.engine.clock, ManualClock)
        self.engine.clock.move_to(self.began + timedelta(seconds=to))

    # ---- comparing ----

    def compare(self) -> None:
        """Engine and interpreter tell the same. AssertionError with what happened before."""
        sight = self.look(self.entries)
        state, execution = self._loaded()
        assert (state == "completed") == (sight.ended is not None), (state, self.told)
        self.items = self._found(execution)
        self._same_steps(sight)
        self._same_timers(execution, sight)
        wanted = {message.name for message in sight.awaited.values()}
        assert execution.awaited() == wanted, (self.told, execution.awaited(), wanted)

    def _same_steps(self, sight: Sight) -> None:
        wanted = {
            (step.element, step.indices): self._plain(step.element, step.data)
            for step in sight.open.values()
        }
        found = {place: self._plain(place[0], item.data) for place, item in self.items.items()}
        assert found.keys() == wanted.keys(), (self.told, found.keys() ^ wanted.keys())
        for place, data in wanted.items():
            assert found[place] == data, (self.told, place, found[place], data)

    def _plain(self, element: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """Without what the engine adds, and without results that are still being collected."""
        unfinished = {f"o_{block}" for block in self.within[element]}
        return {name: value for name, value in data.items() if name not in OWN | unfinished}

    def _same_timers(self, execution: Execution, sight: Sight) -> None:
        armed = {timer.id: timer for timer in execution.timers()}
        wanted = sorted(
            (timer.element, timer.indices, timer.due) for timer in sight.timers.values()
        )
        found = sorted(
            (
                timer.element_id,
                self._indices(timer.element_id.removeprefix("b_"), timer.data),
                (timer.fires_at - self.began).total_seconds(),
            )
            for timer in armed.values()
        )
        assert found == wanted, (self.told, found, wanted)
        with self.engine.database.read() as connection:
            query = tables.job.select().where(tables.job.c.instance_id == self.instance_id)
            jobs = [job for job in connection.execute(query) if job.status == "waiting"]
        assert {(job.task_id, job.due_at) for job in jobs} == {
            (timer.id, timer.fires_at) for timer in armed.values()
        }, self.told

    def _found(self, execution: Execution) -> dict[tuple[str, Indices], Item]:
        """The live work items by step and indices; each open step has exactly one."""
        with self.engine.database.read() as connection:
            rows = work_items.of_instance(connection, self.instance_id, work_items.LIVE)
        by_task = {row.task_id: row for row in rows}
        tasks_open = execution.open_tasks()
        assert len(by_task) == len(rows) == len(tasks_open), self.told
        found = {}
        for task in tasks_open:
            row = by_task[task.id]
            place = task.element_id, self._indices(task.element_id, task.data)
            assert place not in found, (self.told, place)
            found[place] = Item(row.id, row.version, task.data)
        return found

    def _indices(self, element: str, data: Mapping[str, Any]) -> Indices:
        return tuple(data[f"i_{block}"] for block in self.within[element])

    def _loaded(self) -> tuple[str, Execution]:
        """The state of the instance, and its workflow as its rows tell it."""
        with self.engine.database.read() as connection:
            row = instance_rows.plain(connection, self.instance_id)
            definition = definitions.compiled(self.engine, row.definition_id, connection)
            context = CommandContext(
                self.engine, connection, self.engine.clock.now(), self.instance_id
            )
            found = workflows.read(connection, row.id)
            return row.state, Execution.load(definition, found, context)
