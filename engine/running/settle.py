"""Settles what a command changed: work items, timers, messages, rows, history — one transaction.

Called once at the end of every command on an instance, under the instance's lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from engine import deadlines, notices, signatures
from engine.errors import StaleVersion
from engine.history import Entry, Head, append
from engine.ids import new_id
from engine.procedure import Summary
from engine.running import offers, subjects
from engine.running.context import CommandContext
from engine.storage import instances as instance_rows
from engine.storage import jobs, outbox, responses, search_index, work_items, workflows
from engine.storage.database import after_commit

if TYPE_CHECKING:
    from engine.spiff import ArmedTimer, CompiledDefinition, Execution
    from engine.startup import Engine

HEADING = ("title", "number", "urgency", "sender")
MOVED_ON = "流程已转到别处，这一步不再需要办理"


@dataclass
class Settled:
    """What a command left behind. opened: rows of the items that opened for people."""

    state: str
    outcome: str | None
    version: int
    opened: list[dict[str, Any]] = field(default_factory=list)


@dataclass(kw_only=True)
class Case:
    """One command's hold on one instance; its flow stands still."""

    engine: Engine
    context: CommandContext
    instance: Any  # the locked row; while starting, what was inserted
    definition: CompiledDefinition
    live_items: Sequence[Any] = ()
    entries: list[Entry] = field(default_factory=list)
    opened: list[dict[str, Any]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)  # ids of those that came to the instance
    told: set[str] = field(default_factory=set)  # items of whose opening somebody was told already

    def note(self, kind: str, *, actor_id: str | None = None, **fields: Any) -> None:
        """Add an entry to the instance's history."""
        data = fields.pop("data", {})
        self.entries.append(
            Entry(kind=kind, at=self.context.now, actor_id=actor_id, data=data, **fields)
        )


@dataclass(kw_only=True)
class Work(Case):
    """One command's work on one instance, from lock to settle. answered: tasks whose every item
    it closed; ended_as: how it was ended from outside."""

    execution: Execution
    answered: set[str] = field(default_factory=set)
    ended_as: str | None = None


def keep(case: Case) -> int:
    """Write what was done beside the flow: notices and history. The instance's new version."""
    connection, instance = case.context.connection, case.instance
    outbox.add(connection, case.context.notices)
    head = append(connection, instance.id, _head(case), case.entries)
    values = {"history_seq": head.seq, "history_hash": head.hash}
    if not instance_rows.update(connection, instance.id, instance.version, values):
        raise StaleVersion
    return int(instance.version) + 1


def settle(work: Work, *, cancelled: bool = False) -> Settled:
    """Write everything; the instance is then where the execution stands."""
    connection, instance_id = work.context.connection, work.context.instance_id
    _deliver_kept_messages(work)
    _settle_items(work)
    _settle_timers(work)
    thrown = []
    for each in work.execution.thrown():
        thrown.append(_outgoing(work, each.name, each.payload))
        subjects.send(work, each.name, each.payload)
    subjects.close_overtaken(work, cancelled or work.execution.completed)
    state = "cancelled" if cancelled else "completed" if work.execution.completed else "running"
    if state == "completed":
        work.note("instance.completed", data={"outcome_label": _name_of_end(work)})
    outbox.add(connection, [*_told(work, state), *work.context.notices, *thrown])
    if work.execution.passed:
        work.note("flow.passed", data=_passed(work))
    head = append(connection, instance_id, _head(work), work.entries)
    flow_version = work.instance.flow_version + 1
    values = {
        "state": state,
        "outcome": work.ended_as or work.execution.outcome if state != "running" else None,
        "ended_at": work.context.now if state != "running" else None,
        "flow_version": flow_version,
        "history_seq": head.seq,
        "history_hash": head.hash,
        **summary(work),
    }
    changes = work.execution.changes()
    version = work.instance.version
    differing = {name: values[name] for name in values if values[name] != _stood(work, name)}
    if not instance_rows.update(connection, instance_id, version, differing):
        raise StaleVersion
    search_index.put_new(connection, instance_id, _changed_heads(work, values), work.files)
    workflows.save(connection, instance_id, changes)
    if state == "running":
        kept = partial(work.engine.kept.keep, instance_id, flow_version, work.execution.let_go())
        after_commit(connection, kept)
    return Settled(state, values["outcome"], version + 1, work.opened)


def _told(work: Work, state: str) -> list[dict[str, Any]]:
    """Whoever has new work is told of it, and who began it that it has come to its end."""
    at, instance_id = work.context.now, work.context.instance_id
    if state == "completed":
        work.context.tell("ended", [work.instance.started_by])
    items = [item["id"] for item in work.opened if item["id"] not in work.told]
    by = next((each.actor_id for each in work.entries if each.actor_id), None)
    told = notices.of_work("opened", items, at=at, instance_id=instance_id, by=by)
    return [told] if items else []


def _stood(work: Work, column: str) -> Any:
    return getattr(work.instance, column, None)


def _name_of_end(work: Work) -> str | None:
    element = work.definition.elements.get((work.definition.key, work.execution.outcome or ""))
    return element.name if element is not None else None


def _passed(work: Work) -> dict[str, Any]:
    """What this command went through, for the marked diagram and for the reader."""
    elements = [work.definition.elements.get(each) for each in work.execution.passed]
    return {
        "elements": [list(each) for each in work.execution.passed],
        "steps": "、".join(dict.fromkeys(each.name for each in elements if each and each.name)),
    }


def _head(work: Case) -> Head:
    return Head(work.instance.history_seq, work.instance.history_hash)


def _changed_heads(work: Work, values: Mapping[str, Any]) -> dict[str, Any]:
    """Of title, number and sender, what can be found from now on in another way."""
    before = work.instance if work.instance.version > 1 else None
    return {
        name: values[name]
        for name in search_index.HEADS
        if name in values and values[name] != getattr(before, name, None)
    }


def summary(work: Work) -> dict[str, Any]:
    """The columns that head the worklist, as far as this command changed their variables."""
    procedure = work.engine.registry.get(work.definition.key)
    declared = procedure.summary if procedure else Summary()
    names = {column: name for column in HEADING if (name := getattr(declared, column))}
    newest = work.execution.newest(set(names.values()))
    values = {column: newest[name] for column, name in names.items() if name in newest}
    if isinstance(values.get("sender"), str):
        sent_at = work.instance.started_at
        values["sender"] = work.context.directory.org_name(values["sender"], sent_at)
    if "title" in values or work.instance.version == 1:
        title = str(values.get("title") or "").strip()
        values["title"] = title or f"（未填标题的{work.definition.name}）"
    return {column: None if value is None else str(value)[:500] for column, value in values.items()}


# ---- people ----------------------------------------------------------------------------------


def _settle_items(work: Work) -> None:
    """Offer what opened, close what vanished. A task that was opened once more, and one that has
    its items already, is looked after by whoever did that."""
    connection = work.context.connection
    opened = work.execution.opened()
    gone = work.execution.closed() - work.answered - {task.id for task in opened}
    if gone:
        at = work.context.now
        for item in work_items.void_of(connection, work.context.instance_id, gone, MOVED_ON, at):
            work.note(
                "item.voided",
                element_id=item.element_id,
                element_name=item.element_name,
                work_item_id=item.id,
                data={"reason": MOVED_ON},
            )
    new: list[dict[str, Any]] = []
    known = {item.task_id for item in work.live_items}
    for task in opened:
        if task.id not in known:
            new += offers.offer(work.execution, task, work.context)
    work_items.insert(connection, new)
    for item in new:
        if item["state"] == "open":
            note_opened(work, item)


def note_opened(work: Case, item: Mapping[str, Any]) -> None:
    """A person or group has a new item."""
    work.opened.append(dict(item))
    office = work.context.directory
    work.note(
        "item.opened",
        element_id=item["element_id"],
        element_name=item["element_name"],
        work_item_id=item["id"],
        acted_for_id=item["acted_for_id"],
        signature_form=item["signature_form"],
        substitution_id=item["substitution_id"],
        data={
            "assignee": signatures.told(office, item, work.context.now),
            "group": office.group_name(item["group_code"]) if item["group_code"] else None,
            "due": item["due_at"].isoformat() if item["due_at"] else None,
            "alert": item["alert"],
        },
    )


# ---- timers ----------------------------------------------------------------------------------


def _settle_timers(work: Work) -> None:
    """One job per armed timer, in the same transaction as the state that armed it."""
    gone, new = work.execution.timer_changes()
    jobs.void(work.context.connection, work.context.instance_id, gone)
    jobs.add(work.context.connection, [_job(work, timer) for timer in new])


def _job(work: Work, timer: ArmedTimer) -> dict[str, Any]:
    properties = timer.properties
    fact = work.execution.moment(properties.get("fact"), timer.data)
    basis = None
    length = work.execution.length(properties.get("length"), timer.data)
    if fact is not None and length is not None:
        basis = deadlines.make_basis(
            fact,
            length,
            work.execution.text(properties.get("unit"), timer.data),
            calendar=work.context.calendar,
            fact=properties.get("clock"),
            source=work.execution.text(properties.get("source"), timer.data),
        )
    instance_id = work.context.instance_id
    return {
        "id": new_id(),
        "kind": "timer",
        "due_at": timer.fires_at,
        "instance_id": instance_id,
        "task_id": timer.id,
        "element_id": timer.element_id,
        "effect": properties.get("effect"),
        "basis": basis,
        "payload": None,
        "status": "waiting",
        "attempts": 0,
        "dedupe_key": f"{instance_id}:{timer.id}:{timer.fires_at.isoformat()}",
    }


# ---- messages --------------------------------------------------------------------------------


def _deliver_kept_messages(work: Work) -> None:
    """Messages that came too early are delivered as soon as the instance waits for them."""
    if not work.execution.awaited():
        return
    progress = True
    while progress:
        progress = False
        for kept in responses.undelivered(work.context.connection, work.context.instance_id):
            if work.execution.awaits(kept.name):
                work.execution.deliver(kept.name, kept.payload)
                responses.delivered(work.context.connection, kept.id, work.context.now)
                progress = True
                break


def _outgoing(work: Work, name: str, payload: Any) -> dict[str, Any]:
    work.note("message.sent", data={"name": name})
    return {
        "id": new_id(),
        "instance_id": work.context.instance_id,
        "kind": "message",
        "name": name,
        "payload": payload or {},
        "created_at": work.context.now,
        "dedupe_key": None,
    }


def silent_responses(work: Work, fired: Iterable[ArmedTimer]) -> list[dict[str, Any]]:
    """What a timer with effect=silence records: no person, no signature, its clause.

    工作规则第三十三条第二款: deemed no objection is written by the clock and by nothing else.
    """
    rows = []
    for timer in fired:
        if timer.properties.get("effect") != "silence":
            continue
        party = str(work.execution.evaluate(timer.properties["party"], timer.data))
        due = work.execution.moment(timer.properties.get("due"), timer.data)
        rows.append(
            {
                "id": new_id(),
                "instance_id": work.context.instance_id,
                "task_id": timer.id,
                "process_key": timer.process,
                "element_id": timer.element_id,
                "party": party,
                "type": "DEEMED_NO_OBJECTION",
                "recorded_by": "system",
                "person_id": None,
                "signature": None,
                "opinion": None,
                "basis": timer.properties["source"],
                "sent_at": work.execution.moment(timer.properties.get("fact"), timer.data),
                "due_at": due,
                "recorded_at": work.context.now,
            }
        )
        work.note(
            "response.deemed",
            element_id=timer.element_id,
            element_name=timer.name,
            data={
                "party": party,
                "party_name": work.context.directory.asked_name(party, work.context.now),
                "due": due.isoformat() if due else None,
                "source": timer.properties["source"],
            },
        )
    return rows
