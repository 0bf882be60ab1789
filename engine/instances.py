"""Process instances: start, message, cancel; find and read. Each change is one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine import attachments, conventions, definitions, directory, papers, verbs
from engine import history as history_door
from engine.commands import run_once
from engine.deeds import HistoryEntry, Offer
from engine.errors import Finding, Invalid, NotAllowed, NotFound
from engine.history import GENESIS
from engine.ids import new_id
from engine.model import (
    Actor,
    Elements,
    InstanceRow,
    InstanceView,
    Outcome,
    Page,
)
from engine.running import decisions, entering, signing, subjects, views
from engine.running.context import CommandContext
from engine.running.opening import resting, running, take_up
from engine.running.scene import Scene
from engine.running.settle import Work, settle
from engine.running.verbs.commenting import KIND as COMMENTED
from engine.spiff import Execution
from engine.storage import access, jobs, readings, responses, search_queries, work_items
from engine.storage import instances as rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

LARGEST_PAGE = 100


def start(
    engine: Engine,
    actor: Actor,
    process_key: str,
    values: Mapping[str, Any],
    *,
    key: str,
    about: str | None = None,
) -> Outcome:
    """Start an instance of the current version with what was filled in on its start form.

    about: the instance a request is about. Raises NotFound, NotAllowed, Conflict, Invalid (findings
    of the form).
    """

    def work(connection: Connection) -> dict[str, Any]:
        definition_row = definitions.startable(engine, connection, actor, process_key)
        definition = definitions.compiled(engine, definition_row.id, connection)
        procedure = engine.registry.get(process_key)
        now = engine.clock.now()
        instance_id = new_id()
        context = CommandContext(engine, connection, now, instance_id)
        subject_id = subjects.about(context, actor, procedure, about)
        form = definition.start_form()
        entered = entering.check(
            engine, context, definition, form, values, {}, actor=actor, task_id="start"
        )
        head = _first_head(instance_id, definition_row, actor, now)
        rows.insert(connection, {**head, "about_id": subject_id})
        variables = {
            "doc_id": subject_id or instance_id,
            "instance_id": instance_id,
            **entered.data,
        }
        execution = Execution.start(definition, variables, context)
        job = Work(
            engine=engine,
            context=context,
            instance=views.Head(**head),
            definition=definition,
            execution=execution,
        )
        job.note("instance.started", actor_id=actor.person_id, data={"procedure": definition.name})
        entering.record(job, entered, actor=actor, element_id="start", work_item_id=None)
        return views.answer(job, settle(job), actor, started=True)

    body = {"process": process_key, "values": dict(values), "about": about}
    answer, repeated = run_once(engine, actor.person_id, key, "start", body, work)
    return Outcome(**{**answer, "repeated": repeated})


def _first_head(
    instance_id: str, definition_row: Any, actor: Actor, now: datetime
) -> dict[str, Any]:
    return {
        "id": instance_id,
        "definition_id": definition_row.id,
        "key": definition_row.key,
        "version": 1,
        "state": "running",
        "title": definition_row.name,
        "started_by": actor.person_id,
        "started_at": now,
        "flow_version": 0,
        "history_seq": GENESIS.seq,
        "history_hash": GENESIS.hash,
    }


def send_message(
    engine: Engine,
    actor: Actor,
    instance_id: str,
    name: str,
    payload: Mapping[str, Any],
    *,
    key: str,
) -> Outcome:
    """Hand a message to an instance; kept until the instance waits for it.

    Only who started the instance, or a designated system account (role system), may send.
    """

    def work(connection: Connection) -> dict[str, Any]:
        _may_steer(connection, actor, instance_id, "只有发起人可以向这件发送消息。")
        now = engine.clock.now()
        job = take_up(engine, connection, instance_id, now)
        entering.refuse_poison(payload)
        job.note("message.received", actor_id=actor.person_id, data={"name": name})
        if job.execution.awaits(name):
            job.execution.deliver(name, payload)
        else:
            responses.keep_message(
                connection,
                {
                    "id": new_id(),
                    "instance_id": instance_id,
                    "name": name,
                    "payload": dict(payload),
                    "received_at": now,
                },
            )
        return views.answer(job, settle(job), actor)

    body = {"instance": instance_id, "name": name, "payload": dict(payload)}
    answer, repeated = run_once(engine, actor.person_id, key, "message", body, work)
    return Outcome(**{**answer, "repeated": repeated})


def deliver(
    engine: Engine, connection: Connection, instance_id: str, message: Mapping[str, Any]
) -> None:
    """Hand over what another instance sent, in the sweep's transaction; nothing when too late."""
    row = rows.lock(connection, instance_id)
    if row is None or row.state != "running":
        return
    job = take_up(engine, connection, instance_id, engine.clock.now())
    if job.execution.awaits(message["name"]):
        job.note("message.received", data={"name": message["name"]})
        job.execution.deliver(message["name"], message["payload"])
        settle(job)


def close(engine: Engine, connection: Connection, instance_id: str, reason: str) -> None:
    """End a request that was overtaken, in the sweep's transaction."""
    row = rows.lock(connection, instance_id)
    if row is None or row.state != "running":
        return
    job = take_up(engine, connection, instance_id, engine.clock.now(), suspended_too=True)
    job.execution.cancel()
    job.note("instance.closed", data={"reason": reason})
    settle(job, cancelled=True)
    jobs.void_all(connection, instance_id)


def cancel(engine: Engine, actor: Actor, instance_id: str, reason: str, *, key: str) -> Outcome:
    """End an instance at once, with a reason. The starter may, before anybody else has acted."""

    def work(connection: Connection) -> dict[str, Any]:
        _may_cancel(engine, connection, actor, instance_id, reason)
        job = take_up(engine, connection, instance_id, engine.clock.now())
        job.execution.cancel()
        job.note("instance.cancelled", actor_id=actor.person_id, data={"reason": reason.strip()})
        settled = settle(job, cancelled=True)
        jobs.void_all(connection, instance_id)
        return views.answer(job, settled, actor)

    body = {"instance": instance_id, "reason": reason}
    answer, repeated = run_once(engine, actor.person_id, key, "cancel", body, work)
    return Outcome(**{**answer, "repeated": repeated})


def before_cancelling(engine: Engine, actor: Actor, instance_id: str, reason: str) -> InstanceView:
    """What is about to be cancelled, to look at once more. Refuses what `cancel` would refuse."""
    with engine.database.read() as connection:
        _may_cancel(engine, connection, actor, instance_id, reason)
        running(_visible(connection, actor, instance_id))
    return get(engine, actor, instance_id)


def _may_cancel(
    engine: Engine, connection: Connection, actor: Actor, instance_id: str, reason: str
) -> None:
    _may_steer(connection, actor, instance_id, "只有发起人可以撤销这件。")
    shortest = conventions.snapshot(engine, connection)["cancel_reason_length"]
    if len(reason.strip()) < shortest:
        message = f"撤销须写明理由（不少于{shortest}个字）。"
        raise Invalid([Finding(message, "reason", source=conventions.WORD)])
    if not _untouched(connection, actor, instance_id):
        raise NotAllowed("别人已经办过这件，不能直接撤销；请联系当前办理人退回。")


def _may_steer(connection: Connection, actor: Actor, instance_id: str, refusal: str) -> None:
    row = rows.get(connection, instance_id, access.may_see_instance(actor))
    if row is None:
        raise NotFound
    if row.started_by != actor.person_id:
        raise NotAllowed(refusal)


def _untouched(connection: Connection, actor: Actor, instance_id: str) -> bool:
    done = work_items.of_instance(connection, instance_id, ("done",))
    return all(item.done_by == actor.person_id for item in done)


# ---- reading ---------------------------------------------------------------------------------


def find(
    engine: Engine,
    actor: Actor,
    *,
    page: int = 1,
    size: int = 20,
    state: str | None = None,
    search: str | None = None,
    process_key: str | None = None,
) -> Page[InstanceRow]:
    """The instances this person may see, newest first."""
    page, size = max(1, page), min(max(1, size), LARGEST_PAGE)
    with engine.database.read() as connection:
        found, total = rows.find(
            connection,
            access.may_see_instance(actor),
            page=page,
            size=size,
            state=state,
            search=search_queries.said_in_instance(search) if search else None,
            key=process_key,
        )
        office = directory.snapshot(engine, connection)
        shown = views.instance_rows(engine, connection, found, office)
    capped = total > rows.COUNT_CAP
    return Page(shown, min(total, rows.COUNT_CAP), page, size, capped)


def get(
    engine: Engine, actor: Actor, instance_id: str, *, with_papers: bool = False
) -> InstanceView:
    """One instance with its timeline, steps, open items and files. NotFound when not for them.

    with_papers: look too which papers can be printed now.
    """
    with engine.database.read() as connection:
        row = _visible(connection, actor, instance_id)
        running = row.state == "running"
        office = directory.snapshot(engine, connection)
        items = work_items.of_instance(connection, instance_id, ("waiting", "open", "done"))
        answered = responses.responses(connection, instance_id)
        files = attachments.for_instance(engine, connection, instance_id)
        definition = definitions.compiled(engine, row.definition_id, connection)
        passed = history_door.passed_elements(connection, instance_id)
        untouched = _untouched(connection, actor, instance_id)
        signatures = decisions.signatures_of(connection, definition, items)
        context = CommandContext(engine, connection, engine.clock.now(), instance_id)
        asks = subjects.askable(context, actor, row.key) if running else []
        read = readings.of_instance(connection, instance_id)
        said = history_door.of_kind(connection, instance_id, COMMENTED)
        rules = context.conventions
        scene = Scene(engine, definition, office, items, answered, passed, signatures)
        printable = papers.of_scene(connection, row, scene) if with_papers else ()

    def offers(item: Any) -> tuple[Offer, ...]:
        asked = verbs.asked_of(engine, actor, item, definition, office, items, rules, row, read)
        return verbs.offers(asked)

    return InstanceView(
        row=views.instance_row(engine, row, office, items),
        opinions=scene.opinions(),
        steps=scene.steps(row.state),
        open_items=tuple(
            views.item_row(engine, item, office) for item in items if item.state == "open"
        ),
        files=files,
        requests=tuple((each.key, each.name) for each in asks),
        verbs=offers(None),
        item_verbs={each.id: offers(each) for each in items if each.state == "open"},
        readings=signing.readings(read, office),
        remarks=signing.remarks(said, office),
        resting=resting(row),
        asked=bool(answered) or any(scene.property_of(item, "party") for item in items),
        papers=printable,
        may_cancel=(row.state == "running" and row.started_by == actor.person_id and untouched),
    )


def history(engine: Engine, actor: Actor, instance_id: str) -> tuple[HistoryEntry, ...]:
    """The audit chain of an instance, oldest first."""
    with engine.database.read() as connection:
        _visible(connection, actor, instance_id)
        office = directory.snapshot(engine, connection)
        return history_door.entries(connection, instance_id, office.person_names)


def elements(engine: Engine, actor: Actor, instance_id: str) -> Elements:
    """The diagrams of an instance with what is done, active and overdue; the same as a list."""
    with engine.database.read() as connection:
        row = _visible(connection, actor, instance_id)
        office = directory.snapshot(engine, connection)
        items = work_items.of_instance(connection, instance_id, ("waiting", "open", "done"))
        definition = definitions.compiled(engine, row.definition_id, connection)
        passed = history_door.passed_elements(connection, instance_id)
    scene = Scene(engine, definition, office, items, [], passed)
    return Elements(diagrams=scene.diagrams(row.state), steps=scene.steps(row.state))


def _visible(connection: Connection, actor: Actor, instance_id: str) -> Any:
    row = rows.get(connection, instance_id, access.may_see_instance(actor))
    if row is None:
        raise NotFound
    return row
