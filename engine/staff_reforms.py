"""People who come, move to other posts or leave; and the posts themselves.

Work belongs to the post: it stays with it when a person moves on. Who leaves gives up every post,
and whatever he stood for or was entrusted with; his account is closed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from engine.directory import Directory
from engine.errors import Conflict, Finding, Invalid, NotFound
from engine.ids import new_id
from engine.org_reforms import CODE, ended, refuse
from engine.reforms import Plan
from engine.substitution import as_values

if TYPE_CHECKING:
    from engine.startup import Engine

PERSON_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
LONGEST_NAME = 50
Seat = tuple[str, str, str]  # post, organisation, field or ""


@dataclass(frozen=True, slots=True)
class AddPerson:
    """Somebody new, with the first posts."""

    subject: str
    name: str
    seats: tuple[Seat, ...]
    effective: datetime
    kind: ClassVar[str] = "person-add"

    def plan(self, engine: Engine, people: Directory) -> Plan:
        findings = _named(self.name)
        if not PERSON_ID.fullmatch(self.subject):
            words = "人员编号只含字母、数字、连字符和下划线，不超过63个字符。"
            findings.append(Finding(words, "person_id"))
        elif people.person(self.subject) is not None:
            findings.append(Finding(f"编号“{self.subject}”已有人使用，请换一个。", "person_id"))
        findings += _seats(people, self.seats, self.effective)
        refuse(findings)
        person = {"id": self.subject, "name": self.name.strip(), "is_demo": False, "left_at": None}
        members = _members(people, self.subject, self.seats, self.effective)
        posts = [_seat(people, each) for each in self.seats]
        told = {"person": person["name"], "posts": posts}
        hints = _doubled(people, self.subject, self.seats, self.effective, ())
        sentence = f"新增人员“{person['name']}”"
        return Plan(
            {"person": [person], "membership": members},
            "person.added",
            told,
            sentence,
            tuple(f"任{each}" for each in posts),
            hints,
        )


@dataclass(frozen=True, slots=True)
class CorrectPerson:
    """A name that was entered wrongly."""

    subject: str
    name: str
    effective: datetime
    kind: ClassVar[str] = "person-correct"

    def plan(self, engine: Engine, people: Directory) -> Plan:
        found = known_person(people, self.subject)
        findings = _named(self.name)
        if self.name.strip() == found.name:
            findings.append(Finding("没有改动任何内容。", "name"))
        refuse(findings)
        told = {"before": found.name, "after": self.name.strip()}
        writes = {"person": [{**as_values(found), "name": self.name.strip()}]}
        sentence = f"更正姓名“{found.name}”为“{self.name.strip()}”"
        return Plan(writes, "person.corrected", told, sentence)


@dataclass(frozen=True, slots=True)
class MovePerson:
    """Some posts end, others begin; the work stays with the posts."""

    subject: str
    ends: tuple[str, ...]  # ids of memberships
    seats: tuple[Seat, ...]
    effective: datetime
    evidence: str = ""
    kind: ClassVar[str] = "move"

    def plan(self, engine: Engine, people: Directory) -> Plan:
        person = known_person(people, self.subject)
        leaving = [row for row in people.career_of(person.id) if row.id in self.ends]
        if len(leaving) != len(set(self.ends)):
            raise NotFound
        findings = _seats(people, self.seats, self.effective)
        if not leaving and not self.seats:
            findings.append(Finding("请选择免去的职务，或填写新任的职务。", "seats"))
        kept = [
            row for row in people.memberships_of(person.id, self.effective) if row not in leaving
        ]
        for post, org, _field in self.seats:
            if any((row.post, row.org) == (post, org) for row in kept):
                findings.append(Finding("这个人已任这一职务。", "seats"))
        refuse(findings)
        new = _members(people, person.id, self.seats, self.effective, after=len(kept))
        members = [*(ended(row, self.effective) for row in leaving), *new]
        gone = [_seat(people, (row.post, row.org, row.field or "")) for row in leaving]
        come = [_seat(people, each) for each in self.seats]
        told = {
            "person": person.name,
            "before": gone,
            "after": come,
            "starts": self.effective.isoformat(),
            "evidence": self.evidence.strip(),
        }
        writes: dict[str, list[dict[str, Any]]] = {"membership": members}
        if person.left_at is not None:
            writes["person"] = [{**as_values(person), "left_at": None}]
        lines = [*(f"免去{each}" for each in gone), *(f"任{each}" for each in come)]
        if gone:
            lines.append("原职务上未办的任务留给原职务，由在任者或科室办理")
        hints = _doubled(people, person.id, self.seats, self.effective, self.ends)
        sentence = f"“{person.name}”职务变动"
        return Plan(writes, "person.moved", told, sentence, tuple(lines), hints)


@dataclass(frozen=True, slots=True)
class Leave:
    """Every post of a person ends, and with the posts all that hangs on them."""

    subject: str
    effective: datetime
    evidence: str = ""
    kind: ClassVar[str] = "leave"

    def plan(self, engine: Engine, people: Directory) -> Plan:
        person = known_person(people, self.subject)
        if person.left_at is not None and person.left_at <= self.effective:
            raise Conflict(f"“{person.name}”已经离任。")
        posts = _reaching(people.career_of(person.id), self.effective)
        duties = _reaching(_of(people, "responsibility", person.id), self.effective)
        links = _reaching(
            _of(people, "assistant_link", person.id, "assistant_id", "leader_id"), self.effective
        )
        stands = [
            row
            for row in _of(people, "substitution", person.id, "principal_id", "substitute_id")
            if row.revoked_at is None and row.ends_at > self.effective
        ]
        writes: dict[str, list[dict[str, Any]]] = {
            "membership": [ended(row, self.effective) for row in posts],
            "responsibility": [ended(row, self.effective) for row in duties],
            "assistant_link": [ended(row, self.effective) for row in links],
            "substitution": [{**as_values(row), "revoked_at": self.effective} for row in stands],
            "person": [{**as_values(person), "left_at": self.effective}],
        }
        gone = [_seat(people, (row.post, row.org, row.field or "")) for row in posts]
        lines = [f"免去{each}" for each in gone]
        fields = engine.registry.fields
        lines += [f"不再分管{fields.get(row.field, row.field)}，请另行分工" for row in duties]
        lines += ["副秘书长协助关系终止，请另行指定"] * bool(links)
        lines += [f"{len(stands)}项代行委托、AB角或指定代办终止"] * bool(stands)
        told = {
            "person": person.name,
            "before": gone,
            "starts": self.effective.isoformat(),
            "evidence": self.evidence.strip(),
        }
        sentence = f"“{person.name}”离任"
        kept = {table: rows for table, rows in writes.items() if rows}
        return Plan(kept, "person.left", told, sentence, tuple(lines), leaver=person.id)


# ---- posts -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeepPost:
    """A new post, or one that was entered wrongly."""

    subject: str
    name: str
    is_group: bool
    is_single: bool
    effective: datetime
    is_new: bool = True
    kind: ClassVar[str] = "post"

    def plan(self, engine: Engine, people: Directory) -> Plan:
        found = people.post(self.subject)
        if not self.is_new and found is None:
            raise NotFound
        refuse([*_named(self.name, "名称"), *self._coded(found)])
        if found is not None and found.is_group != self.is_group and _is_held(people, self.subject):
            words = "已有人任这一职务，不能在个人职务和科室之间改换；请另设职务。"
            raise Invalid([Finding(words, "is_group")])
        values = {
            "code": self.subject,
            "name": self.name.strip(),
            "is_group": self.is_group,
            "is_single": self.is_single and not self.is_group,
        }
        told = {"before": found.name if found else None, "after": values["name"]}
        kind = "post.added" if found is None else "post.corrected"
        sentence = f"{'新增' if found is None else '更正'}职务“{values['name']}”"
        return Plan({"post": [values]}, kind, told, sentence)

    def _coded(self, found: Any | None) -> list[Finding]:
        if not CODE.fullmatch(self.subject):
            words = "代码用小写字母开头，只含小写字母、数字和下划线，2到63个字符。"
            return [Finding(words, "code")]
        if self.is_new and found is not None:
            return [Finding(f"代码“{self.subject}”已有职务使用，请换一个。", "code")]
        return []


# ---- shared ----------------------------------------------------------------------------------


def known_person(people: Directory, person_id: str) -> Any:
    """The person, or NotFound."""
    found = people.person(person_id)
    if found is None:
        raise NotFound
    return found


def _named(name: str, what: str = "姓名") -> list[Finding]:
    plain = name.strip()
    if plain and len(plain) <= LONGEST_NAME and plain.isprintable():
        return []
    return [Finding(f"请填写{what}，不超过{LONGEST_NAME}个字。", "name")]


def _seats(people: Directory, seats: tuple[Seat, ...], at: datetime) -> list[Finding]:
    findings = []
    for post, org, _field in seats:
        if people.post(post) is None:
            findings.append(Finding("请从列出的职务中选择。", "post"))
        if not people.is_there(org, at):
            findings.append(Finding("请选择那时还在的单位。", "org"))
    if len({(post, org) for post, org, _field in seats}) < len(seats):
        findings.append(Finding("同一职务填了两次。", "post"))
    return findings


def _members(
    people: Directory, person_id: str, seats: tuple[Seat, ...], at: datetime, after: int = 0
) -> list[dict[str, Any]]:
    return [
        {
            "id": new_id(),
            "person_id": person_id,
            "post": post,
            "org": org,
            "field": field or None,
            "sort": after + number,
            "valid_from": at,
            "valid_to": None,
        }
        for number, (post, org, field) in enumerate(seats)
    ]


def _doubled(
    people: Directory,
    person_id: str,
    seats: tuple[Seat, ...],
    at: datetime,
    ends: tuple[str, ...],
) -> tuple[Finding, ...]:
    """Posts for one that somebody else holds already: to be known, not refused."""
    found = []
    for post_code, org, _field in seats:
        post = people.post(post_code)
        others = [each for each in people.holders(post_code, org, at=at) if each != person_id]
        if post is not None and post.is_single and others:
            who = people.person_name(others[0])
            words = f"{people.org_name(org)}现任{post.name}是{who}。如{who}离任或调动，请一并办理；"
            found.append(Finding(f"{words}在此之前新到的任务仍先送{who}。", severity="hint"))
    return tuple(found)


def _seat(people: Directory, seat: Seat) -> str:
    post, org, field = seat
    name = f"{people.org_name(org)}{people.post_name(post)}"
    return f"{name}（{field}）" if field else name


def _of(people: Directory, part: str, person_id: str, *columns: str) -> list[Any]:
    names = columns or ("person_id",)
    return [
        row
        for row in people.parts[part]
        if any(getattr(row, column) == person_id for column in names)
    ]


def _reaching(rows: list[Any], at: datetime) -> list[Any]:
    return [row for row in rows if row.valid_to is None or row.valid_to > at]


def _is_held(people: Directory, post: str) -> bool:
    return any(row.post == post for row in people.parts["membership"])
