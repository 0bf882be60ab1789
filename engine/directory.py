"""Who is who: organisations, posts, people, absences and substitutions, as of any moment.

Generic: it knows that somebody may act for somebody else in some matters on some evidence, not the
rules of clause 5; those are in the office's own resolver (Registry.resolve).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from engine.storage import directory as rows
from engine.storage import versions
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine


@dataclass(frozen=True)
class Directory:
    """The whole office as it stands at one version. Look-ups only."""

    version: int
    parts: Mapping[str, Sequence[Any]]

    # ---- names ----

    @cached_property
    def _organisations(self) -> dict[str, Any]:
        return {row.code: row for row in self.parts["organisation"]}

    @cached_property
    def _posts(self) -> dict[str, Any]:
        return {row.code: row for row in self.parts["post"]}

    @cached_property
    def _former_names(self) -> dict[str, list[Any]]:
        names: dict[str, list[Any]] = {}
        for row in sorted(self.parts["former_name"], key=lambda row: row.valid_to):
            names.setdefault(row.org, []).append(row)
        return names

    @cached_property
    def _people(self) -> dict[str, Any]:
        return {row.id: row for row in self.parts["person"]}

    @cached_property
    def person_names(self) -> dict[str, str]:
        """Person id → name."""
        return {row.id: row.name for row in self.parts["person"]}

    def organisation(self, code: str) -> Any | None:
        """One organisation (code, name, kind, is_constituent, …)."""
        return self._organisations.get(code)

    def organisations(self, at: datetime | None = None) -> list[Any]:
        """Every organisation, or those there are at a moment, in the office's own order."""
        found = (row for row in self._organisations.values() if at is None or _valid(row, at))
        return sorted(found, key=lambda row: (row.sort, row.code))

    def is_there(self, code: str, at: datetime) -> bool:
        """Whether there is such an organisation at a moment."""
        row = self._organisations.get(code)
        return row is not None and _valid(row, at)

    def org_name(self, code: str, at: datetime | None = None) -> str:
        """The organisation's name, now or as it was at a moment; an unknown code as it is."""
        row = self._organisations.get(code)
        if row is None:
            return code
        for former in self._former_names.get(code, ()) if at is not None else ():
            if at < former.valid_to:
                return str(former.name)
        return str(row.name)

    def former_names(self, code: str) -> list[Any]:
        """The names an organisation bore before (name, valid_to, evidence), the oldest first."""
        return list(self._former_names.get(code, ()))

    def present_org(self, code: str, at: datetime) -> str:
        """Who does at a moment what this organisation did: itself, or who took over from it."""
        seen: set[str] = set()
        while code not in seen:
            seen.add(code)
            row = self._organisations.get(code)
            if row is None or row.successor is None or row.valid_to is None or at < row.valid_to:
                break
            code = row.successor
        return code

    def asked_name(self, code: str, at: datetime) -> str:
        """Who answers at a moment for an organisation that was asked: 市甲局（原市乙局）."""
        present = self.present_org(code, at)
        name = self.org_name(present, at)
        return name if present == code else f"{name}（原{self.org_name(code)}）"

    def person(self, person_id: str) -> Any | None:
        """One person (id, name, is_demo, left_at)."""
        return self._people.get(person_id)

    def has_left(self, person_id: str, at: datetime) -> bool:
        """Whether a person has given up every post and gone."""
        row = self._people.get(person_id)
        return row is not None and row.left_at is not None and row.left_at <= at

    def people(self) -> list[Any]:
        """Every person."""
        return list(self.parts["person"])

    def person_name(self, person_id: str) -> str:
        """The person's name; an unknown id is shown as it is."""
        return self.person_names.get(person_id, person_id)

    def post_name(self, code: str) -> str:
        """The post's name; an unknown code is shown as it is."""
        row = self._posts.get(code)
        return row.name if row is not None else code

    def is_group(self, post: str) -> bool:
        """Whether work for this post goes to a section to claim from, not to one person."""
        row = self._posts.get(post)
        return row is not None and row.is_group

    def group_name(self, group: str) -> str:
        """post@org → 文书科."""
        return self.post_name(group.partition("@")[0])

    # ---- posts ----

    @cached_property
    def _held_by(self) -> dict[str, list[Any]]:
        return _sorted_by("person_id", self.parts["membership"])

    @cached_property
    def _held_as(self) -> dict[str, list[Any]]:
        return _sorted_by("post", self.parts["membership"])

    def posts(self) -> list[Any]:
        """Every post (code, name, is_group, is_single), in the order they were entered."""
        return list(self.parts["post"])

    def post(self, code: str) -> Any | None:
        """One post."""
        return self._posts.get(code)

    def career_of(self, person_id: str) -> list[Any]:
        """Every post a person ever held or will hold, the first one first."""
        return list(self._held_by.get(person_id, ()))

    def memberships_of(self, person_id: str, at: datetime) -> list[Any]:
        """The posts a person holds at a moment, the first one first."""
        return [row for row in self._held_by.get(person_id, ()) if _valid(row, at)]

    def members_of(self, org: str, at: datetime) -> list[Any]:
        """The memberships in an organisation at a moment."""
        return [row for row in self.parts["membership"] if row.org == org and _valid(row, at)]

    def groups_of(self, person_id: str, at: datetime) -> frozenset[str]:
        """The sections a person may claim work from: "post@org"."""
        return frozenset(
            f"{row.post}@{row.org}"
            for row in self.memberships_of(person_id, at)
            if self.is_group(row.post)
        )

    def holders(
        self, post: str, org: str | None = None, *, at: datetime, field: str | None = None
    ) -> list[str]:
        """Ids of the people who hold a post at a moment, in order.

        org: an organisation that ended stands for who took over from it.
        """
        present = self.present_org(org, at) if org is not None else None
        held = [
            row
            for row in self._held_as.get(post, ())
            if (present is None or row.org == present)
            and (field is None or row.field in (None, field))
            and _valid(row, at)
        ]
        return list(dict.fromkeys(row.person_id for row in held))

    def title_of(self, person_id: str, at: datetime) -> str:
        """The person's first post: 副秘书长; a head with the organisation: 市财政局局长."""
        held = self.memberships_of(person_id, at)
        if not held:
            return ""
        first = held[0]
        name = self.post_name(first.post)
        return f"{self.org_name(first.org, at)}{name}" if first.post in _WITH_ORG else name

    # ---- presence and substitution ----

    def absence_of(self, person_id: str, at: datetime) -> Any | None:
        """The absence a person is on at a moment."""
        return next(
            (
                row
                for row in self.parts["absence"]
                if row.person_id == person_id
                and row.cancelled_at is None
                and row.starts_at <= at < row.ends_at
            ),
            None,
        )

    def is_absent(self, person_id: str, at: datetime) -> bool:
        """Whether a person is away at a moment."""
        return self.absence_of(person_id, at) is not None

    def substitutions(
        self, principal_id: str, kind: str, at: datetime, field: str | None = None
    ) -> list[Any]:
        """The substitutions for a person in force at a moment, the latest first."""
        found = [
            row
            for row in self.parts["substitution"]
            if row.principal_id == principal_id
            and row.kind == kind
            and row.starts_at <= at < row.ends_at
            and (row.revoked_at is None or at < row.revoked_at)
            and (field is None or row.field in (None, field))
        ]
        return sorted(found, key=lambda row: row.given_at, reverse=True)

    @cached_property
    def _substitutions(self) -> dict[str, Any]:
        return {row.id: row for row in self.parts["substitution"]}

    def substitution(self, substitution_id: str) -> Any | None:
        """One substitution, past ones too."""
        return self._substitutions.get(substitution_id)

    def substitution_number(self, substitution_id: str | None) -> str | None:
        """委托编号; None without a substitution or for one that has no number."""
        found = self._substitutions.get(substitution_id or "")
        return found.number if found is not None else None

    def stands_in_now(self, row: Any, at: datetime) -> bool:
        """Whether a substitution is in force and its principal is away, so that it has effect."""
        in_force = row.starts_at <= at < row.ends_at and (
            row.revoked_at is None or at < row.revoked_at
        )
        return in_force and self.is_absent(row.principal_id, at)

    def altered(self, part: str, rows: Sequence[Mapping[str, Any]]) -> Directory:
        """The office as it would stand with these rows added, or in place of those of their id."""
        key = "code" if part in ("organisation", "post") else "id"
        new = {row[key]: SimpleNamespace(**row) for row in rows}
        kept = [row for row in self.parts[part] if getattr(row, key) not in new]
        return replace(self, parts={**self.parts, part: [*kept, *new.values()]})

    def with_rows(self, writes: Mapping[str, Sequence[Mapping[str, Any]]]) -> Directory:
        """The office as it would stand with rows of several parts written."""
        office = self
        for part, written in writes.items():
            office = office.altered(part, written)
        return office

    def in_charge(self, field: str, at: datetime) -> str | None:
        """The leader in charge of a field (分工)."""
        return next(
            (
                row.person_id
                for row in self.parts["responsibility"]
                if row.field == field and _valid(row, at)
            ),
            None,
        )

    def fields(self) -> list[str]:
        """Every field of the division of labour."""
        return sorted({row.field for row in self.parts["responsibility"]})

    def assistant_of(self, leader_id: str, at: datetime) -> str | None:
        """The deputy secretary-general who assists a leader."""
        return next(
            (
                row.assistant_id
                for row in self.parts["assistant_link"]
                if row.leader_id == leader_id and _valid(row, at)
            ),
            None,
        )


NOT_KEPT = -1  # the version of a directory that only one transaction sees
_WITH_ORG = frozenset({"dept_head", "dept_clerk", "county_head", "county_clerk", "dept_deputy"})


def _sorted_by(column: str, rows: Sequence[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in sorted(rows, key=lambda row: row.sort):
        found.setdefault(getattr(row, column), []).append(row)
    return found


def _valid(row: Any, at: datetime) -> bool:
    return (row.valid_from is None or row.valid_from <= at) and (
        row.valid_to is None or at < row.valid_to
    )


def fresh(connection: Connection) -> Directory:
    """The office as this transaction sees it, its own changes included; never kept for others."""
    return Directory(NOT_KEPT, rows.load(connection))


def snapshot(engine: Engine, connection: Connection | None = None) -> Directory:
    """The office as it stands now; read again only after a change (one statement otherwise)."""
    if connection is None:
        with engine.database.read() as own:
            return snapshot(engine, own)
    seen = engine.cache["versions"] = versions.read(connection)
    current = seen[versions.DIRECTORY]
    kept: Directory | None = engine.cache.get("directory")
    if kept is None or kept.version != current:
        kept = Directory(current, rows.load(connection))
        engine.cache["directory"] = kept
    return kept
