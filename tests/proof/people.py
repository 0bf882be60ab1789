"""People of an office use whatever verbs they are offered, by chance, and nothing may get lost.

Held after every act, against the database alone: every open work item has one live task and every
live task somebody who can act; nobody has two copies of a step; the matter has ended exactly when
nothing is open; what is armed has one job and what is gone none; who did what for whom is what the
history tells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from engine import definitions, tasks, timers, verbs
from engine.clock import ManualClock
from engine.errors import GuichengError, Invalid
from engine.forms import Field
from engine.model import Actor
from engine.running.context import CommandContext
from engine.spiff import Execution
from engine.startup import Engine
from engine.storage import instances as rows
from engine.storage import tables, work_items, workflows
from tests.corpus.tokens import lost_tokens
from tests.diagrams import NOTE, flow
from tests.engine.desks import begin, step
from tests.engine.rewinding import DAY, script, several, timer
from tests.rebuilt import ProvedWorkflows

PEOPLE = ("gov_clerk", "docs", "docs2", "sec1", "sec2", "office_director")
STEWARD = "office_director"
ALL = "return,withdraw,transfer,delegate,add_signer,remove_signer"
LONGEST = 120  # acts to the end
AGAIN = {"key": "again", "type": "checkbox", "label": "再来", "properties": {"kind": "bool"}}
INNER = '<startEvent id="s2"/><endEvent id="e2"/>'
FORK = '<parallelGateway id="f"/><parallelGateway id="j"/>'


def _step(identity: str, person: str, **more: str) -> str:
    return step(identity, person, verbs=ALL, **more)


def _signed_by_several() -> Iterator[str]:
    """Small drawings in which several people sign, one after the other and at the same time."""
    yield (
        _step("A", "gov_clerk")
        + _step("B", "docs, docs2, sec1", policy="share", share="60")
        + _step("C", "office_director")
        + flow("S", "A", "B", "C", "E")
    )
    yield (
        _step("A", "gov_clerk")
        + _step("B", "docs, sec1", policy="ordered")
        + _step("C", "docs2, sec2", policy="any")
        + _step("D", "office_director")
        + FORK
        + flow("S", "A", "f", "B", "j", "D", "E")
        + flow("f", "C", "j")
    )
    each = INNER + _step("X", "=one") + _step("Y", "=one") + script("R", "res = one")
    each += flow("s2", "X", "Y", "R", "e2")
    for ordered in (False, True):
        yield (
            _step("A", "gov_clerk")
            + several("M", each, ordered=ordered)
            + _step("Z", "office_director, docs2")
            + flow("S", "A", "M", "Z", "E")
        )


def _with_deadlines() -> Iterator[str]:
    """A part that is cut off when its time is over, and a loop with a reminder."""
    part = INNER + _step("X", "docs, sec2") + _step("Y", "sec1") + flow("s2", "X", "Y", "e2")
    yield (
        _step("A", "gov_clerk")
        + f'<subProcess id="U">{part}</subProcess>'
        + timer("T", "U", '"P3D"', interrupts=True, kind="Duration").replace(
            "<timerEvent", REMIND.replace("remind", "interrupt") + "<timerEvent"
        )
        + script("W", "late = True")
        + '<exclusiveGateway id="g"/>'
        + _step("Z", "docs")
        + flow("S", "A", "U", "g", "Z", "E")
        + flow("T", "W", "g")
    )
    yield (
        '<exclusiveGateway id="i"/><exclusiveGateway id="o" default="F_o_Z"/>'
        + "".join(_step(*each) for each in (("A", "docs"), ("B", "sec1, sec2"), ("Z", "docs2")))
        + flow("S", "i", "A", "B", "o", "Z", "E")
        + flow("o", "i", when="again")
        + timer("T", "A", '"P2D"', interrupts=False, kind="Duration").replace(
            "<timerEvent", REMIND + "<timerEvent"
        )
        + '<endEvent id="e3"/>'
        + flow("T", "e3")
    )


REMIND = (
    "<extensionElements><spiffworkflow:properties>"
    '<spiffworkflow:property name="effect" value="remind"/>'
    '<spiffworkflow:property name="source" value="约定"/>'
    "</spiffworkflow:properties></extensionElements>"
)
DRAWINGS = (*_signed_by_several(), *_with_deadlines())
VARIABLES = {"names": ["docs", "sec1", "sec2"], "results": [], "again": False, "late": False}


@dataclass
class Office:
    """One matter and the people who have to do with it. told: what happened, in words."""

    engine: Engine
    folder: Path
    chance: Random
    counted: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)

    def play(self, acts: int) -> None:
        """So many acts by chance; then whatever is open is done."""
        self.story = begin(
            self.engine,
            self.folder,
            self.chance.choice(DRAWINGS),
            variables=VARIABLES,
            fields=[NOTE, AGAIN],
        )
        self.told.append(self.story.instance_id)
        self.check()
        for _ in range(acts):
            if self.state() != "running":
                break
            self.act()
            self.check()
        for _ in range(LONGEST):
            if self.state() != "running":
                break
            self.resume()
            self.complete(again=False)
            self.check()
        assert self.state() != "running", self.told
        self.counted["sequences"] += 1

    def act(self) -> None:
        drawn = self.chance.random()
        if drawn < 0.3:
            self.engine.kept = ProvedWorkflows(self.engine)  # loaded from its rows
            self.counted["reloads"] += 1
        drawn = self.chance.random()
        if drawn < 0.35:
            self.complete(again=self.chance.random() < 0.3)
        elif drawn < 0.45:
            self.wait()
        elif drawn < 0.9:
            self.use(self.chance.choice(self.items()))
        else:
            self.use(None)

    def complete(self, *, again: bool) -> None:
        """Somebody who has an open item submits it."""
        found = [each for each in self.items() if each.state == "open"]
        if not found or self.row().suspended_at is not None:
            return
        item = self.chance.choice(found)
        actor = self.who(item.assignee_id)
        view = tasks.get(self.engine, actor, item.id)
        assert view.may_act, (self.told, view.refusal)
        outcomes = [each.outcome for each in view.actions if each.verb == "complete"]
        outcome = self.chance.choice(outcomes)
        values: dict[str, Any] = {}
        if view.form is not None and view.form.get("note") is not None:
            values = {"note": "办", "again": again}
        self.told.append(f"{actor.person_id} 办 {item.element_name} {values}")
        tasks.complete(
            self.engine,
            actor,
            item.id,
            version=item.version,
            values=values,
            outcome=outcome,
            comment="同意。" if outcome else None,
            key=uuid4().hex,
        )
        self.counted["complete"] += 1

    def wait(self) -> None:
        """Days pass, and what is due fires."""
        assert isinstance(self.engine.clock, ManualClock)
        days = self.chance.randint(1, 3)
        self.engine.clock.move_to(self.engine.clock.now() + days * DAY)
        self.counted["timers"] += timers.fire_due(self.engine)
        self.told.append(f"{days}天")

    def use(self, item: Any | None) -> None:
        """Somebody uses a verb he is offered on an item, or (None) on the whole matter; now and
        then one that he is not offered: it is refused and nothing has happened."""
        holder = item.done_by or item.assignee_id if item is not None else None
        people = [*PEOPLE, *([holder] * 6 if holder else [])]
        actor = self.who(self.chance.choice(people))
        on = verbs.TASK if item is not None else verbs.INSTANCE
        target = item.id if item is not None else self.story.instance_id
        try:
            offered = [each.key for each in verbs.offered(self.engine, actor, target, on)]
        except GuichengError:
            return
        if offered and self.chance.random() < 0.9:
            back = [each for each in offered if each in ("return", "withdraw")]
            key = self.chance.choice([*offered, *back, *back])
            if key == "terminate" and self.chance.random() < 0.9:
                return
            self.offered(actor, key, target, on, item)
        else:
            every = [each.key for each in verbs.every() if each.on == on]
            key = self.chance.choice([each for each in every if each not in offered] or ["claim"])
            self.unoffered(actor, key, target, on)

    def offered(self, actor: Actor, key: str, target: str, on: str, item: Any | None) -> None:
        where = item.element_name if item is not None else "整件"
        try:
            form = verbs.sheet(self.engine, actor, key, target, on).form
            values = {each.key: self.value(each) for each in form.fields}
            self.told.append(f"{actor.person_id} {key} {where} {values}")
            said = verbs.foresee(self.engine, actor, key, target, values, on)
            assert all(each.endswith(("。", "；")) for each in said), said
            verbs.do(self.engine, actor, key, target, values=values, key=uuid4().hex, on=on)
            self.counted[key] += 1
        except Invalid as error:
            self.told.append(f"不行：{error}")
            self.counted["corrected"] += 1

    def unoffered(self, actor: Actor, key: str, target: str, on: str) -> None:
        before = self.row()
        try:
            verbs.do(self.engine, actor, key, target, values={}, key=uuid4().hex, on=on)
        except GuichengError:
            assert self.row() == before, self.told
            self.counted["refused"] += 1
            return
        if key != "return":  # drawn ways are taken by their button
            raise AssertionError((self.told, actor.person_id, key, "was not offered"))

    def resume(self) -> None:
        if self.row().suspended_at is None:
            return
        values = {"reason": "继续办理。"}
        verbs.do(
            self.engine,
            self.who(STEWARD),
            "resume",
            self.story.instance_id,
            values=values,
            key=uuid4().hex,
            on=verbs.INSTANCE,
        )

    def value(self, asked: Field) -> Any:
        options = [value for value, _ in asked.options]
        if asked.kind == "enum":
            return self.chance.choice(options) if options else None
        if asked.kind == "enums":
            return self.chance.sample(options, min(len(options), self.chance.randint(1, 2)))
        if asked.kind in ("person", "persons"):
            person = self.chance.choice(PEOPLE)
            return person if asked.kind == "person" else [person]
        return self.chance.random() < 0.5 if asked.kind == "bool" else "请按要求办理。"

    # ---- looking -----------------------------------------------------------------------------

    def who(self, person: str) -> Actor:
        return self.story.who(person)

    def row(self) -> Any:
        with self.engine.database.read() as connection:
            return rows.plain(connection, self.story.instance_id)

    def state(self) -> str:
        return str(self.row().state)

    def items(self) -> list[Any]:
        with self.engine.database.read() as connection:
            return work_items.of_instance(
                connection, self.story.instance_id, ("waiting", "open", "done")
            )

    def check(self) -> None:
        """Everything that must hold, from what the database knows."""
        row, items = self.row(), self.items()
        live = [each for each in items if each.state in ("waiting", "open")]
        with self.engine.database.read() as connection:
            definition = definitions.compiled(self.engine, row.definition_id, connection)
            context = CommandContext(self.engine, connection, self.engine.clock.now(), row.id)
            found = workflows.read(connection, row.id, finished=True)
            execution = Execution.load(definition, found, context)
            own = tables.job.c.instance_id == row.id
            waiting = sa.select(tables.job.c.task_id).where(own, tables.job.c.status == "waiting")
            jobs = sorted(connection.execute(waiting).scalars())
            links = list(connection.execute(_LINKS, {"chain": row.id}))
        if row.state != "running":
            assert not live, self.told
            assert not jobs, self.told
            assert row.state == "cancelled" or not lost_tokens(execution.workflow), self.told
            return
        self._one_task_each(execution, live)
        assert jobs == sorted(timer.id for timer in execution.timers()), self.told
        self._told_by_history(links, items, live)

    def _one_task_each(self, execution: Execution, live: list[Any]) -> None:
        ready = {task.id for task in execution.open_tasks()}
        assert ready == {each.task_id for each in live}, self.told
        for task in ready:
            beside = [each for each in live if each.task_id == task]
            assert len({each.epoch for each in beside}) == 1, self.told
            assert any(each.state == "open" for each in beside), (self.told, "nobody's turn")
            hands = Counter(each.assignee_id for each in beside if each.assignee_id)
            assert max(hands.values(), default=0) <= 1, (self.told, "two copies")

    def _told_by_history(self, links: list[Any], items: list[Any], live: list[Any]) -> None:
        opened: set[str] = set()
        done: dict[str, tuple[str | None, str | None]] = {}
        for link in links:
            item = link.work_item_id
            if link.kind == "item.opened":
                opened.add(item)
            elif link.kind == "item.completed" or _gave_back(link):
                opened.discard(item)
                done[item] = (link.actor_id, link.acted_for_id)
            elif link.kind in ("item.voided", "signer.unneeded"):
                opened.discard(item)
            elif link.kind == "signer.removed":
                opened.discard(link.data["item"])
            elif link.kind == "item.withdrawn":
                del done[item]
        assert done == {
            each.id: (each.done_by, each.acted_for_id) for each in items if each.state == "done"
        }, self.told
        assert {each.id for each in live if each.state == "open"} <= opened, self.told
        assert opened <= {each.id for each in live}, self.told


def _gave_back(link: Any) -> bool:
    return bool(link.kind == "item.returned" and link.data.get("mode") == "按流程重走")


_LINKS = (
    sa.select(tables.history)
    .where(tables.history.c.chain == sa.bindparam("chain"))
    .order_by(tables.history.c.seq)
)


def play(engine: Engine, folder: Path, sequences: int, seed: int) -> Counter[str]:
    """So many matters, twelve acts by chance in each; what was counted."""
    counted: Counter[str] = Counter()
    engine.kept = ProvedWorkflows(engine)
    registry = engine.registry
    for number in range(seed, seed + sequences):
        engine.registry = registry
        office = Office(engine, folder, Random(number), counted)
        try:
            office.play(12)
        except Exception as error:
            raise AssertionError(f"seed {number}: {error!r}\n" + "\n".join(office.told)) from error
    return counted
