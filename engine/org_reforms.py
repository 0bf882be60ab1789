"""Organisations that are added, corrected, renamed, merged or ended.

A correction mends what was entered wrongly; a new name holds from its day, and what was said before
keeps the old one. Who takes over gets the posts, the groups and the open work.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from engine.directory import Directory
from engine.errors import Finding, Invalid, NotFound
from engine.ids import new_id
from engine.reforms import Plan
from engine.substitution import as_values

if TYPE_CHECKING:
    from engine.startup import Engine

KINDS = {
    "city_gov": "市政府",
    "gov_office": "市政府办公室",
    "dept": "政府部门",
    "directly_affiliated": "直属机构",
    "working_body": "办事机构",
    "institution": "直属事业单位",
    "vertical": "垂直管理单位",
    "county_gov": "县（市、区）政府",
    "zone_committee": "管委会",
    "deliberative_body": "议事协调机构",
    "party": "党委机构",
    "npc": "人大机构",
    "cppcc": "政协机构",
    "oversight": "监察和司法机关",
    "superior": "上级机关",
    "other": "其他单位",
}
CODE = re.compile(r"[a-z][a-z0-9_]{1,62}")
LONGEST_NAME = 100
AFTER_ITS_OWN = 100  # who comes in with a merger stands after those already there


@dataclass(frozen=True, slots=True)
class AddOrganisation:
    """A new organisation, from its day on."""

    subject: str
    name: str
    org_kind: str
    is_constituent: bool
    sort: int
    effective: datetime
    note: str | None = None
    kind: ClassVar[str] = "org-add"

    def plan(self, engine: Engine, people: Directory) -> Plan:
        findings = [*_named(people, self.name, self.effective), *_of_kind(self.org_kind)]
        if not CODE.fullmatch(self.subject):
            words = "代码用小写字母开头，只含小写字母、数字和下划线，2到63个字符。"
            findings.append(Finding(words, "code"))
        elif people.organisation(self.subject) is not None:
            findings.append(Finding(f"代码“{self.subject}”已有单位使用，请换一个。", "code"))
        refuse(findings)
        values = {
            "code": self.subject,
            "name": self.name.strip(),
            "kind": self.org_kind,
            "is_constituent": self.is_constituent,
            "sort": self.sort,
            "valid_from": self.effective,
            "valid_to": None,
            "successor": None,
            "note": self.note,
        }
        told = {"name": values["name"], "org_kind": KINDS[self.org_kind]}
        sentence = f"新增{KINDS[self.org_kind]}“{values['name']}”"
        return Plan({"organisation": [values]}, "organisation.added", told, sentence)


@dataclass(frozen=True, slots=True)
class CorrectOrganisation:
    """What was entered wrongly is put right, as if it had always been so."""

    subject: str
    name: str
    org_kind: str
    is_constituent: bool
    sort: int
    effective: datetime
    note: str | None = None
    kind: ClassVar[str] = "org-correct"

    def plan(self, engine: Engine, people: Directory) -> Plan:
        found = known(people, self.subject)
        findings = _of_kind(self.org_kind)
        if self.name.strip() != found.name:
            findings += _named(people, self.name, self.effective, but=self.subject)
        refuse(findings)
        new = {
            "name": self.name.strip(),
            "kind": self.org_kind,
            "is_constituent": self.is_constituent,
            "sort": self.sort,
            "note": self.note or None,
        }
        changed = {key: value for key, value in new.items() if getattr(found, key) != value}
        if not changed:
            raise Invalid([Finding("没有改动任何内容。")])
        told = {
            "name": found.name,
            "before": "，".join(_shown(key, getattr(found, key)) for key in changed),
            "after": "，".join(_shown(key, value) for key, value in changed.items()),
        }
        sentence = f"更正“{found.name}”：{told['after']}"
        writes = {"organisation": [{**as_values(found), **new}]}
        return Plan(writes, "organisation.corrected", told, sentence)


@dataclass(frozen=True, slots=True)
class Rename:
    """A new name from a day on; before it the old one stands."""

    subject: str
    name: str
    effective: datetime
    evidence: str
    kind: ClassVar[str] = "rename"

    def plan(self, engine: Engine, people: Directory) -> Plan:
        found = there(people, self.subject, self.effective)
        findings = [*_named(people, self.name, self.effective), *_documented(self.evidence)]
        if self.name.strip() == found.name:
            findings = [Finding("新名称与现名称相同。", "name")]
        refuse(findings)
        former = {
            "id": new_id(),
            "org": found.code,
            "name": found.name,
            "valid_to": self.effective,
            "evidence": self.evidence.strip(),
        }
        told = {
            "before": found.name,
            "after": self.name.strip(),
            "starts": self.effective.isoformat(),
            "evidence": self.evidence.strip(),
        }
        writes = {
            "organisation": [{**as_values(found), "name": self.name.strip()}],
            "former_name": [former],
        }
        lines = ("此前的办理记录、已收到的回复仍显示原名称",)
        sentence = f"“{found.name}”更名为“{self.name.strip()}”"
        return Plan(writes, "organisation.renamed", told, sentence, lines)


@dataclass(frozen=True, slots=True)
class Merge:
    """One organisation ends, another goes on with its people, groups and open work."""

    subject: str
    successor: str
    effective: datetime
    evidence: str
    kind: ClassVar[str] = "merge"

    def plan(self, engine: Engine, people: Directory) -> Plan:
        found = there(people, self.subject, self.effective)
        refuse_fixed(engine, found, "合并")
        findings = _documented(self.evidence)
        if not people.is_there(self.successor, self.effective) or self.successor == self.subject:
            findings.append(Finding("请选择承接它的另一个现有单位。", "successor"))
        refuse(findings)
        heir = known(people, self.successor)
        carried, ended = self._posts(people)
        told = {
            "name": found.name,
            "successor": heir.name,
            "starts": self.effective.isoformat(),
            "evidence": self.evidence.strip(),
            "people": len({row["person_id"] for row in carried}),
        }
        org = {**as_values(found), "valid_to": self.effective, "successor": heir.code}
        members = [*closed(people.parts["membership"], self.subject, self.effective), *carried]
        writes = {"organisation": [org], "membership": members}
        lines = [
            f"{told['people']}人的职务转入{heir.name}，排在其现有人员之后",
            *(f"{words}的职务到此为止" for words in ended),
            "此前的办理记录、已收到的回复仍显示原单位和原名称",
            f"办理中的事项以后送“{found.name}”的步骤，都送{heir.name}",
        ]
        sentence = f"“{found.name}”并入“{heir.name}”"
        return Plan(writes, "organisation.merged", told, sentence, tuple(lines))

    def _posts(self, people: Directory) -> tuple[list[dict[str, Any]], list[str]]:
        """(memberships in the successor, who does not go on): a post for one is not held twice."""
        carried, ended = [], []
        for row in lasting(people.parts["membership"], self.subject, self.effective):
            post = people.post(row.post)
            holders = people.holders(row.post, self.successor, at=self.effective)
            if row.person_id in holders:
                continue
            if post is not None and post.is_single and holders:
                who = people.person_name(row.person_id)
                has = people.person_name(holders[0])
                ended.append(f"{who}“{post.name}”（{people.org_name(self.successor)}已有{has}）")
                continue
            starts = max(self.effective, row.valid_from or self.effective)
            moved = {"id": new_id(), "org": self.successor, "valid_from": starts}
            carried.append({**as_values(row), **moved, "sort": row.sort + AFTER_ITS_OWN})
        return carried, ended


@dataclass(frozen=True, slots=True)
class End:
    """An organisation ends and nobody takes over."""

    subject: str
    effective: datetime
    evidence: str
    kind: ClassVar[str] = "end"

    def plan(self, engine: Engine, people: Directory) -> Plan:
        found = there(people, self.subject, self.effective)
        refuse_fixed(engine, found, "停用")
        refuse(_documented(self.evidence))
        members = closed(people.parts["membership"], self.subject, self.effective)
        told = {
            "name": found.name,
            "starts": self.effective.isoformat(),
            "evidence": self.evidence.strip(),
            "people": len({row["person_id"] for row in members}),
        }
        writes = {
            "organisation": [{**as_values(found), "valid_to": self.effective}],
            "membership": members,
        }
        lines = (
            f"{told['people']}人在本单位的职务到此为止",
            "不能再选作主送、会签等单位；此前的记录不变",
            "没有单位承接，未办的任务由市政府办公室主任处理；有承接单位的请用“合并”",
        )
        sentence = f"停用“{found.name}”"
        return Plan(writes, "organisation.ended", told, sentence, lines)


# ---- shared ----------------------------------------------------------------------------------


def known(people: Directory, code: str) -> Any:
    """The organisation, or NotFound."""
    found = people.organisation(code)
    if found is None:
        raise NotFound
    return found


def there(people: Directory, code: str, at: datetime) -> Any:
    """The organisation, which must be there at a moment."""
    found = known(people, code)
    if not people.is_there(code, at):
        raise Invalid([Finding(f"“{found.name}”到那时已经停用，不能再变动。", "effective")])
    return found


def refuse(findings: list[Finding]) -> None:
    """Raise Invalid when anything was found."""
    if findings:
        raise Invalid(findings)


def refuse_fixed(engine: Engine, found: Any, what: str) -> None:
    """Some organisations are named by the rules themselves."""
    if found.code in engine.registry.fixed_orgs:
        words = f"办文规则固定用到“{found.name}”，可以更名，不能{what}。"
        raise Invalid([Finding(words, "code")])


def lasting(memberships: Any, org: str, at: datetime) -> list[Any]:
    """The memberships in an organisation that reach beyond a moment."""
    return [
        row for row in memberships if row.org == org and (row.valid_to is None or row.valid_to > at)
    ]


def closed(memberships: Any, org: str, at: datetime) -> list[dict[str, Any]]:
    """Those memberships, ended at the moment; one that had not begun never begins."""
    return [ended(row, at) for row in lasting(memberships, org, at)]


def ended(row: Any, at: datetime) -> dict[str, Any]:
    """A dated row that ends at a moment."""
    values = as_values(row)
    starts = values["valid_from"]
    return {**values, "valid_to": at if starts is None else max(at, starts)}


def _named(people: Directory, name: str, at: datetime, but: str | None = None) -> list[Finding]:
    plain = name.strip()
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        return [Finding(f"请填写名称，不超过{LONGEST_NAME}个字。", "name")]
    for row in people.organisations(at):
        if row.name == plain and row.code != but:
            return [Finding(f"已有名为“{plain}”的单位，请用能区分的名称。", "name")]
    return []


def _of_kind(kind: str) -> list[Finding]:
    return [] if kind in KINDS else [Finding("请从列出的类别中选择。", "org_kind")]


def _documented(evidence: str) -> list[Finding]:
    if evidence.strip():
        return []
    return [Finding("请写明依据，如机构改革方案或批复的文号。", "evidence")]


def _shown(key: str, value: Any) -> str:
    if key == "kind":
        return f"类别{KINDS.get(str(value), value)}"
    if key == "is_constituent":
        return "是组成部门" if value else "不是组成部门"
    labels = {"name": "名称", "sort": "排序", "note": "备注"}
    return f"{labels[key]}{value if value is not None else '空'}"
