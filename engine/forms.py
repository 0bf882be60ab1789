"""Forms: form-js schemas with the office's own kinds of field, checked on the server.

The stored format is form-js JSON, so designers use its editor; what it cannot say stands in each
component's `properties` (strings). Python's word is final: unknown keys are refused, hidden fields
dropped, every finding comes at once. Rules across fields stand in `<form>.rules.json` beside it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from engine.errors import Finding
from engine.expressions import Functions, compile_expression

LISTS = frozenset({"orgs", "persons", "files", "enums", "table"})
LONGEST_TEXT = 10_000  # characters, unless the form says less
MOST_ENTRIES = 200  # of a list or table
REASONS = "override_reasons"
SEVERITIES = ("block", "override", "hint")


@dataclass(frozen=True, slots=True)
class Field:
    """One field. kind: text textarea enum enums bool int date datetime org orgs person persons
    file files table. source: who fills it on the server (actor, actor_name, now, task_id)."""

    key: str
    label: str
    kind: str
    required: bool = False
    required_when: str | None = None
    hidden_when: str | None = None
    options: tuple[tuple[str, str], ...] = ()
    help: str | None = None
    clause: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    max_length: int = LONGEST_TEXT
    columns: tuple[Field, ...] = ()
    source: str | None = None
    own_orgs: bool = False
    readonly: bool = False
    group: str | None = None
    folded: bool = False  # its group is folded on the page while nothing in it is wanted
    default: Any = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule across fields. severity: block 应当, override 原则上, hint 提倡."""

    code: str
    check: str
    message: str
    severity: str = "block"
    source: str | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A form ready to show and to check. outcome: the field whose options are the buttons."""

    id: str
    fields: tuple[Field, ...]
    rules: tuple[Rule, ...] = ()
    outcome: Field | None = None
    comment: Field | None = None
    schema: Mapping[str, Any] = field(default_factory=dict)

    def get(self, key: str) -> Field | None:
        """The field of this key."""
        return next((each for each in self.fields if each.key == key), None)


def ways_back(form: Form | None, outcomes: str) -> tuple[tuple[str, str], ...]:
    """The buttons of a form that give a step back (退回补正, 退文): (value, label).

    outcomes: the property of the step that names which buttons it offers; empty for all.
    """
    if form is None or form.outcome is None:
        return ()
    offered = outcomes.split(",")
    return tuple(
        (value, label)
        for value, label in form.outcome.options
        if "退" in label and (offered == [""] or value in offered)
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """Checked input: a value for every field, and the findings (hints and passed overrides too)."""

    values: dict[str, Any]
    findings: tuple[Finding, ...] = ()


class Lookups(Protocol):
    """What a check may ask about the world."""

    own_orgs: frozenset[str]

    def org_exists(self, code: str) -> bool: ...
    def person_exists(self, person_id: str) -> bool: ...
    def file_exists(self, file_id: str) -> bool: ...


# ---- checking --------------------------------------------------------------------------------


def validate(
    form: Form,
    submitted: Mapping[str, Any],
    *,
    context: Mapping[str, Any],
    lookups: Lookups,
    now: datetime,
    functions: Functions | None = None,
    shortest_reason: int = 10,
) -> Checked:
    """Check what was submitted against the form.

    context: the variables of the step, which conditions and rules may also use. The findings of
    severity "block" and of overrides without a reason stand against it; hints and overrides with a
    reason (of `shortest_reason` characters at least 【约】) are returned for the record.
    """
    functions = functions or {}
    reasons = submitted.get(REASONS) or {}
    given = {key: value for key, value in submitted.items() if key != REASONS}
    known = {each.key for each in form.fields}
    findings = [
        Finding(f"表单里没有“{key}”这一项，不能提交。", key, code="unknown-field")
        for key in given
        if key not in known
    ]
    values: dict[str, Any] = {}
    for each in form.fields:
        if each.source is None:
            values[each.key] = _read(each, given.get(each.key), lookups, findings)
    scope = {**context, **values}
    for each in form.fields:
        if each.source is None:
            _presence(each, values, scope, functions, findings)
    if not findings:
        findings = _across(form, {**context, **values}, functions, reasons, values, shortest_reason)
    return Checked(values, tuple(findings))


def _presence(
    each: Field,
    values: dict[str, Any],
    scope: Mapping[str, Any],
    functions: Functions,
    findings: list[Finding],
) -> None:
    """Drop what is hidden; ask for what is required, unless something unusable was entered."""
    if _holds(each.hidden_when, scope, functions):
        values[each.key] = _empty(each)
        return
    if any(found.field == each.key for found in findings):
        return
    if _is_empty(values[each.key]) and (
        each.required or _holds(each.required_when, scope, functions)
    ):
        verb = "选择" if each.kind in ("enum", "org", "orgs", "person", "persons") else "填写"
        verb = "上传" if each.kind in ("file", "files") else verb
        findings.append(
            Finding(f"“{each.label}”没有{verb}。", each.key, source=each.clause, code="required")
        )


def _holds(expression: str | None, scope: Mapping[str, Any], functions: Functions) -> bool:
    if not expression:
        return False
    return bool(compile_expression(expression, frozenset(functions)).evaluate(scope, functions))


def _across(
    form: Form,
    scope: Mapping[str, Any],
    functions: Functions,
    reasons: Any,
    values: dict[str, Any],
    shortest_reason: int,
) -> list[Finding]:
    findings = []
    passed = {}
    for rule in form.rules:
        if compile_expression(rule.check, frozenset(functions)).evaluate(scope, functions):
            continue
        severity = rule.severity
        reason = reasons.get(rule.code) if isinstance(reasons, Mapping) else None
        given = reason.strip() if isinstance(reason, str) else ""
        if severity == "override" and len(given) >= shortest_reason:
            passed[rule.code] = given
            severity = "hint"
        findings.append(Finding(rule.message, rule.field, severity, rule.source, rule.code))
    if passed:
        values[REASONS] = passed
    return findings


def _empty(each: Field) -> Any:
    if each.kind == "bool":
        return False
    return [] if each.kind in LISTS else None


def _is_empty(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _read(each: Field, value: Any, lookups: Lookups, findings: list[Finding]) -> Any:
    """One value in its proper type; a wrong one adds a finding and reads as empty."""
    if value is None or value == "" or value == []:
        return _empty(each)
    try:
        return _READERS[each.kind](each, value, lookups)
    except _Wrong as wrong:
        findings.append(Finding(str(wrong), each.key, source=each.clause, code="wrong-value"))
        return _empty(each)


class _Wrong(Exception):
    """A value that does not fit its field; the text is the sentence for the person."""


def _text(each: Field, value: Any, _lookups: Lookups) -> str:
    if not isinstance(value, str):
        raise _Wrong(f"“{each.label}”应为文字。")
    if len(value) > each.max_length:
        raise _Wrong(f"“{each.label}”太长：最多{each.max_length}字，现为{len(value)}字。")
    return value.strip() if each.kind == "text" else value.strip("\n")


def _enum(each: Field, value: Any, _lookups: Lookups) -> str:
    if not isinstance(value, str) or value not in dict(each.options):
        raise _Wrong(f"“{each.label}”请从列出的选项中选择。")
    return value


def _bool(each: Field, value: Any, _lookups: Lookups) -> bool:
    if not isinstance(value, bool):
        raise _Wrong(f"“{each.label}”应为是或否。")
    return value


def _int(each: Field, value: Any, _lookups: Lookups) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _Wrong(f"“{each.label}”应为数字。")
    if isinstance(value, float) and not math.isfinite(value):
        raise _Wrong(f"“{each.label}”应为数字。")
    if each.kind == "int" and value != int(value):
        raise _Wrong(f"“{each.label}”应为整数。")
    if abs(value) > 10**12:
        raise _Wrong(f"“{each.label}”的数字太大。")
    if each.minimum is not None and value < each.minimum:
        raise _Wrong(f"“{each.label}”不能小于{each.minimum}。")
    if each.maximum is not None and value > each.maximum:
        raise _Wrong(f"“{each.label}”不能大于{each.maximum}。")
    return int(value) if each.kind == "int" else value


def _date(each: Field, value: Any, _lookups: Lookups) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise _Wrong(f"“{each.label}”应为日期，如2026-02-27。") from None


def _datetime(each: Field, value: Any, _lookups: Lookups) -> str:
    from engine.clock import parse_moment

    try:
        return parse_moment(value).isoformat()
    except (TypeError, ValueError, OverflowError):
        raise _Wrong(f"“{each.label}”应为日期和时间，如2026-02-27T18:00:00+08:00。") from None


def _org(each: Field, value: Any, lookups: Lookups) -> str:
    if not isinstance(value, str) or not lookups.org_exists(value):
        raise _Wrong(f"“{each.label}”选的单位不存在或已停用，请重新选择。")
    if each.own_orgs and value not in lookups.own_orgs:
        raise _Wrong(f"“{each.label}”只能选您所在的单位。")
    return value


def _person(each: Field, value: Any, lookups: Lookups) -> str:
    if not isinstance(value, str) or not lookups.person_exists(value):
        raise _Wrong(f"“{each.label}”选的人员不存在，请重新选择。")
    return value


def _file(each: Field, value: Any, lookups: Lookups) -> str:
    if not isinstance(value, str) or not lookups.file_exists(value):
        raise _Wrong(f"“{each.label}”的文件没有上传成功，请重新上传。")
    return value


def _several(one: Any) -> Any:
    def read(each: Field, value: Any, lookups: Lookups) -> list[Any]:
        if not isinstance(value, list):
            raise _Wrong(f"“{each.label}”应为列表。")
        if len(value) > MOST_ENTRIES:
            raise _Wrong(f"“{each.label}”最多{MOST_ENTRIES}项，现为{len(value)}项。")
        found = [one(each, entry, lookups) for entry in value]
        return list(dict.fromkeys(found))

    return read


def _table(each: Field, value: Any, lookups: Lookups) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        raise _Wrong(f"“{each.label}”应为表格。")
    if len(value) > MOST_ENTRIES:
        raise _Wrong(f"“{each.label}”最多{MOST_ENTRIES}行，现为{len(value)}行。")
    rows = []
    for number, row in enumerate(value, 1):
        findings: list[Finding] = []
        known = {column.key for column in each.columns}
        if known and set(row) - known:
            raise _Wrong(f"“{each.label}”第{number}行有不认识的列。")
        read = {
            column.key: _read(column, row.get(column.key), lookups, findings)
            for column in each.columns
        }
        if all(_is_empty(cell) or cell is False for cell in read.values()):
            continue
        for column in each.columns:
            if column.required and _is_empty(read[column.key]):
                findings.append(Finding(f"“{column.label}”没有填写。"))
        if findings:
            raise _Wrong(f"“{each.label}”第{number}行：{findings[0].message}")
        rows.append(read)
    return rows


_READERS: dict[str, Any] = {
    "text": _text,
    "textarea": _text,
    "enum": _enum,
    "enums": _several(_enum),
    "bool": _bool,
    "int": _int,
    "number": _int,
    "date": _date,
    "datetime": _datetime,
    "org": _org,
    "orgs": _several(_org),
    "person": _person,
    "persons": _several(_person),
    "file": _file,
    "files": _several(_file),
    "table": _table,
}
