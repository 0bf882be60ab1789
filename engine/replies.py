"""Who was asked in an instance and what came of it; two acts of the asking side beside the flow.

An opinion that comes after silence has counted is registered as exactly that (LATE_OPINION): it
moves nothing, the asking side says what it does with it. Who must answer and has not may be taken
to negotiation by who asked; the step ends without anybody's word (工作规则第三十三条).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine import definitions, directory
from engine.clock import aware
from engine.commands import run_once
from engine.directory import Directory
from engine.errors import Conflict, Finding, Invalid, NotAllowed, NotFound
from engine.expressions import compile_expression
from engine.history import Entry
from engine.ids import new_id
from engine.model import Actor, Outcome
from engine.running import completing, entering, views, words
from engine.running.context import CommandContext
from engine.running.opening import take_up
from engine.running.settle import settle
from engine.storage import access, responses, work_items
from engine.storage import instances as rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.spiff import CompiledDefinition
    from engine.startup import Engine

LATE = "LATE_OPINION"
DEEMED = "DEEMED_NO_OBJECTION"
LONGEST = 2000  # characters of a late opinion and of what is done with it
NOT_ASKING = "只有提出征求、会签的单位可以登记。"


@dataclass(frozen=True, slots=True)
class Reply:
    """One asked party, or one thing that came from it. kind: the answer given, DEEMED, LATE, or
    "open" while it is awaited. closing: the words on the button that ends the wait, when it may."""

    party: str
    name: str
    kind: str
    label: str
    sent_at: datetime | None
    due_at: datetime | None
    at: datetime | None = None
    person: str | None = None
    text: str | None = None
    basis: str | None = None
    task_id: str | None = None
    closing: str | None = None


@dataclass(frozen=True, slots=True)
class Replies:
    """All of them. late_from: (code, name) of parties whose late opinion may be registered."""

    rows: tuple[Reply, ...]
    late_from: tuple[tuple[str, str], ...]


def listing(engine: Engine, actor: Actor, instance_id: str) -> Replies:
    """The asked parties of an instance, oldest answer first. NotFound when not for them."""
    with engine.database.read() as connection:
        case = _Case(engine, connection, actor, instance_id)
        found = [case.answered(row) for row in case.responses]
        found += [case.awaited(item) for item in case.items if case.is_asked(item)]
        late = case.deemed() if case.asks() else {}
    names = {row.party: case.office.org_name(row.party) for row in late.values()}
    return Replies(tuple(found), tuple(names.items()))


def register_late(
    engine: Engine,
    actor: Actor,
    instance_id: str,
    *,
    party: str,
    opinion: str,
    received_at: datetime,
    handling: str = "",
    key: str,
) -> dict[str, Any]:
    """Register what a party wrote after its silence had counted. Nothing moves.

    handling: what the asking side does with it. Raises NotAllowed, Invalid with every finding.
    """

    def work(connection: Connection) -> dict[str, Any]:
        rows.lock(connection, instance_id)
        case = _Case(engine, connection, actor, instance_id)
        if not case.asks():
            raise NotAllowed(NOT_ASKING)
        entering.refuse_poison([opinion, handling])
        silent = case.deemed().get(party)
        _check_late(case, silent, opinion, handling, received_at)
        came = f"{words.moment(aware(received_at))}收到"
        responses.add_responses(connection, [_late_row(case, silent, opinion, handling, came)])
        told = {"party": party, "party_name": case.office.org_name(party), "received": came}
        entry = Entry(
            kind="response.late",
            at=case.now,
            actor_id=actor.person_id,
            element_id=silent.element_id if silent is not None else None,
            data={**told, "opinion": opinion.strip()},
        )
        completing.only_history(connection, case.row, [entry])
        return {"message": "已登记迟到意见，流程不变。"}

    body = {"instance": instance_id, "party": party, "opinion": opinion, "handling": handling}
    body["received_at"] = aware(received_at).isoformat()
    answer, _ = run_once(engine, actor.person_id, key, "late-opinion", body, work)
    return answer


def close_unanswered(
    engine: Engine, actor: Actor, instance_id: str, task_id: str, *, key: str
) -> Outcome:
    """End the wait for a party that must answer, is due and has not: closed without a word.

    Raises NotAllowed to whoever did not ask, Conflict when it was answered meanwhile, Invalid with
    the drawing's own sentence while it may not be.
    """

    def work(connection: Connection) -> dict[str, Any]:
        if rows.get(connection, instance_id, access.may_see_instance(actor)) is None:
            raise NotFound
        if not _staff(actor):
            raise NotAllowed(NOT_ASKING)
        job = take_up(engine, connection, instance_id, engine.clock.now())
        item = next((each for each in job.live_items if each.id == task_id), None)
        if item is None:
            raise Conflict("这一步已经办理，不用再转。")
        own = job.definition.elements[item.process_key, item.element_id].properties
        form = job.definition.form_of(item.process_key, item.form)
        task = next(each for each in job.execution.open_tasks() if each.id == item.task_id)
        asker = job.execution.evaluate(own["asker"], task.data) if own.get("asker") else None
        if form is None or form.outcome is None or asker not in actor.orgs:
            raise NotAllowed(NOT_ASKING)
        if not job.execution.evaluate(own["asker_when"], task.data):
            raise Invalid([Finding(own["asker_refusal"], "task_id")])
        job.note(
            "response.closed",
            actor_id=actor.person_id,
            element_id=item.element_id,
            element_name=item.element_name,
            work_item_id=item.id,
            data={"party": item.org, "party_name": job.context.directory.org_name(item.org)},
        )
        values = {form.outcome.key: own["asker_outcome"]}
        job.execution.complete(item.task_id, values)
        return views.answer(job, settle(job), actor)

    body = {"instance": instance_id, "task": task_id}
    answer, repeated = run_once(engine, actor.person_id, key, "close-unanswered", body, work)
    return Outcome(**{**answer, "repeated": repeated})


# ---- one case --------------------------------------------------------------------------------


class _Case:
    """An instance with its asked parties, read once."""

    def __init__(
        self, engine: Engine, connection: Connection, actor: Actor, instance_id: str
    ) -> None:
        row = rows.get(connection, instance_id, access.may_see_instance(actor))
        if row is None:
            raise NotFound
        self.row: Any = row
        self.actor = actor
        self.connection = connection
        self.now = engine.clock.now()
        self.office: Directory = directory.snapshot(engine, connection)
        self.definition: CompiledDefinition = definitions.compiled(
            engine, row.definition_id, connection
        )
        self.items = work_items.of_instance(connection, instance_id, ("open", "done"))
        self.responses = responses.responses(connection, instance_id)
        self.context = CommandContext(engine, connection, self.now, instance_id)

    def properties(self, item: Any) -> Any:
        return self.definition.elements[item.process_key, item.element_id].properties

    def is_asked(self, item: Any) -> bool:
        return item.state == "open" and bool(self.properties(item).get("party"))

    def deemed(self) -> dict[str, Any]:
        """The newest record of silence of each party."""
        return {row.party: row for row in self.responses if row.type == DEEMED}

    def asks(self) -> bool:
        """Whether this person belongs to the side that asked: it has steps beside the answers."""
        asking = {item.process_key for item in self.items if self.properties(item).get("party")}
        asking |= {row.process_key for row in self.responses}
        return _staff(self.actor) and any(
            item.org in self.actor.orgs
            and item.process_key in asking
            and not self.properties(item).get("party")
            for item in self.items
        )

    def answered(self, row: Any) -> Reply:
        return Reply(
            party=row.party,
            name=self.office.org_name(row.party),
            kind=row.type,
            label=LABELS.get(row.type) or self._option(row) or row.type,
            sent_at=row.sent_at,
            due_at=row.due_at,
            at=row.recorded_at,
            person=self.office.person_name(row.person_id) if row.person_id else None,
            text=row.opinion,
            basis=row.basis,
        )

    def awaited(self, item: Any) -> Reply:
        return Reply(
            party=item.org,
            name=self.office.org_name(item.org),
            kind="open",
            label="等待答复",
            sent_at=item.opened_at,
            due_at=item.due_at,
            task_id=item.id,
            closing=self._closing(item),
        )

    def _closing(self, item: Any) -> str | None:
        own = self.properties(item)
        if not own.get("asker") or not _staff(self.actor):
            return None
        data = completing.task_data(self.connection, item)
        names = self.definition.names
        functions = names.bind(self.context)
        scope = {**names.constants, **data}
        asker, may = (
            compile_expression(own[name], names.allowed).evaluate(scope, functions)
            for name in ("asker", "asker_when")
        )
        return own["asker_label"] if may and asker in self.actor.orgs else None

    def _option(self, row: Any) -> str | None:
        """The words on the button that was pressed."""
        drawn = self.definition.elements[row.process_key, row.element_id]
        form = self.definition.form_of(row.process_key, drawn.properties.get("form"))
        if form is None or form.outcome is None:
            return None
        return dict(form.outcome.options).get(row.type)


LABELS = {DEEMED: "逾期未回复，视为无不同意见", LATE: "逾期后来文，另行登记"}


def _staff(actor: Actor) -> bool:
    return actor.has("staff")


def _check_late(
    case: _Case, silent: Any, opinion: str, handling: str, received_at: datetime
) -> None:
    findings = []
    if silent is None:
        message = "该单位没有“视为无不同意见”的记录；仍在时限内的，请其在任务中答复。"
        findings.append(Finding(message, "party"))
    elif silent.due_at is not None and aware(received_at) <= silent.due_at:
        message = "来文时间在时限之内，不是迟到意见；请与对方核对送达情况。"
        findings.append(Finding(message, "received_at"))
    if aware(received_at) > case.now:
        findings.append(Finding("来文时间不能晚于现在。", "received_at"))
    if not opinion.strip():
        findings.append(Finding("请写明来文的意见。", "opinion"))
    for name, text in (("opinion", opinion), ("handling", handling)):
        if len(text) > LONGEST:
            findings.append(Finding(f"最多{LONGEST}字。", name))
    if findings:
        raise Invalid(findings)


def _late_row(case: _Case, silent: Any, opinion: str, handling: str, came: str) -> dict[str, Any]:
    done = f"；主办意见：{handling.strip()}" if handling.strip() else ""
    return {
        "id": new_id(),
        "instance_id": case.row.id,
        "task_id": new_id(),  # an act of its own, at no step
        "process_key": silent.process_key,
        "element_id": silent.element_id,
        "party": silent.party,
        "type": LATE,
        "recorded_by": "person",
        "person_id": case.actor.person_id,
        "signature": None,
        "opinion": opinion.strip(),
        "basis": came + done,
        "sent_at": silent.sent_at,
        "due_at": silent.due_at,
        "recorded_at": case.now,
    }
