"""The user tasks of people: worklist, one task, claim and release, draft, complete.

Every change is one transaction under the instance's lock, guarded by the version the person saw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine import (
    attachments,
    conventions,
    definitions,
    directory,
    signatures,
    signing_lists,
    verbs,
)
from engine import history as history_door
from engine.commands import run_once
from engine.errors import Conflict, Invalid, NotAllowed, NotFound, ProcedureFault, StaleVersion
from engine.model import (
    Actor,
    Choices,
    Counts,
    Filters,
    InstanceRow,
    Outcome,
    Stretch,
    TaskView,
    WorkItemRow,
)
from engine.running import (
    completing,
    confirming,
    decisions,
    entering,
    reassigning,
    signing,
    views,
    words,
)
from engine.running.item_forms import form_of
from engine.running.opening import load
from engine.running.scene import Scene
from engine.running.settle import Work, settle
from engine.signing import NOT_ASKED, demanded
from engine.storage import access, responses, work_items, worklists
from engine.storage import instances as instance_rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

VIEWS = tuple(worklists.LISTINGS)
LARGEST_PAGE = 100
EVERYTHING = Filters()
SEEN_BEFORE = "您的内容没有提交，已保留；请看过变化再提交。"
NOT_TAKEN = "您的内容没有提交，已保留在页面上。"
UNWRITTEN = "（意见尚未填写，只看下一步）"  # stands for an opinion in a preview, never kept


def worklist(
    engine: Engine,
    actor: Actor,
    view: str,
    *,
    size: int = 20,
    filters: Filters = EVERYTHING,
    at: str | None = None,
) -> Stretch[WorkItemRow] | Stretch[InstanceRow]:
    """A stretch of one list of the workbench; what is late stands first.

    view: mine, group, done, drafts, delegated; rows of the others are instances. at: where it
    begins, as an earlier answer said (before, after). Invalid when that cannot be read.
    """
    listing = _listing(view)
    size = min(max(1, size), LARGEST_PAGE)
    begins = worklists.place(listing, at)
    with engine.database.read() as connection:
        office = directory.snapshot(engine, connection)
        narrowed = worklists.narrowed(listing, filters, engine.clock.now())
        conditions = [listing.condition(actor), *narrowed]
        rows, before, after = worklists.stretch(connection, listing, conditions, size, begins)
        total = worklists.total(connection, listing, conditions)
        shown = _shown(engine, connection, listing, rows, office)
    cap = instance_rows.COUNT_CAP
    return Stretch(shown, min(total, cap), size, total > cap, before, after)


def _shown(
    engine: Engine,
    connection: Connection,
    listing: worklists.Listing,
    rows: Sequence[Any],
    office: directory.Directory,
) -> tuple[Any, ...]:
    if listing.of_items:
        return tuple(views.item_row(engine, row, office) for row in rows)
    drawn = views.sent_rows if listing.sent else views.instance_rows
    return drawn(engine, connection, rows, office)


def _listing(view: str) -> worklists.Listing:
    try:
        return worklists.LISTINGS[view]
    except KeyError:
        raise NotFound(f"没有“{view}”这个列表。") from None


def choices(
    engine: Engine, actor: Actor, views_shown: Sequence[str], filters: Filters = EVERYTHING
) -> Choices:
    """What these lists (of the same kind of rows) can be narrowed to, from what is in them now;
    what the filters ask for already is among it."""
    with engine.database.read() as connection:
        office = directory.snapshot(engine, connection)
        rows = worklists.offered(connection, actor, [_listing(each).name for each in views_shown])
    procedures = {row.key: row.procedure for row in rows}
    if filters.procedure and filters.procedure not in procedures:
        known = engine.registry.get(filters.procedure)
        procedures[filters.procedure] = known.name if known else filters.procedure
    codes = {row.role for row in rows} | {filters.role}
    return Choices(
        procedures=_by_words(procedures),
        roles=_by_words({code: office.post_name(code) for code in codes if code}),
        units=tuple(sorted(filter(None, {row.sender for row in rows} | {filters.unit}))),
        urgencies=tuple(sorted(filter(None, {row.urgency for row in rows} | {filters.urgency}))),
    )


def _by_words(named: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(named.items(), key=lambda each: each[1]))


def counts(engine: Engine, actor: Actor) -> Counts:
    """The numbers on the tabs."""
    with engine.database.read() as connection:
        found = worklists.counts(connection, actor, engine.clock.now())
    return Counts(**found)


def get(engine: Engine, actor: Actor, task_id: str) -> TaskView:
    """One task with everything its page shows. NotFound when this person may not see it."""
    with engine.database.read() as connection:
        item = _readable(connection, actor, task_id)
        office = directory.snapshot(engine, connection)
        definition = definitions.compiled(engine, item.definition_id, connection)
        items = work_items.of_instance(connection, item.instance_id, ("waiting", "open", "done"))
        answered = responses.responses(connection, item.instance_id)
        facts = responses.facts(connection, item.instance_id)
        files = attachments.for_instance(engine, connection, item.instance_id)
        passed = history_door.passed_elements(connection, item.instance_id)
        data = completing.task_data(connection, item) if item.state == "open" else {}
        rules = conventions.snapshot(engine, connection)
        back = verbs.before_offering(engine, connection, actor, definition, items, item)
        kept = decisions.signatures_of(connection, definition, items)
    asked = verbs.asked_of(engine, actor, item, definition, office, items, rules, back=back)
    scene = Scene(engine, definition, office, items, answered, passed, kept)
    refusal = completing.refusal(item, actor, office)
    signs = refusal is None and decisions.is_signed(definition, item)
    return TaskView(
        row=views.item_row(engine, item, office),
        form=form_of(definition, item),
        values=completing.shown_values(definition, item, data),
        facts=scene.facts(facts, except_form=(item.process_key, item.form)),
        actions=completing.actions(definition, item, actor) if refusal is None else (),
        next_steps=scene.following(item),
        opinions=scene.opinions(),
        steps=scene.steps(item.instance_state),
        files=files,
        help=scene.property_of(item, "help"),
        clause=scene.property_of(item, "clause"),
        draft_at=item.draft_at,
        may_act=refusal is None,
        refusal=refusal,
        notices=completing.notices(scene.property_of(item, "findings"), data),
        capacity=signatures.about_to_sign(office, item, engine.clock.now())
        if refusal is None
        else None,
        verbs=verbs.offers(asked),
        batch=refusal is None and "batch" in (scene.property_of(item, "verbs") or ""),
        progress=signing.progress(asked.beside),
        signers=signing.rows(asked.beside, office),
        known=completing.known_to(definition, item, data),
        confirm=demanded(engine) if signs else None,
    )


def _readable(connection: Connection, actor: Actor, task_id: str) -> Any:
    item = work_items.get(connection, task_id, access.may_see_item(actor))
    if item is None:
        raise NotFound
    return item


# ---- changing --------------------------------------------------------------------------------


def complete(
    engine: Engine,
    actor: Actor,
    task_id: str,
    *,
    version: int,
    values: Mapping[str, Any],
    outcome: str | None = None,
    comment: str | None = None,
    confirm: str | None = None,
    key: str,
) -> Outcome:
    """Submit a task. version: the one the person saw; another raises StaleVersion.

    outcome: the value of the form's outcome field (the button pressed); comment: the opinion;
    confirm: the password or code again, where the step is signed; it is kept nowhere.
    Raises Invalid with every finding of the form, Conflict when it was done meanwhile.
    """
    body = {"task": task_id, "version": version, "values": dict(values)}
    body |= {"outcome": outcome, "comment": comment}
    entered = confirming.Entered(version, values, outcome, comment)
    confirmed_by = confirming.confirmed(engine, actor, task_id, entered, confirm, key=key)

    def work(connection: Connection) -> dict[str, Any]:
        job, item = _take_item(engine, connection, actor, task_id, version)
        completing.complete(job, item, actor, values, outcome, comment, confirmed_by)
        return views.answer(job, settle(job), actor)

    answer, repeated = run_once(engine, actor.person_id, key, "complete", body, work)
    return Outcome(**{**answer, "repeated": repeated})


def preview(
    engine: Engine,
    actor: Actor,
    task_id: str,
    *,
    values: Mapping[str, Any],
    outcome: str | None = None,
) -> tuple[str, ...]:
    """Who would get it next if this were submitted: ("市长批示　某某",). Changes nothing.

    Raises Invalid while the form is not complete; an opinion need not be written yet.
    """
    try:
        with engine.database.write() as connection:
            job, item = _take_item(engine, connection, actor, task_id, None, only_look=True)
            completing.complete(job, item, actor, values, outcome, UNWRITTEN, NOT_ASKED)
            settled = settle(job)
            office = job.context.directory
            raise _Undone(
                tuple(views.next_step(each, office) for each in settled.opened)
                or (views.ending(settled, job.definition),)
            )
    except _Undone as seen:
        return seen.steps


def foreseen(
    engine: Engine,
    actor: Actor,
    task_id: str,
    *,
    values: Mapping[str, Any],
    outcome: str | None = None,
) -> tuple[str, ...]:
    """The same, and nothing while it can not be said."""
    try:
        return preview(engine, actor, task_id, values=values, outcome=outcome)
    except (Conflict, Invalid, ProcedureFault):
        return ()


class _Undone(Exception):
    """Carries a preview out of a transaction that must not be kept."""

    def __init__(self, steps: tuple[str, ...]) -> None:
        self.steps = steps
        super().__init__()


def save_draft(
    engine: Engine,
    actor: Actor,
    task_id: str,
    *,
    version: int,
    values: Mapping[str, Any],
    comment: str | None = None,
    key: str,
) -> Outcome:
    """Keep what is typed so far, unchecked, for this person. Does not touch the instance."""

    def work(connection: Connection) -> dict[str, Any]:
        entering.refuse_poison(values)
        item = _actionable(engine, connection, actor, task_id, version)
        draft = {"values": dict(values), "comment": comment, "by": actor.person_id}
        changed = {"draft": draft, "draft_at": engine.clock.now()} | _claimed(engine, item, actor)
        if not work_items.update(connection, item.id, item.version, changed):
            raise StaleVersion
        return views.plain_answer(item, item.version + 1, "草稿已保存。")

    body = {"task": task_id, "version": version, "values": dict(values), "comment": comment}
    answer, repeated = run_once(engine, actor.person_id, key, "save-draft", body, work)
    return Outcome(**{**answer, "repeated": repeated})


def claim(engine: Engine, actor: Actor, task_id: str, *, version: int, key: str) -> Outcome:
    """Take a group's item into one's own hands."""
    return verbs.do(engine, actor, "claim", task_id, version=version, key=key)


def release(engine: Engine, actor: Actor, task_id: str, *, version: int, key: str) -> Outcome:
    """Give a claimed item back to its group."""
    return verbs.do(engine, actor, "release", task_id, version=version, key=key)


def _take_item(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    task_id: str,
    version: int | None,
    *,
    only_look: bool = False,
) -> tuple[Work, Any]:
    """Lock the instance, then read the item and the other live ones of the same activation: what
    is read is what holds."""
    instance = instance_rows.lock_of_item(connection, task_id, actor)
    try:
        now = engine.clock.now()
        job = load(engine, connection, instance, now, only_look=only_look, of_item=task_id)
    except Conflict:
        _actionable(engine, connection, actor, task_id, version)
        raise
    item = next((each for each in job.live_items if each.id == task_id), None)
    if item is None:
        _actionable(engine, connection, actor, task_id, version)
        raise NotFound
    _refuse_others(connection, item, actor, version, job.context.directory)
    reassigning.refuse_lapsed(engine, job.context.directory, item)
    return job, item


def _refuse_others(
    connection: Connection,
    item: Any,
    actor: Actor,
    version: int | None,
    office: directory.Directory,
) -> None:
    """Raise unless this person may act on the item as they saw it.

    Whoever was overtaken reads who did what a moment ago, not merely that it is too late.
    """
    try:
        completing.refuse_others(item, actor, version, office)
    except (StaleVersion, NotAllowed) as error:
        deed = history_door.last_deed(connection, item, office.person_names)
        if deed is None or not actor.has("staff"):
            raise
        told = f"{words.moment(deed.at)}，{deed.text}"
        if isinstance(error, StaleVersion):
            raise StaleVersion(f"{told}{SEEN_BEFORE}") from error
        raise Conflict(f"{told}{error.message}{NOT_TAKEN}") from error


def _actionable(
    engine: Engine, connection: Connection, actor: Actor, task_id: str, version: int | None
) -> Any:
    """An item this person may act on now; otherwise the refusal that says why not."""
    item = _readable(connection, actor, task_id)
    _refuse_others(connection, item, actor, version, directory.snapshot(engine, connection))
    return item


def _claimed(engine: Engine, item: Any, actor: Actor) -> dict[str, Any]:
    if item.assignee_id is not None:
        return {}
    return {"assignee_id": actor.person_id, "claimed_at": engine.clock.now()}


def reassess(engine: Engine, connection: Connection) -> int:
    """Ask again who acts on every live item: absences and mandates have begun or ended.

    Untouched tasks move to the substitute and come back; the token, its timers and drafts stay.
    Who is back gets the list of what was signed in his place. Returns how many items moved.
    """
    office = directory.snapshot(engine, connection)
    moved = reassigning.reassess(engine, connection, office)
    signing_lists.produce(engine, connection, office)
    return moved
