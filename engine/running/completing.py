"""One work item: who may act on it, with which buttons, and what submitting it does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine import attachments, signatures, signed, signing
from engine.directory import Directory
from engine.errors import Conflict, Finding, Invalid, NotAllowed, StaleVersion
from engine.expressions import names_used
from engine.history import Entry, Head, append
from engine.ids import new_id
from engine.model import Action, Actor
from engine.running import decisions, entering, signers, turns, words
from engine.running.context import CommandContext
from engine.running.item_forms import OPINION, form_of, gives_opinion
from engine.running.settle import Work
from engine.spiff import taking_back
from engine.storage import instances as instance_rows
from engine.storage import responses, workflows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.spiff import CompiledDefinition

HELD = "这一步已请别人先办，办完后回到您这里。"

# ---- who may act -----------------------------------------------------------------------------


def refusal(item: Any, actor: Actor, office: Directory) -> str | None:
    """Why this person may not act on this item now; None when they may."""
    if not actor.has("staff"):
        return "您的账号不办理公文，只能查看。"
    if item.state == "done":
        who = office.person_name(item.done_by)
        return f"这一步已由{who}于{words.moment(item.done_at)}办理。"
    if item.state == "void":
        return f"{item.void_reason}。"
    if item.suspended_at is not None:
        return f"这件已挂起，恢复以后才能办理。挂起的原因：{item.suspend_reason}"
    if item.state == "waiting":
        return HELD if item.held else "还没有轮到这一步：前一位办理后送您。"
    if item.assignee_id == actor.person_id:
        return None
    if item.assignee_id is None and item.group_code in actor.groups:
        return None
    if item.group_code in actor.groups:
        return f"这一步已由{office.person_name(item.assignee_id)}认领。"
    return "这一步不由您办理。"


def refuse_others(item: Any, actor: Actor, version: int | None, office: Directory) -> None:
    """Raise unless this person may act on the item at the version they saw."""
    why = refusal(item, actor, office)
    if why is not None:
        if item.state in ("done", "void"):
            raise Conflict(f"{why}您的内容没有提交，已保留在页面上。")
        if item.group_code in actor.groups and item.assignee_id is not None:
            raise Conflict(why)
        raise NotAllowed(why)
    if version is not None and version != item.version:
        raise StaleVersion


def actions(definition: CompiledDefinition, item: Any, actor: Actor) -> tuple[Action, ...]:
    """The buttons of the task page, the primary one first."""
    form = form_of(definition, item)
    element = definition.elements[item.process_key, item.element_id]
    found: list[Action] = []
    if form is not None and form.outcome is not None:
        named = "" if form is OPINION else element.properties.get("outcomes", "")
        offered = named.split(",")
        found += [
            Action("complete", label, outcome=value, primary=index == 0)
            for index, (value, label) in enumerate(form.outcome.options)
            if offered == [""] or value in offered
        ]
    else:
        label = element.properties.get("submit_label", "提交")
        found.append(Action("complete", label, primary=True))
    found.append(Action("save_draft", "暂存"))
    if item.group_code is not None:
        if item.assignee_id is None:
            found.append(Action("claim", "认领"))
        else:
            found.append(Action("release", "退还科室"))
    return tuple(found)


def shown_values(
    definition: CompiledDefinition, item: Any, data: Mapping[str, Any]
) -> dict[str, Any]:
    """What the form shows: the variables it has fields for, then the draft over them.

    An answer and an opinion are everybody's own: what was said at an earlier step is not offered.
    """
    form = form_of(definition, item)
    keys = {each.key for each in form.fields} if form is not None else set()
    own = {each.key for each in (form.outcome, form.comment) if each} if form is not None else set()
    shown = {key: data[key] for key in keys - own if key in data}
    draft = item.draft or {}
    shown.update({key: value for key, value in draft.get("values", {}).items() if key in keys})
    return shown


def known_to(definition: CompiledDefinition, item: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """The variables by which fields of the form come into play, besides the fields themselves."""
    form = form_of(definition, item)
    conditions = (
        [each for field in form.fields for each in (field.hidden_when, field.required_when) if each]
        if form is not None
        else []
    )
    names = {name for each in conditions for name in names_used(each)}
    return {name: data[name] for name in sorted(names & data.keys())}


def notices(name: str | None, data: Mapping[str, Any]) -> tuple[Finding, ...]:
    """What the checks found before a step whose `findings` names a variable, each with its source.

    The variable is a list of records of a decision table: message, severity, source.
    """
    found = data.get(name or "") or []
    return tuple(
        Finding(str(each["message"]), severity=each["severity"], source=each.get("source"))
        for each in found
    )


def task_data(connection: Connection, item: Any) -> dict[str, Any]:
    """The variables of an open task, read from its row without loading the workflow."""
    return workflows.task_data(connection, item.instance_id, item.task_id)


# ---- submitting ------------------------------------------------------------------------------


def complete(
    work: Work,
    item: Any,
    actor: Actor,
    values: Mapping[str, Any],
    outcome: str | None,
    comment: str | None,
    confirmed_by: str | None = None,
) -> None:
    """Check and take what was entered, close the item, and step on when all signers are done.

    confirmed_by: how the person at the screen was confirmed; wanted where the step is signed.
    """
    task = work.execution.open_task(item.task_id)
    signs = decisions.is_signed(work.definition, item)
    wanted = signing.demanded(work.engine, work.context.conventions) if signs else None
    missing = [] if confirmed_by else signing.unconfirmed(wanted, None)
    try:
        entered = check(
            work.context, work.definition, item, actor, values, outcome, comment, data=task.data
        )
    except Invalid as wrong:
        raise Invalid([*wrong.findings, *missing]) from wrong
    if missing:
        raise Invalid(missing)
    said = entered.comment or comment
    how = confirmed_by or signing.NOT_ASKED
    signature = decisions.sign(work, item, actor, entered, said, how, task.data) if signs else None
    _close(work, item, actor, entered, said, signature)
    if item.kind == signers.DELEGATED:
        _hand_in(work, item, actor, entered, values, said)
        return
    if gives_opinion(work.definition, item):
        turns.pass_on(work, item, {})
        return
    entering.record(
        work,
        entered,
        actor=actor,
        element_id=item.element_id,
        work_item_id=item.id,
        acted_for=item.acted_for_id,
    )
    if item.kind == signers.CORRECTION:
        turns.pass_on(work, item, {**entered.data, **_voided_by(work, item)})
        return
    if item.kind == signers.MAIN:
        _record_response(work, item, actor, entered, said, task.data)
    turns.pass_on(work, item, {**entered.data, **_collected(work, item, actor, entered, said)})


def _voided_by(work: Work, item: Any) -> dict[str, Any]:
    """What a corrected step voids is as it is declared, or nothing."""
    element = work.definition.elements[item.process_key, item.element_id]
    declared = work.definition.defaults.get(item.process_key, {})
    return {name: declared.get(name) for name in taking_back.voided(element.properties)}


def _hand_in(
    work: Work,
    item: Any,
    actor: Actor,
    entered: entering.Entered,
    values: Mapping[str, Any],
    said: str | None,
) -> None:
    """What a delegate has filled in lies before the owner of the step as his draft, to confirm."""
    for field_key, ids in entered.files.items():
        attachments.bind(work.context.connection, ids, work.context.instance_id, field_key)
    draft = {"values": dict(values), "comment": said, "by": actor.person_id}
    work.context.tell(
        "delegation_done",
        [item.given_by_id],
        work_item_id=item.of_id,
        step=item.element_name,
        by=actor.name,
    )
    also = {item.of_id: {"draft": draft, "draft_at": work.context.now}}
    turns.pass_on(work, item, {}, also)


def check(
    context: CommandContext,
    definition: CompiledDefinition,
    item: Any,
    actor: Actor,
    values: Mapping[str, Any],
    outcome: str | None,
    comment: str | None,
    *,
    data: Mapping[str, Any],
) -> entering.Entered:
    """What was entered at a step, as the form takes it; Invalid with every finding at once.

    data: the variables of the task.
    """
    form = form_of(definition, item)
    submitted = dict(values)
    if form is not None and form.outcome is not None and outcome is not None:
        submitted[form.outcome.key] = outcome
    if form is not None and form.comment is not None and comment is not None:
        submitted[form.comment.key] = comment
    entering.refuse_poison(comment)
    entered = entering.check(
        context.engine,
        context,
        definition,
        form,
        submitted,
        data,
        actor=actor,
        task_id=item.element_id,
    )
    if form is not None:
        revises = definition.elements[item.process_key, item.element_id].properties.get("revises")
        signing.refuse_another_text(context, form, revises, data, entered.data)
    return entered


def _close(
    work: Work,
    item: Any,
    actor: Actor,
    entered: entering.Entered,
    said: str | None,
    signature: Mapping[str, Any] | None,
) -> None:
    changed = {
        "state": "done",
        "assignee_id": actor.person_id,
        "done_at": work.context.now,
        "done_by": actor.person_id,
        "outcome": entered.outcome,
        "comment": said,
        "draft": None,
        "draft_at": None,
    }
    turns.change(work, item, changed)
    work.note(
        "item.completed",
        actor_id=actor.person_id,
        acted_for_id=item.acted_for_id,
        signature_form=item.signature_form,
        substitution_id=item.substitution_id,
        element_id=item.element_id,
        element_name=item.element_name,
        work_item_id=item.id,
        data={
            "signed": signatures.on_screen(
                work.context.directory,
                actor.person_id,
                item.signature_form,
                item.acted_for_id,
                item.substitution_id,
                work.context.now,
            ),
            "part": signers.kind_word(item) or None,
            "outcome": entered.outcome,
            "outcome_label": entered.outcome_label,
            "comment": said,
            "values": {key: value for key, value in entered.data.items() if value is not None},
            "overrides": [each.message for each in entered.findings if each.severity == "override"],
            **({signed.NOTED: signed.noted(signature)} if signature is not None else {}),
        },
    )


def _record_response(
    work: Work,
    item: Any,
    actor: Actor,
    entered: entering.Entered,
    said: str | None,
    data: Mapping[str, Any],
) -> None:
    """A party that was asked has answered: a row of its own, by a person."""
    element = work.definition.elements[item.process_key, item.element_id]
    party = element.properties.get("party")
    if not party:
        return
    kind = entered.data.get(element.properties.get("response", "action"))
    if kind in (element.properties.get("no_response", "extend").split(",")):
        return
    sent = work.execution.moment(element.properties.get("due_fact"), data)
    due = work.execution.moment(element.properties.get("due_at"), data)
    row = {
        "id": new_id(),
        "instance_id": work.context.instance_id,
        "task_id": item.task_id,
        "process_key": item.process_key,
        "element_id": item.element_id,
        "party": str(work.execution.evaluate(party, data)),
        "type": str(kind),
        "recorded_by": "person",
        "person_id": actor.person_id,
        "signature": actor.name,
        "opinion": said,
        "basis": entered.data.get("basis"),
        "sent_at": sent,
        "due_at": due,
        "recorded_at": work.context.now,
    }
    responses.add_responses(work.context.connection, [row])


def _collected(
    work: Work, item: Any, actor: Actor, entered: entering.Entered, said: str | None
) -> dict[str, Any]:
    """A step of several signers keeps what each of them said in the list its `collect` names."""
    name = work.definition.elements[item.process_key, item.element_id].properties.get("collect")
    if not name:
        return {}
    task = work.execution.open_task(item.task_id)
    row = {
        "person": actor.person_id,
        "acted_for": item.acted_for_id,
        "opinion": entered.outcome,
        "text": said,
        "at": work.context.now.isoformat(),
    }
    return {name: [*task.data.get(name, []), row]}


def only_history(connection: Connection, instance: Any, entries: list[Entry]) -> None:
    """Add to an instance's history when nothing else of it changed."""
    head = append(
        connection, instance.id, Head(instance.history_seq, instance.history_hash), entries
    )
    values = {"history_seq": head.seq, "history_hash": head.hash}
    if not instance_rows.update(connection, instance.id, instance.version, values):
        raise StaleVersion
