"""The staff verbs: what may be done with a task or an instance, what it would do, and doing it.

Every verb goes the same way: once for its key, under the instance's lock, guarded by the version
that was seen, with a link of history that names who acted, for whom and why, and notices to those
concerned, all in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine import conventions, definitions, directory
from engine.commands import run_once
from engine.deeds import Offer
from engine.duties import may_steer
from engine.errors import Conflict, Finding, Invalid, NotAllowed, NotFound, StaleVersion
from engine.forms import Form, validate
from engine.model import Actor, Outcome
from engine.running import backwards, entering
from engine.running.opening import beside, load, refuse_suspended, running
from engine.running.settle import Case, Work, keep, settle
from engine.running.verbs import INSTANCE, TASK, VERBS, Asked, Verb, refusal
from engine.running.verbs import offered as offered_to
from engine.running.verbs.verb import NotNow
from engine.storage import access, work_items
from engine.storage import instances as rows
from engine.storage import readings as reading_rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.directory import Directory
    from engine.running.backwards import Backwards
    from engine.spiff import CompiledDefinition
    from engine.startup import Engine

__all__ = [
    "INSTANCE",
    "TASK",
    "Sheet",
    "asked_of",
    "do",
    "every",
    "foresee",
    "offered",
    "offers",
    "sheet",
]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the page of a verb shows. heading: of the thing it is done to; title is None for those
    who may steer it and not read it; foreseen: what will happen, when nothing is to be filled in.
    """

    verb: Offer
    form: Form
    step: str | None
    procedure: str
    title: str | None
    number: str | None
    instance_id: str
    version: int
    foreseen: tuple[str, ...] = ()


def every() -> tuple[Offer, ...]:
    """All verbs there are."""
    return tuple(_offer(each) for each in VERBS.values())


def offered(engine: Engine, actor: Actor, target: str, on: str = TASK) -> tuple[Offer, ...]:
    """The verbs this person may use now on a task or an instance. NotFound when not for them."""
    with engine.database.read() as connection:
        asked = _ask(engine, connection, actor, target, on)
    return offers(asked)


def offers(asked: Asked) -> tuple[Offer, ...]:
    """The same for what is at hand already."""
    return tuple(_offer(each) for each in offered_to(asked))


def asked_of(
    engine: Engine,
    actor: Actor,
    item: Any,
    definition: CompiledDefinition,
    office: Directory,
    items: Sequence[Any],
    rules: conventions.Conventions,
    instance: Any = None,
    readings: Sequence[Any] = (),
    back: Backwards | None = None,
) -> Asked:
    """What verbs are judged by, from what a page has read already. item: None for the instance."""
    return Asked(
        actor=actor,
        office=office,
        now=engine.clock.now(),
        definition=definition,
        conventions=rules,
        refuse_handing=engine.registry.refuse_handing,
        instance=instance,
        items=items,
        item=item,
        readings=readings,
        back=back,
    )


def before_offering(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    definition: CompiledDefinition,
    items: Sequence[Any],
    item: Any,
) -> Backwards | None:
    """Whether one's own step can be taken back, or given back where it allows that, is seen in the
    flow alone; all else needs no look at it."""
    mine = actor.person_id == (item.done_by or item.assignee_id)
    element = definition.elements[item.process_key, item.element_id]
    named = element.properties.get("verbs", "").split(",")
    gives_back = "return" in (each.strip() for each in named)
    if not mine or item.instance_state != "running" or not (item.done_by or gives_back):
        return None
    return backwards.look(engine, connection, definition, items, item, engine.clock.now())


def sheet(engine: Engine, actor: Actor, key: str, target: str, on: str = TASK) -> Sheet:
    """The form of a verb, and what it is about to be done to. Refuses what `do` would refuse."""
    verb = _verb(key, on)
    with engine.database.read() as connection:
        asked = _ask(engine, connection, actor, target, on, verb)
        sees = rows.get(connection, asked.instance.id, access.may_see_instance(actor)) is not None
    _refuse(verb, asked)
    form, item, row = verb.form(asked), asked.item, asked.instance
    return Sheet(
        verb=_offer(verb),
        form=form,
        step=item.element_name if item is not None else None,
        procedure=row.procedure,
        title=row.title if sees else None,
        number=row.number,
        instance_id=row.id,
        version=item.version if item is not None else row.version,
        foreseen=() if form.fields else verb.consequences(asked, {}),
    )


def foresee(
    engine: Engine,
    actor: Actor,
    key: str,
    target: str,
    values: Mapping[str, Any],
    on: str = TASK,
) -> tuple[str, ...]:
    """What the verb would do with these values, in sentences. Changes nothing.

    Raises Invalid with every finding, and whatever `do` would refuse.
    """
    verb = _verb(key, on)
    with engine.database.read() as connection:
        asked = _ask(engine, connection, actor, target, on, verb)
    _refuse(verb, asked)
    return verb.consequences(asked, _checked(verb, asked, values))


def do(
    engine: Engine,
    actor: Actor,
    key_of_verb: str,
    target: str,
    *,
    values: Mapping[str, Any] | None = None,
    version: int | None = None,
    key: str,
    on: str = TASK,
) -> Outcome:
    """Use a verb on a task or an instance, once for this key.

    version: of the task (of the instance) as it was seen; another raises StaleVersion. Raises
    NotFound, NotAllowed with the reason, Conflict when it came too late, Invalid.
    """
    verb, given = _verb(key_of_verb, on), dict(values or {})

    def work(connection: Connection) -> dict[str, Any]:
        return _do(engine, connection, actor, verb, target, given, version)

    body = {"target": target, "values": given, "version": version}
    answer, repeated = run_once(engine, actor.person_id, key, verb.key, body, work)
    return Outcome(**{**answer, "repeated": repeated})


def _do(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    verb: Verb,
    target: str,
    values: Mapping[str, Any],
    version: int | None,
) -> dict[str, Any]:
    rows.lock(connection, _instance_of(connection, actor, target, verb))
    asked = _ask(engine, connection, actor, target, verb.on, verb)
    _refuse(verb, asked)
    thing = asked.item if asked.item is not None else asked.instance
    if verb.guarded and version is not None and version != thing.version:
        raise StaleVersion
    checked = _checked(verb, asked, values)
    case = _case(engine, connection, verb, asked)
    message = verb.apply(case, asked, checked)
    state, now_at = "running", 0
    if isinstance(case, Work):
        settled = settle(case, cancelled=verb.ends)
        state, now_at = settled.state, settled.version
    else:
        state, now_at = asked.instance.state, keep(case)
    return {
        "instance_id": asked.instance.id,
        "instance_state": state,
        "version": _version(connection, asked, now_at),
        "message": message,
        "opened": [each["id"] for each in case.opened],
        "next_task_id": _own(case, actor) if verb.looks_back else None,
    }


def _own(case: Case, actor: Actor) -> str | None:
    """What has come back to who acted."""
    mine = (each["id"] for each in case.opened if each["assignee_id"] == actor.person_id)
    return next(mine, None)


def _version(connection: Connection, asked: Asked, of_instance: int) -> int:
    """The version to go on with: the task's, where a task was asked about."""
    if asked.item is None:
        return of_instance
    return int(work_items.version(connection, asked.item.id))


def _case(engine: Engine, connection: Connection, verb: Verb, asked: Asked) -> Case:
    if verb.moves_flow:
        resting = verb.while_suspended
        return load(
            engine,
            connection,
            asked.instance,
            asked.now,
            suspended_too=resting,
            whole=verb.looks_back,
        )
    return beside(engine, connection, asked.instance, asked.now, asked.definition, asked.live)


# ---- looking ----------------------------------------------------------------------------------


def _verb(key: str, on: str) -> Verb:
    verb = VERBS.get(key)
    if verb is None or verb.on != on:
        raise NotFound
    return verb


def _offer(verb: Verb) -> Offer:
    return Offer(verb.key, verb.label, verb.about, verb.on, verb.grave, verb.quick)


def _reach(actor: Actor, verb: Verb | None) -> Any:
    """What this person may do the verb to, as a condition of the query."""
    if verb is not None and verb.of_stewards and may_steer(actor):
        return access.may_steer_instance(actor)
    return access.may_see_instance(actor)


def _instance_of(connection: Connection, actor: Actor, target: str, verb: Verb) -> str:
    if verb.on == INSTANCE:
        return target
    item = work_items.get(connection, target, _reach(actor, verb))
    if item is None:
        raise NotFound
    return str(item.instance_id)


def _ask(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    target: str,
    on: str,
    verb: Verb | None = None,
) -> Asked:
    reach = _reach(actor, verb)
    item = work_items.get(connection, target, reach) if on == TASK else None
    if on == TASK and item is None:
        raise NotFound
    row = rows.get(connection, item.instance_id if item is not None else target, reach)
    if row is None:
        raise NotFound
    definition = definitions.compiled(engine, row.definition_id, connection)
    items = work_items.of_instance(connection, row.id, ("waiting", "open", "done"))
    now, back = engine.clock.now(), None
    if verb is not None and verb.looks_back and item is not None and row.state == "running":
        back = backwards.look(engine, connection, definition, items, item, now)
    elif verb is None and item is not None:
        back = before_offering(engine, connection, actor, definition, items, item)
    return Asked(
        actor=actor,
        office=directory.snapshot(engine, connection),
        now=now,
        definition=definition,
        conventions=conventions.snapshot(engine, connection),
        refuse_handing=engine.registry.refuse_handing,
        instance=row,
        items=items,
        item=item,
        back=back,
        readings=reading_rows.of_instance(connection, row.id) if on == INSTANCE else (),
    )


def _refuse(verb: Verb, asked: Asked) -> None:
    if not verb.ended:
        running(asked.instance)
        if not verb.while_suspended:
            refuse_suspended(asked.instance)
    why = refusal(verb, asked)
    if why is None:
        return
    item = asked.item
    late = item is not None and item.state in ("done", "void")
    if late or isinstance(why, NotNow):
        raise Conflict(str(why))
    raise NotAllowed(why)


class _Lookups:
    """What the form of a verb may ask about the world."""

    own_orgs: frozenset[str] = frozenset()

    def __init__(self, asked: Asked) -> None:
        self.asked = asked

    def org_exists(self, code: str) -> bool:
        return self.asked.office.is_there(code, self.asked.now)

    def person_exists(self, person_id: str) -> bool:
        return self.asked.office.person(person_id) is not None

    def file_exists(self, file_id: str) -> bool:
        return False


def _checked(verb: Verb, asked: Asked, values: Mapping[str, Any]) -> dict[str, Any]:
    entering.refuse_poison(values)
    checked = validate(verb.form(asked), values, context={}, lookups=_Lookups(asked), now=asked.now)
    findings: list[Finding] = [each for each in checked.findings if each.severity == "block"]
    findings = findings or list(verb.check(asked, checked.values))
    if findings:
        raise Invalid(findings)
    return checked.values
