"""The demo office on paper: a directory without a database, for the pure rules."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace
from typing import Any

from engine.clock import parse_moment
from engine.directory import Directory
from engine.procedure import Assignment, AssignmentRequest
from processes.shared.assignment import resolve
from web.demo import office

PARTS = {
    "organisation": {"valid_from": None, "valid_to": None, "successor": None},
    "post": {"is_group": False},
    "person": {},
    "membership": {"field": None, "valid_from": None, "valid_to": None},
    "responsibility": {"valid_from": None, "valid_to": None},
    "assistant_link": {"valid_from": None, "valid_to": None},
    "absence": {},
    "substitution": {},
}
TRIP = (parse_moment("2026-05-11T00:00:00+08:00"), parse_moment("2026-05-16T00:00:00+08:00"))
NOON = parse_moment("2026-05-12T12:00:00+08:00")  # during the trip


def paper_office(*rows: tuple[str, dict[str, Any]], without: tuple[str, ...] = ()) -> Directory:
    """The demo office as it stands in its file, with more rows; `without`: ids to leave out."""
    data = office.read()
    parts: dict[str, list[Any]] = {}
    for part, defaults in PARTS.items():
        kept = [each for each in data.get(part, ()) if each.get("id") not in without]
        if part in ("absence", "substitution"):
            kept = [each for each in kept if each.get("kind") == "b_role"]
        parts[part] = [_row({**defaults, **each}) for each in kept]
    for part, values in rows:
        parts[part].append(_row(values))
    return Directory(1, parts)


def _row(values: dict[str, Any]) -> SimpleNamespace:
    moments = ("valid_from", "valid_to", "starts_at", "ends_at", "given_at", "revoked_at")
    for name in moments:
        if isinstance(values.get(name), str):
            values = {**values, name: parse_moment(values[name])}
    return SimpleNamespace(**{"evidence_file": None, "revoked_at": None, **values})


def away(
    person: str,
    starts: datetime = TRIP[0],
    ends: datetime = TRIP[1],
    kind: str = "business_trip",
) -> tuple[str, dict[str, Any]]:
    """A row of absence."""
    return "absence", {
        "id": f"away-{person}-{starts.isoformat()}",
        "person_id": person,
        "kind": kind,
        "starts_at": starts,
        "ends_at": ends,
        "cancelled_at": None,
    }


def mandate(
    substitute: str = "evm",
    scope: tuple[str, ...] = ("instruct", "sign_off"),
    starts: datetime = TRIP[0],
    ends: datetime = TRIP[1],
    revoked: datetime | None = None,
    **more: Any,
) -> tuple[str, dict[str, Any]]:
    """A row of substitution: the mayor's mandate unless told otherwise."""
    return "substitution", {
        "id": f"{substitute}-{starts.isoformat()}",
        "kind": "acting",
        "number": "代2026-1",
        "principal_id": "mayor",
        "substitute_id": substitute,
        "field": None,
        "scope": list(scope),
        "reason": "出差",
        "evidence": "市长书面委托",
        "evidence_file": None,
        "given_at": starts,
        "starts_at": starts,
        "ends_at": ends,
        "revoked_at": revoked,
        **more,
    }


def who(directory: Directory, role: str, at: datetime = NOON, **asked: str | None) -> Assignment:
    """The one whom the rules name."""
    [found] = resolve(directory, AssignmentRequest(role, at, **asked))
    return found
