"""The lists of the workbench: what belongs in each, in what order, read stretch by stretch.

A list is read by key: from where a row stood, not from how many came before it. Rows that come or
go meanwhile are neither shown twice nor left out; the thousandth page costs what the first does.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import orjson
from sqlalchemy import Column, ColumnElement, and_, false, func, literal, or_, select, true, tuple_

from engine.clock import CHINA
from engine.errors import Invalid
from engine.model import Actor, Filters
from engine.storage import access, instances, search_queries, work_items
from engine.storage.database import Connection
from engine.storage.instances import COUNT_CAP
from engine.storage.tables import process_definition, process_instance, reading, work_item

Condition = ColumnElement[bool]
LOST = "这一页的位置读不出来，请从第一页看起。"
DELEGATED = "delegated"  # kind of an item that was given on to be prepared
DAYS_SOON = 7  # what “7天内到期” looks ahead
OFFERED = 1000  # rows that are looked through for what can be chosen as a filter


@dataclass(frozen=True)
class Part:
    """A part of a list with one order: the rows that have a first key, then those without."""

    condition: Condition
    key: tuple[Column[Any], ...]


@dataclass(frozen=True)
class Listing:
    """One list. key: what it is ordered by, the last unique; moment: what a span of days means.

    newest_first turns the order round; undated: whether rows without a first key stand at the end;
    sent: whether its rows are instances with who sent them to be read.
    """

    name: str
    condition: Callable[[Actor], Condition]
    key: tuple[Column[Any], ...]
    moment: Column[Any]
    newest_first: bool = False
    undated: bool = False
    of_items: bool = True
    sent: bool = False

    def rows(self) -> Any:
        """The query of its rows as they are shown."""
        if self.sent:
            return instances.with_reading()
        return work_items.ROWS if self.of_items else instances.with_definition()

    def parts(self) -> list[Part]:
        if not self.undated:
            return [Part(true(), self.key)]
        first = self.key[0]
        return [Part(first.is_not(None), self.key), Part(first.is_(None), self.key[1:])]


def _mine(actor: Actor) -> Condition:
    return and_(work_items.OPEN, work_items.mine(actor))


def _group(actor: Actor) -> Condition:
    return and_(work_items.OPEN, work_items.my_groups(actor))


def _drafts(actor: Actor) -> Condition:
    return and_(_mine(actor), work_item.c.draft_at.is_not(None))


def _started(actor: Actor) -> Condition:
    seen = access.may_see_instance(actor)
    return and_(process_instance.c.started_by == actor.person_id, seen)


def _completed(actor: Actor) -> Condition:
    """Come to an end, and one started it or did a step of it: reason enough to see it."""
    if not (actor.has("staff") or actor.has("manager")):
        return false()
    did = select(work_item.c.instance_id).where(work_item.c.done_by == actor.person_id)
    began = select(process_instance.c.id).where(process_instance.c.started_by == actor.person_id)
    took_part = process_instance.c.id.in_(did.union(began))  # read from one's own work, not all
    completed = process_instance.c.state.concat("") == "completed"  # not by the index of states
    return and_(completed, took_part)


def _to_read(actor: Actor) -> Condition:
    """Sent to one to be read (传阅, 抄送), and not read yet: one row an instance."""
    return and_(
        reading.c.instance_id == process_instance.c.id,
        reading.c.person_id == actor.person_id,
        reading.c.read_at.is_(None),
        access.may_see_instance(actor),
    )


def _delegated(actor: Actor) -> Condition:
    """What somebody else prepares for one, and has not finished."""
    given = and_(work_item.c.given_by_id == actor.person_id, work_item.c.state == "open")
    return and_(given, work_item.c.kind == DELEGATED)


BY_DUE = (work_item.c.due_at, work_item.c.opened_at, work_item.c.id)
BY_START = (process_instance.c.started_at, process_instance.c.id)
BY_SENDING = (reading.c.sent_at, process_instance.c.id)
BY_END = (process_instance.c.ended_at, process_instance.c.id)

LISTINGS = {
    each.name: each
    for each in (
        Listing("mine", _mine, BY_DUE, work_item.c.opened_at, undated=True),
        Listing("group", _group, BY_DUE, work_item.c.opened_at, undated=True),
        Listing(
            "to_read",
            _to_read,
            BY_SENDING,
            reading.c.sent_at,
            newest_first=True,
            of_items=False,
            sent=True,
        ),
        Listing(
            "done",
            lambda actor: work_item.c.done_by == actor.person_id,
            (work_item.c.done_at, work_item.c.id),
            work_item.c.done_at,
            newest_first=True,
        ),
        Listing(
            "completed",
            _completed,
            BY_END,
            process_instance.c.ended_at,
            newest_first=True,
            of_items=False,
        ),
        Listing(
            "started",
            _started,
            BY_START,
            process_instance.c.started_at,
            newest_first=True,
            of_items=False,
        ),
        Listing("drafts", _drafts, BY_DUE, work_item.c.opened_at, undated=True),
        Listing("delegated", _delegated, BY_DUE, work_item.c.opened_at, undated=True),
    )
}


# ---- one stretch -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where a stretch begins: behind (or, going back, before) the row with this key."""

    forward: bool
    key: tuple[Any, ...]

    def token(self) -> str:
        """As it stands in an address."""
        values = [each.isoformat() if isinstance(each, datetime) else each for each in self.key]
        return base64.urlsafe_b64encode(orjson.dumps([self.forward, *values])).decode().rstrip("=")


def place(listing: Listing, token: str | None) -> Place | None:
    """Read from an address; Invalid for what is none of this list's."""
    if not token:
        return None
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        forward, *values = orjson.loads(raw)
        pairs = zip(values, listing.key, strict=True)
        key = tuple(_key_value(value, column) for value, column in pairs)
        if forward not in (True, False) or None in key[1 if listing.undated else 0 :]:
            raise ValueError
    except (ValueError, TypeError, binascii.Error) as error:
        raise Invalid(message=LOST) from error
    return Place(forward, key)


def _key_value(value: Any, column: Column[Any]) -> Any:
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > 64:
        raise ValueError
    if column.name == "id":
        return value
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError
    return moment


def stretch(
    connection: Connection,
    listing: Listing,
    conditions: Sequence[Condition],
    size: int,
    begins: Place | None,
) -> tuple[list[Any], str | None, str | None]:
    """The rows of a stretch, and the places before and after it where there are more."""
    forward = begins is None or begins.forward
    found = _read(connection, listing, conditions, size + 1, begins, forward)
    more = len(found) > size
    rows = found[:size] if forward else found[:size][::-1]
    earlier, later = (begins is not None, more) if forward else (more, True)
    if not rows:
        return rows, None, None
    before = Place(False, _key(listing, rows[0])).token() if earlier else None
    after = Place(True, _key(listing, rows[-1])).token() if later else None
    return rows, before, after


def _read(
    connection: Connection,
    listing: Listing,
    conditions: Sequence[Condition],
    wanted: int,
    begins: Place | None,
    forward: bool,
) -> list[Any]:
    parts = listing.parts() if forward else listing.parts()[::-1]
    if begins is not None and listing.undated and (begins.key[0] is None) == forward:
        parts = parts[1:]  # the place is in the second part that is read
    found: list[Any] = []
    for number, part in enumerate(parts):
        query = listing.rows().where(*conditions, part.condition)
        up = forward != listing.newest_first
        if begins is not None and number == 0:
            query = query.where(_beyond(part.key, begins.key[-len(part.key) :], up))
        order = [column.asc() if up else column.desc() for column in listing.key]
        found += connection.execute(query.order_by(*order).limit(wanted - len(found)))
        if len(found) >= wanted:
            break
    return found


def _beyond(columns: Sequence[Column[Any]], values: Sequence[Any], up: bool) -> Condition:
    pairs = zip(values, columns, strict=True)
    stood = tuple_(*(literal(value, column.type) for value, column in pairs))
    return tuple_(*columns) > stood if up else tuple_(*columns) < stood


def _key(listing: Listing, row: Any) -> tuple[Any, ...]:
    return tuple(getattr(row, column.name) for column in listing.key)


# ---- filters ---------------------------------------------------------------------------------


def narrowed(listing: Listing, filters: Filters, now: datetime) -> list[Condition]:
    """What the filters ask of a row of this list."""
    found: list[Condition] = []
    if filters.procedure:
        found.append(process_instance.c.key == filters.procedure)
    if filters.unit:
        found.append(process_instance.c.sender == filters.unit)
    if filters.urgency:
        found.append(process_instance.c.urgency == filters.urgency)
    if filters.since:
        found.append(listing.moment >= _start_of(filters.since))
    if filters.until:
        found.append(listing.moment < _start_of(filters.until + timedelta(days=1)))
    of_an_item = list(_of_item(filters, now))
    if of_an_item:
        found.append(and_(*of_an_item) if listing.of_items else _has_open(of_an_item))
    if filters.search:
        found.append(_said(listing, filters.search))
    return found


def _of_item(filters: Filters, now: datetime) -> list[Condition]:
    due = work_item.c.due_at
    tomorrow = _start_of(now.astimezone(CHINA).date() + timedelta(days=1))
    spans = {
        "overdue": and_(work_items.OPEN, due < now),
        "today": and_(due >= now, due < tomorrow),
        "week": and_(due >= now, due < now + timedelta(days=DAYS_SOON)),
        "none": due.is_(None),
    }
    found = [spans[filters.due]] if filters.due else []
    return [*found, work_item.c.role == filters.role] if filters.role else found


def _has_open(conditions: Sequence[Condition]) -> Condition:
    return (
        select(work_item.c.id)
        .where(
            work_item.c.instance_id == process_instance.c.id,
            work_item.c.state == "open",
            *conditions,
        )
        .exists()
    )


def _said(listing: Listing, words: str) -> Condition:
    """The words stand in the texts of the instance or, in a list of steps, in a step's name."""
    found = search_queries.said_in_instance(words)
    if not listing.of_items:
        return found
    return or_(found, work_item.c.element_name.icontains(words, autoescape=True))


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), CHINA)


# ---- numbers ---------------------------------------------------------------------------------


def total(connection: Connection, listing: Listing, conditions: Sequence[Condition]) -> int:
    """How many rows there are, counted up to one more than the cap."""
    counted = _ids(listing).where(*conditions).limit(COUNT_CAP + 1).subquery()
    return connection.execute(select(func.count()).select_from(counted)).scalar() or 0


def _ids(listing: Listing) -> Any:
    if not listing.of_items:
        return select(process_instance.c.id)
    return select(work_item.c.id).join(
        process_instance, process_instance.c.id == work_item.c.instance_id
    )


def counts(connection: Connection, actor: Actor, now: datetime) -> dict[str, int]:
    """The numbers on all tabs, in one statement; each stops counting behind the cap."""
    ids = {True: work_item.c.id, False: process_instance.c.id}
    counted = {name: (ids[each.of_items], each.condition(actor)) for name, each in LISTINGS.items()}
    to_do = or_(work_items.mine(actor), work_items.my_groups(actor))
    late = and_(work_items.OPEN, to_do, work_item.c.due_at < now)
    counted["overdue"] = (work_item.c.id, late)
    columns = []
    for name, (column, condition) in counted.items():
        capped = select(column).where(condition).limit(COUNT_CAP + 1).subquery()
        columns.append(select(func.count()).select_from(capped).scalar_subquery().label(name))
    return dict(connection.execute(select(*columns)).one()._mapping)


def offered(connection: Connection, actor: Actor, names: Sequence[str]) -> list[Any]:
    """The different (key, procedure, sender, urgency, role) among the first rows of these lists."""
    role = work_item.c.role if LISTINGS[names[0]].of_items else literal(None)
    columns = (
        process_instance.c.key,
        process_definition.c.name.label("procedure"),
        process_instance.c.sender,
        process_instance.c.urgency,
        role.label("role"),
    )
    belongs = or_(*(LISTINGS[name].condition(actor) for name in names)) if names else false()
    source = LISTINGS[names[0]].rows().with_only_columns(*columns, maintain_column_froms=True)
    first = source.where(belongs).limit(OFFERED).subquery()
    return list(connection.execute(select(first).distinct()))
