"""Whatever is registered: nobody ever acts without the post or a substitution that holds now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.directory import Directory
from engine.procedure import Assignment, AssignmentRequest
from processes.shared.assignment import resolve
from processes.shared.fields import FIELDS
from processes.shared.standing_in import vice_mayors
from tests.paper_office import TRIP, away, mandate, paper_office

LEADERS = ("mayor", "evm", "vm1", "vm2", "vm3", "sg", "dsg1", "dsg3")
SCOPES = ("instruct", "sign_off", "statutory_sign", "chair_meeting", "approve_leave")
hours = st.integers(-48, 200).map(lambda count: TRIP[0] + timedelta(hours=count))


@st.composite
def absences(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    start = draw(hours)
    length = timedelta(hours=draw(st.integers(1, 120)))
    kind = draw(st.sampled_from(("business_trip", "leave", "sick")))
    return away(draw(st.sampled_from(LEADERS)), start, start + length, kind)


@st.composite
def substitutions(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """Anything at all, also what could never be registered."""
    principal, substitute = draw(st.permutations(LEADERS))[:2]
    start = draw(hours)
    kind = draw(st.sampled_from(("acting", "b_role", "designated")))
    part, row = mandate(
        substitute,
        tuple(draw(st.sets(st.sampled_from(SCOPES), min_size=1))),
        start,
        start + timedelta(hours=draw(st.integers(1, 120))),
        draw(st.none() | hours),
        principal_id=principal,
        kind=kind,
        field=draw(st.none() | st.sampled_from(sorted(FIELDS))) if kind != "acting" else None,
    )
    return part, {**row, "id": f"{kind}-{principal}-{substitute}-{start.isoformat()}"}


offices = st.lists(absences() | substitutions(), max_size=8).map(lambda rows: paper_office(*rows))
requests = st.builds(
    AssignmentRequest,
    role=st.sampled_from(
        ("mayor", "vice_mayor", "secretary_general", "deputy_secretary_general", "dept_head")
    ),
    at=hours,
    org=st.none(),
    field=st.none() | st.sampled_from(sorted(FIELDS)),
    scope=st.none() | st.sampled_from(SCOPES),
)


@given(offices, requests)
def test_never_a_person_without_the_post_or_a_substitution_in_force(
    office: Directory, request: AssignmentRequest
) -> None:
    [found] = resolve(office, request)
    assert found.person is not None
    if found.form == "self":
        assert found.acted_for is None
        assert found.person in entitled(office, request) or found.alert
        return
    row = office.substitution(found.substitution or "")
    assert row is not None
    assert (row.kind, row.substitute_id, row.principal_id) == (
        found.form,
        found.person,
        found.acted_for,
    )
    assert in_force(row, request.at)
    assert office.is_absent(row.principal_id, request.at)
    assert not office.is_absent(found.person, request.at)
    assert row.principal_id in entitled(office, request)


def entitled(office: Directory, request: AssignmentRequest) -> set[str]:
    """Whose own matter it is."""
    at = request.at
    if request.role == "vice_mayor":
        return {office.in_charge(request.field or "", at) or "office_director"}
    if request.role == "deputy_secretary_general":
        leader = office.in_charge(request.field or "", at)
        linked = office.assistant_of(leader, at) if leader else None
        return {linked} if linked else set(office.holders(request.role, at=at))
    return set(office.holders(request.role, at=at))


def in_force(row: Any, at: datetime) -> bool:
    revoked = row.revoked_at is not None and row.revoked_at <= at
    return row.starts_at <= at < row.ends_at and not revoked


@given(offices, hours, st.sampled_from(SCOPES))
def test_only_a_vice_mayor_with_a_mandate_for_it_is_ever_the_acting_mayor(
    office: Directory, at: datetime, scope: str
) -> None:
    [found] = resolve(office, AssignmentRequest("mayor", at, scope=scope))
    if found.person == "mayor":
        return
    row = office.substitution(found.substitution or "")
    assert found.form == "acting"
    assert found.person in vice_mayors(office, at)
    assert found.person not in ("sg", "dsg1", "dsg3")
    assert row is not None
    assert scope in row.scope or (scope, "chair_meeting" in row.scope) == ("approve_leave", True)
    if found.person != "evm":
        assert office.is_absent("evm", at)


@given(st.lists(absences(), max_size=6), hours, st.sampled_from(SCOPES))
def test_without_any_mandate_the_mayors_matters_stay_the_mayors(
    gone: list[tuple[str, Mapping[str, Any]]], at: datetime, scope: str
) -> None:
    office = paper_office(*gone)  # type: ignore[arg-type]
    [found] = resolve(office, AssignmentRequest("mayor", at, scope=scope))
    assert (found.person, found.form) == ("mayor", "self")
    assert bool(found.alert) is office.is_absent("mayor", at)


@given(offices, requests)
def test_the_same_office_and_moment_always_name_the_same(
    office: Directory, request: AssignmentRequest
) -> None:
    first: tuple[Assignment, ...] = resolve(office, request)
    assert resolve(office, request) == first


@given(st.lists(absences() | substitutions(), max_size=6), substitutions(), requests, hours)
def test_when_a_substitution_has_ended_everything_is_as_if_it_had_never_been(
    rows: list[tuple[str, dict[str, Any]]],
    ended: tuple[str, dict[str, Any]],
    request: AssignmentRequest,
    at: datetime,
) -> None:
    over = min(ended[1]["ends_at"], ended[1]["revoked_at"] or ended[1]["ends_at"])
    after = replace(request, at=max(at, over))
    with_it, without = paper_office(*rows, ended), paper_office(*rows)
    told, plain = resolve(with_it, after), resolve(without, after)
    assert [(each.person, each.form, each.acted_for) for each in told] == [
        (each.person, each.form, each.acted_for) for each in plain
    ]
