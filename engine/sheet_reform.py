"""What a workbook says of organisations and people, as one reform: rows checked, then all made.

What a table does not name stays as it is; merging, ending and leaving are done on their pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from engine.clock import CHINA
from engine.directory import Directory
from engine.errors import Finding, Invalid
from engine.ids import new_id
from engine.org_reforms import CODE, KINDS, LONGEST_NAME, ended
from engine.reforms import Plan
from engine.staff_reforms import PERSON_ID
from engine.substitution import as_values

if TYPE_CHECKING:
    from engine.startup import Engine

ORGS, STAFF = "机构", "人员"
ORG_HEADINGS = ("代码", "名称", "类别", "组成部门", "排序", "备注")
STAFF_HEADINGS = ("人员编号", "姓名", "单位代码", "单位", "职务", "领域", "任职自", "任职至")
HEADINGS = {ORGS: ORG_HEADINGS, STAFF: STAFF_HEADINGS}
SEAT_HEADINGS = ("单位代码", "职务", "领域", "任职自", "任职至")
Cells = tuple[tuple[str, str], ...]
Line = tuple[int, Cells]  # row number, (heading, text) pairs


@dataclass(frozen=True, slots=True)
class ImportTables:
    """What a workbook says of organisations and people."""

    subject: str
    file: str
    orgs: tuple[Line, ...]
    staff: tuple[Line, ...]
    effective: datetime
    kind: ClassVar[str] = "import"

    def plan(self, engine: Engine, people: Directory) -> Plan:
        work = _Reading(engine, people, self.effective, self.file)
        for number, cells in self.orgs:
            work.organisation(number, dict(cells))
        work.same_names()
        for number, cells in self.staff:
            work.seat(number, dict(cells))
        if work.findings:
            raise Invalid(work.findings)
        what = "，".join(f"{words}{count}项" for words, count in work.counted.items())
        told = {"file": self.file, "what": what}
        sentence = f"导入“{self.file}”：{what}" if what else f"“{self.file}”没有改动"
        return Plan(
            work.writes(),
            "office.imported",
            told,
            sentence,
            tuple(work.lines),
            details=tuple(work.details),
        )


@dataclass
class _Reading:
    """Rows of a table against the office as it stands: what to write, what is wrong."""

    engine: Engine
    office: Directory
    now: datetime
    file: str
    findings: list[Finding] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    details: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)
    orgs: dict[str, dict[str, Any]] = field(default_factory=dict)
    former: list[dict[str, Any]] = field(default_factory=list)
    persons: dict[str, dict[str, Any]] = field(default_factory=dict)
    seats: list[dict[str, Any]] = field(default_factory=list)
    seen: set[Any] = field(default_factory=set)
    at: dict[str, int] = field(default_factory=dict)  # organisation → its row

    def writes(self) -> dict[str, list[dict[str, Any]]]:
        found = {
            "organisation": list(self.orgs.values()),
            "former_name": self.former,
            "person": list(self.persons.values()),
            "membership": self.seats,
        }
        return {table: rows for table, rows in found.items() if rows}

    def _wrong(self, sheet: str, row: int, heading: str, words: str) -> None:
        self.findings.append(Finding(words, f"{sheet}/{row}/{heading}"))

    def _count(self, words: str, line: str, kind: str, told: dict[str, Any]) -> None:
        self.counted[words] = self.counted.get(words, 0) + 1
        self.lines.append(f"{words}：{line}")
        self.details.append((kind, told))

    # ---- organisations ----

    def organisation(self, row: int, cells: Mapping[str, str]) -> None:
        code, before = cells["代码"], len(self.findings)
        values = self._org_values(row, cells)
        if not CODE.fullmatch(code):
            words = "应以小写字母开头，只含小写字母、数字和下划线。"
            self._wrong(ORGS, row, "代码", words)
        elif ("org", code) in self.seen:
            self._wrong(ORGS, row, "代码", f"“{code}”在表里出现了两次。")
        self.seen.add(("org", code))
        self.at[code] = row
        found = self.office.organisation(code)
        if found is not None and not self.office.is_there(code, self.now):
            self._wrong(ORGS, row, "代码", f"“{found.name}”已停用，不能在表格里改。")
        if len(self.findings) > before:
            return
        if found is None:
            new = {"valid_from": self.now, "valid_to": None, "successor": None}
            self.orgs[code] = {"code": code, **values, **new}
            told = {"name": values["name"], "org_kind": KINDS[values["kind"]]}
            self._count("新增机构", values["name"], "organisation.added", told)
            return
        self._changed_org(found, values)

    def _org_values(self, row: int, cells: Mapping[str, str]) -> dict[str, Any]:
        kinds = {name: kind for kind, name in KINDS.items()}
        name, kind = cells["名称"], kinds.get(cells["类别"])
        if not name or len(name) > LONGEST_NAME:
            self._wrong(ORGS, row, "名称", f"应填写，不超过{LONGEST_NAME}个字。")
        if kind is None:
            self._wrong(ORGS, row, "类别", f"应为{'、'.join(KINDS.values())}之一。")
        if cells["组成部门"] not in ("是", "否"):
            self._wrong(ORGS, row, "组成部门", "应填“是”或“否”。")
        sort = cells["排序"] or "900"
        if not (sort.isascii() and sort.isdigit() and len(sort) <= 5):
            self._wrong(ORGS, row, "排序", "应为0到99999之间的整数。")
            sort = "0"
        return {
            "name": name,
            "kind": kind,
            "is_constituent": cells["组成部门"] == "是",
            "sort": int(sort),
            "note": cells["备注"] or None,
        }

    def _changed_org(self, found: Any, values: dict[str, Any]) -> None:
        changed = {key: value for key, value in values.items() if getattr(found, key) != value}
        if not changed:
            return
        self.orgs[found.code] = {**as_values(found), **values}
        name = changed.pop("name", None)
        if name is not None:
            former = {"id": new_id(), "org": found.code, "name": found.name}
            evidence = f"导入表格{self.file}"
            self.former.append({**former, "valid_to": self.now, "evidence": evidence})
            told = {"before": found.name, "after": name, "evidence": evidence}
            line = f"“{found.name}”更名为“{name}”"
            self._count("更名", line, "organisation.renamed", told)
        if changed:
            words = {"kind": "类别", "is_constituent": "组成部门", "sort": "排序", "note": "备注"}
            told = {
                "name": found.name,
                "before": "，".join(f"{words[key]}{getattr(found, key)}" for key in changed),
                "after": "，".join(f"{words[key]}{value}" for key, value in changed.items()),
            }
            line = f"{found.name}的{'、'.join(words[key] for key in changed)}"
            self._count("更正机构", line, "organisation.corrected", told)

    def same_names(self) -> None:
        """Two organisations of one name cannot be told apart."""
        names: dict[str, str] = {}
        after = self.office.with_rows({"organisation": list(self.orgs.values())})
        for row in after.organisations(self.now):
            other = names.setdefault(row.name, row.code)
            if other != row.code:
                changed = row.code if row.code in self.orgs else other
                place = self.at.get(changed, 0)
                self._wrong(ORGS, place, "名称", f"“{row.name}”有两个单位同名，请用能区分的名称。")

    # ---- people ----

    def seat(self, row: int, cells: Mapping[str, str]) -> None:
        before = len(self.findings)
        self._person(row, cells)
        if not any(cells[heading] for heading in SEAT_HEADINGS):
            return
        org, post = self._org_of(row, cells), self._post_of(row, cells)
        field_ = self._field_of(row, cells)
        since, until = (self._moment(row, cells, each) for each in ("任职自", "任职至"))
        if since is not None and until is not None and until <= since:
            self._wrong(STAFF, row, "任职至", "应晚于任职自。")
        mark = ("seat", cells["人员编号"], org, post, field_, cells["任职自"])
        if mark in self.seen:
            self._wrong(STAFF, row, "职务", "同一任职在表里出现了两次。")
        self.seen.add(mark)
        if len(self.findings) == before and post is not None:
            self._seated(row, cells, (org, post, field_), since, until)

    def _person(self, row: int, cells: Mapping[str, str]) -> None:
        identity, name = cells["人员编号"], cells["姓名"]
        if not PERSON_ID.fullmatch(identity):
            self._wrong(STAFF, row, "人员编号", "应填写，只含字母、数字、连字符和下划线。")
            return
        if not name or len(name) > 50:
            self._wrong(STAFF, row, "姓名", "应填写，不超过50个字。")
            return
        found = self.office.person(identity)
        known = self.persons.get(identity) or (as_values(found) if found is not None else None)
        if ("person", identity) in self.seen:
            if known is not None and known["name"] != name:
                self._wrong(STAFF, row, "姓名", "同一编号在表里写了不同的姓名。")
            return
        self.seen.add(("person", identity))
        if found is not None and found.left_at is not None and found.left_at <= self.now:
            self._wrong(STAFF, row, "人员编号", f"“{found.name}”已离任，请在人员页面重新任职。")
        elif known is None:
            self.persons[identity] = {
                "id": identity,
                "name": name,
                "is_demo": False,
                "left_at": None,
            }
            self._count("新增人员", name, "person.added", {"person": name})
        elif known["name"] != name:
            self.persons[identity] = {**known, "name": name}
            told = {"before": known["name"], "after": name}
            line = f"{known['name']}改为{name}"
            self._count("更正姓名", line, "person.corrected", told)

    def _org_of(self, row: int, cells: Mapping[str, str]) -> str:
        code = cells["单位代码"]
        if not code:
            self._wrong(STAFF, row, "单位代码", "应填写，写明在哪个单位任职。")
        elif code not in self.orgs and not self.office.is_there(code, self.now):
            self._wrong(STAFF, row, "单位代码", f"没有代码为“{code}”的现有单位。")
        return code

    def _post_of(self, row: int, cells: Mapping[str, str]) -> str | None:
        word = cells["职务"]
        found = next((each for each in self.office.posts() if word in (each.name, each.code)), None)
        if found is None:
            words = (
                f"没有“{word}”这个职务，请从下拉列表中选。"
                if word
                else "应填写，请从下拉列表中选。"
            )
            self._wrong(STAFF, row, "职务", words)
            return None
        return str(found.code)

    def _field_of(self, row: int, cells: Mapping[str, str]) -> str | None:
        word = cells["领域"]
        if not word:
            return None
        for code, name in self.engine.registry.fields.items():
            if word in (code, name):
                return code
        self._wrong(STAFF, row, "领域", f"没有“{word}”这个领域，请从下拉列表中选。")
        return None

    def _moment(self, row: int, cells: Mapping[str, str], heading: str) -> datetime | None:
        text = cells[heading]
        if not text:
            return None
        try:
            return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=CHINA)
        except ValueError:
            self._wrong(STAFF, row, heading, "应为日期，写成 2026-03-01。")
            return None

    def _seated(
        self,
        row: int,
        cells: Mapping[str, str],
        seat: tuple[str, str, str | None],
        since: datetime | None,
        until: datetime | None,
    ) -> None:
        """One post of one person: there already, to be ended, or new."""
        org, post, field_ = seat
        held = [
            each
            for each in self.office.career_of(cells["人员编号"])
            if (each.org, each.post, each.field) == seat and not is_over(each, self.now)
        ]
        same = next((each for each in held if day_of(each.valid_from) == cells["任职自"]), None)
        if same is None and held and since is None:
            same = held[0]
        if same is not None and day_of(same.valid_to) == cells["任职至"]:
            return
        if until is not None and until.date() < self.now.date():
            self._wrong(STAFF, row, "任职至", "不能早于今天：已经办的事不改。")
            return
        names = f"{self._org_name(org)}{self.office.post_name(post)}"
        told: dict[str, Any] = {"person": cells["姓名"]}
        if same is not None:
            end = {**as_values(same), "valid_to": None} if until is None else ended(same, until)
            self.seats.append(end)
            told |= {"before": names, "starts": until.isoformat() if until else None}
            line = f"{cells['姓名']}　{names}，任职至{cells['任职至'] or '（不限）'}"
            self._count("更改任期", line, "person.moved", told)
            return
        self.seats.append(
            {
                "id": new_id(),
                "person_id": cells["人员编号"],
                "post": post,
                "org": org,
                "field": field_,
                "sort": len(self.office.career_of(cells["人员编号"])),
                "valid_from": since or self.now,
                "valid_to": until,
            }
        )
        told |= {"after": names, "starts": (since or self.now).isoformat()}
        self._count("新任职", f"{cells['姓名']}　{names}", "person.moved", told)

    def _org_name(self, code: str) -> str:
        return str(self.orgs[code]["name"]) if code in self.orgs else self.office.org_name(code)


def is_over(row: Any, now: datetime) -> bool:
    """Whether a dated row has ended."""
    return row.valid_to is not None and row.valid_to <= now


def day_of(moment: datetime | None) -> str:
    """2026-03-01; empty without one."""
    return f"{moment:%Y-%m-%d}" if moment is not None else ""
