"""Instances that ask something of another: what they may know of it, and what comes of them.

A request (撤回申请 …) is an instance of its own. What it is about stays as it is until the request
is granted; then a message, delivered by the sweep in a transaction of its own, acts on it. When
what it is about no longer waits for that message, the request is closed by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import definitions
from engine.errors import Conflict, Malformed, NotAllowed, NotFound
from engine.ids import new_id
from engine.model import Actor
from engine.procedure import DoneStep, Procedure, Subject
from engine.spiff import Execution
from engine.storage import access, jobs, work_items, workflows
from engine.storage import instances as rows

if TYPE_CHECKING:
    from engine.running.context import CommandContext
    from engine.running.settle import Work

DELIVER, CLOSE = "deliver", "close"
TO = "to_instance"  # in the payload of a message that is meant for another instance
OVERTAKEN = "原件已有批示结论或者已经结束，申请自动关闭"


def about(
    context: CommandContext, actor: Actor, procedure: Procedure | None, instance_id: str | None
) -> str | None:
    """The instance a new one is to be about, checked; None for a procedure that asks for nothing.

    Raises NotFound when it may not be seen, Conflict when it has ended or is asked already,
    NotAllowed when it is not this person's to ask.
    """
    request = procedure.request if procedure is not None else None
    if request is None or procedure is None:
        if instance_id is not None:
            raise Malformed("这个流程不针对别的事项，不能带 about。")
        return None
    if instance_id is None:
        raise Malformed(f"“{procedure.name}”要从所针对的事项上发起。")
    row = rows.get(context.connection, instance_id, access.may_see_instance(actor))
    if row is None or row.key != request.about:
        raise NotFound
    if row.state != "running":
        raise Conflict(f"这件已经结束，不能{procedure.name}。")
    if rows.open_about(context.connection, instance_id, procedure.key):
        raise Conflict(f"这件已有一个{procedure.name}在办理，请等它办完。")
    if request.may_ask is not None:
        why = request.may_ask(subject_of(context, instance_id), actor.person_id, actor.orgs)
        if why is not None:
            raise NotAllowed(why)
    return instance_id


def askable(context: CommandContext, actor: Actor, key: str) -> list[Procedure]:
    """The request procedures this person may now start about the context's instance."""
    found = []
    for procedure in context.engine.registry.requests_about(key):
        held = any(post in procedure.starter_roles for post, _ in actor.posts)
        if not held or rows.open_about(context.connection, context.instance_id, procedure.key):
            continue
        subject = subject_of(context, context.instance_id)
        request = procedure.request
        if request is None or request.message not in subject.waits_for:
            continue
        if request.may_ask is None or request.may_ask(subject, actor.person_id, actor.orgs) is None:
            found.append(procedure)
    return found


def subject_of(context: CommandContext, instance_id: str) -> Subject:
    """Another instance as a procedure may look at it. NotFound without one."""
    connection = context.connection
    row = rows.plain(connection, instance_id)
    if row is None:
        raise NotFound
    waits_for: frozenset[str] = frozenset()
    variables: dict[str, Any] = {}
    if row.state == "running":
        definition = definitions.compiled(context.engine, row.definition_id, connection)
        execution = Execution.load(definition, workflows.read(connection, instance_id), context)
        waits_for = frozenset(execution.awaited())
        variables = execution.everything()
    done = work_items.of_instance(connection, instance_id, ("done",))
    return Subject(
        id=row.id,
        key=row.key,
        state=row.state,
        started_by=row.started_by,
        variables=variables,
        waits_for=waits_for,
        done=tuple(
            DoneStep(each.element_id, each.role, each.done_by, each.acted_for_id, each.outcome)
            for each in done
        ),
    )


# ---- what follows from a command ----------------------------------------------------------------


def send(work: Work, name: str, payload: Any) -> None:
    """A message for another instance becomes a job of the sweep."""
    if not isinstance(payload, dict) or not payload.get(TO):
        return
    told = {key: value for key, value in payload.items() if key != TO}
    _add(work, DELIVER, str(payload[TO]), {"name": name, "payload": told})


def close_overtaken(work: Work, ended: bool) -> None:
    """Close the open requests whose message this instance no longer waits for."""
    before = work.execution.awaited_before
    gone = before if ended else before - work.execution.awaited()
    if not gone or work.instance is None:
        return
    for procedure in work.engine.registry.requests_about(work.definition.key):
        if procedure.request is not None and procedure.request.message in gone:
            for id in rows.open_about(
                work.context.connection, work.context.instance_id, procedure.key
            ):
                _add(work, CLOSE, id, {"reason": OVERTAKEN})


def _add(work: Work, kind: str, instance_id: str, payload: dict[str, Any]) -> None:
    job_id = new_id()
    row = {
        "id": job_id,
        "kind": kind,
        "due_at": work.context.now,
        "instance_id": instance_id,
        "payload": payload,
        "status": "waiting",
        "attempts": 0,
        "dedupe_key": f"{kind}:{job_id}",
    }
    jobs.add(work.context.connection, [row])
