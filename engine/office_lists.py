"""Reading the office for who keeps it: organisations, people, posts and what hangs on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from engine import definitions, directory, reforms
from engine.directory import Directory
from engine.duties import OFFICE, require
from engine.errors import NotFound
from engine.model import Actor, Page
from engine.org_reforms import KINDS
from engine.reforms import Coming
from engine.storage import reforms as account_rows
from engine.storage import work_items
from engine.storage.definitions import all_current
from engine.substitution import ABSENCES

if TYPE_CHECKING:
    from engine.startup import Engine

PRESENT, COMING, ENDED = "present", "coming", "ended"
STATES = {PRESENT: "现有", COMING: "尚未启用", ENDED: "已停用"}
PEOPLE_STATES = {PRESENT: "在任", "idle": "无职务", ENDED: "已离任"}
LARGEST_PAGE = 100
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OrgRow:
    """One organisation in a list. state: present, coming, ended."""

    code: str
    name: str
    kind: str
    kind_name: str
    is_constituent: bool
    state: str
    sort: int
    note: str | None
    people: int
    successor: str | None  # name
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Seat:
    """One post of one person, at any time."""

    id: str
    person_id: str
    person: str
    post: str
    post_name: str
    org: str
    org_name: str
    field: str | None
    since: datetime | None
    until: datetime | None
    is_group: bool
    is_demo: bool
    state: str


@dataclass(frozen=True, slots=True)
class OrgView:
    """One organisation with its people, names, groups, open work and changes to come."""

    row: OrgRow
    since: datetime | None
    former_names: tuple[tuple[str, datetime, str | None], ...]  # name, until, evidence
    took_over: tuple[tuple[str, str], ...]  # code, name of those merged into it
    seats: tuple[Seat, ...]
    groups: tuple[tuple[str, int], ...]  # section, how many claim from it
    open_work: int
    coming: tuple[Coming, ...]
    is_fixed: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person in a list. state: present, idle, ended."""

    id: str
    name: str
    is_demo: bool
    state: str
    seats: tuple[Seat, ...]
    has_account: bool


@dataclass(frozen=True, slots=True)
class PersonView:
    """One person with every post there was, absences, account and open work."""

    row: PersonRow
    left_at: datetime | None
    career: tuple[Seat, ...]
    fields: tuple[str, ...]  # in charge of
    absences: tuple[tuple[str, datetime, datetime], ...]
    accounts: tuple[str, ...]
    open_work: int
    coming: tuple[Coming, ...]


@dataclass(frozen=True, slots=True)
class PostRow:
    """One post: its holders now, and the steps of procedures that are given to it."""

    code: str
    name: str
    is_group: bool
    is_single: bool
    holders: int
    steps: tuple[str, ...]  # "公文呈批：签收登记"


# ---- organisations ---------------------------------------------------------------------------


def organisations(
    engine: Engine,
    actor: Actor,
    *,
    search: str | None = None,
    kind: str | None = None,
    state: str | None = None,
    page: int = 1,
    size: int = 25,
) -> Page[OrgRow]:
    """A page of organisations in the office's order. search: in names (former ones too), codes."""
    require(actor, OFFICE)
    people, now = directory.snapshot(engine), engine.clock.now()
    staff = _staff(people, now)
    found = [
        _org_row(people, row, now, staff)
        for row in people.organisations()
        if (kind is None or row.kind == kind)
        and (state is None or _state(row, now) == state)
        and (search is None or _names_fit(people, row, search))
    ]
    return _page(found, page, size)


def organisation(engine: Engine, actor: Actor, code: str) -> OrgView:
    """One organisation; NotFound without one."""
    require(actor, OFFICE)
    people, now = directory.snapshot(engine), engine.clock.now()
    row = people.organisation(code)
    if row is None:
        raise NotFound
    with engine.database.read() as connection:
        open_work = work_items.count_of_org(connection, code)
    seats = [_seat(people, each, now) for each in people.parts["membership"] if each.org == code]
    seats.sort(key=lambda each: (each.is_group, _order(people, each.post), each.person))
    now_held = [each for each in seats if each.state == PRESENT]
    groups: dict[str, int] = {}
    for each in now_held:
        if each.is_group:
            groups[each.post_name] = groups.get(each.post_name, 0) + 1
    return OrgView(
        row=_org_row(people, row, now, _staff(people, now)),
        since=row.valid_from,
        former_names=tuple(
            (each.name, each.valid_to, each.evidence) for each in people.former_names(code)
        ),
        took_over=tuple(
            (each.code, each.name)
            for each in people.organisations()
            if each.successor == code and each.valid_to is not None and each.valid_to <= now
        ),
        seats=tuple(seats),
        groups=tuple(groups.items()),
        open_work=open_work,
        coming=reforms.coming(engine, actor, code),
        is_fixed=code in engine.registry.fixed_orgs,
    )


def _org_row(people: Directory, row: Any, now: datetime, staff: Mapping[str, int]) -> OrgRow:
    return OrgRow(
        code=row.code,
        name=row.name,
        kind=row.kind,
        kind_name=KINDS.get(row.kind, row.kind),
        is_constituent=row.is_constituent,
        state=_state(row, now),
        sort=row.sort,
        note=row.note,
        people=staff.get(row.code, 0),
        successor=people.org_name(row.successor) if row.successor else None,
        until=row.valid_to,
    )


def _staff(people: Directory, now: datetime) -> dict[str, int]:
    """organisation → how many people have a post there now."""
    found: dict[str, set[str]] = {}
    for row in people.parts["membership"]:
        if _state(row, now) == PRESENT:
            found.setdefault(row.org, set()).add(row.person_id)
    return {code: len(ids) for code, ids in found.items()}


def _names_fit(people: Directory, row: Any, search: str) -> bool:
    names = [row.name, row.code, *(each.name for each in people.former_names(row.code))]
    return any(search.lower() in name.lower() for name in names)


# ---- people ----------------------------------------------------------------------------------


def people(
    engine: Engine,
    actor: Actor,
    *,
    search: str | None = None,
    org: str | None = None,
    state: str | None = None,
    page: int = 1,
    size: int = 25,
) -> Page[PersonRow]:
    """A page of people by first organisation. search: in names, ids, posts and organisations."""
    require(actor, OFFICE)
    office, now = directory.snapshot(engine), engine.clock.now()
    with engine.database.read() as connection:
        accounts = account_rows.people_with_accounts(connection)
    found = [
        row
        for person in office.people()
        for row in [_person_row(office, person, now, person.id in accounts)]
        if (state is None or row.state == state)
        and (org is None or any(seat.org == org for seat in row.seats))
        and (search is None or _person_fits(row, search))
    ]
    orders = {row.code: row.sort for row in office.organisations()}
    found.sort(key=lambda row: _place(office, row, orders))
    return _page(found, page, size)


def person(engine: Engine, actor: Actor, person_id: str) -> PersonView:
    """One person; NotFound without one."""
    require(actor, OFFICE)
    office, now = directory.snapshot(engine), engine.clock.now()
    found = office.person(person_id)
    if found is None:
        raise NotFound
    with engine.database.read() as connection:
        accounts = tuple(account_rows.account_names(connection, person_id))
        open_work = work_items.count_of_person(connection, person_id)
    career = [_seat(office, row, now) for row in office.career_of(person_id)]
    career.sort(key=lambda seat: (seat.state != PRESENT, seat.until is not None))
    names = engine.registry.fields
    return PersonView(
        row=_person_row(office, found, now, bool(accounts)),
        left_at=found.left_at,
        career=tuple(career),
        fields=tuple(
            names.get(row.field, row.field)
            for row in office.parts["responsibility"]
            if row.person_id == person_id and _state(row, now) == PRESENT
        ),
        absences=tuple(
            (ABSENCES.get(row.kind, row.kind), row.starts_at, row.ends_at)
            for row in sorted(office.parts["absence"], key=lambda row: row.starts_at, reverse=True)
            if row.person_id == person_id and row.cancelled_at is None
        ),
        accounts=accounts,
        open_work=open_work,
        coming=reforms.coming(engine, actor, person_id),
    )


def _person_row(office: Directory, row: Any, now: datetime, has_account: bool) -> PersonRow:
    seats = tuple(_seat(office, each, now) for each in office.memberships_of(row.id, now))
    has_left = row.left_at is not None and row.left_at <= now
    state = ENDED if has_left else PRESENT if seats else "idle"
    return PersonRow(row.id, row.name, row.is_demo, state, seats, has_account)


def _person_fits(row: PersonRow, search: str) -> bool:
    words = [row.name, row.id, *(f"{seat.org_name}{seat.post_name}" for seat in row.seats)]
    return any(search.lower() in each.lower() for each in words)


def _place(office: Directory, row: PersonRow, orders: Mapping[str, int]) -> tuple[Any, ...]:
    if not row.seats:
        return (1, 0, 0, row.name)
    first = row.seats[0]
    return (0, orders.get(first.org, 0), _order(office, first.post), row.name)


def _seat(office: Directory, row: Any, now: datetime) -> Seat:
    person = office.person(row.person_id)
    return Seat(
        id=row.id,
        person_id=row.person_id,
        person=office.person_name(row.person_id),
        post=row.post,
        post_name=office.post_name(row.post),
        org=row.org,
        org_name=office.org_name(row.org, row.valid_to if _state(row, now) == ENDED else None),
        field=row.field,
        since=row.valid_from,
        until=row.valid_to,
        is_group=office.is_group(row.post),
        is_demo=person is not None and person.is_demo,
        state=_state(row, now),
    )


# ---- posts -----------------------------------------------------------------------------------


def posts(engine: Engine, actor: Actor) -> tuple[PostRow, ...]:
    """Every post, with its holders and the steps that are given to it."""
    require(actor, OFFICE)
    office, now = directory.snapshot(engine), engine.clock.now()
    used = _steps_by_role(engine)
    return tuple(
        PostRow(
            code=row.code,
            name=row.name,
            is_group=row.is_group,
            is_single=row.is_single,
            holders=len(office.holders(row.code, at=now)),
            steps=tuple(used.get(row.code, ())),
        )
        for row in office.posts()
    )


def post(engine: Engine, actor: Actor, code: str) -> tuple[PostRow, tuple[Seat, ...]]:
    """One post and who holds it; NotFound without one."""
    row = next((each for each in posts(engine, actor) if each.code == code), None)
    if row is None:
        raise NotFound
    office, now = directory.snapshot(engine), engine.clock.now()
    seats = [_seat(office, each, now) for each in office.parts["membership"] if each.post == code]
    return row, tuple(each for each in seats if each.state == PRESENT)


def _steps_by_role(engine: Engine) -> dict[str, list[str]]:
    """post → the steps of the current diagrams that name it, each once."""
    with engine.database.read() as connection:
        rows = all_current(connection)
    found: dict[str, dict[str, None]] = {}
    for row in rows:
        definition = definitions.compiled(engine, row.id)
        for (process, _), element in definition.elements.items():
            if process != row.key or element.kind != "userTask":
                continue
            for role in element.properties.get("role", "").split(","):
                found.setdefault(role.strip(), {})[f"{row.name}：{element.name}"] = None
    return {role: list(steps) for role, steps in found.items()}


# ---- shared ----------------------------------------------------------------------------------


def _state(row: Any, now: datetime) -> str:
    if row.valid_to is not None and row.valid_to <= now:
        return ENDED
    return COMING if row.valid_from is not None and row.valid_from > now else PRESENT


def _order(office: Directory, post_code: str) -> int:
    return next((n for n, row in enumerate(office.posts()) if row.code == post_code), 999)


def _page(found: Sequence[T], page: int, size: int) -> Page[T]:
    size = min(max(1, size), LARGEST_PAGE)
    page = max(1, page)
    shown = tuple(found[(page - 1) * size : page * size])
    return Page(shown, len(found), page, size)
