"""Forms: form-js schemas with the office's own kinds of field, checked on the server.

The stored format is form-js JSON, so designers use its editor; what it cannot say stands in each
component's `properties` (strings). Python's word is final: unknown keys are refused, hidden fields
dropped, every finding comes at once. Rules across fields stand in `<form>.rules.json` beside it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from engine.errors import Finding, GuichengError, Invalid, Malformed
from engine.expressions import Functions, compile_expression

KINDS = {
    "textfield": "text",
    "textarea": "textarea",
    "number": "int",
    "select": "enum",
    "radio": "enum",
    "checkbox": "bool",
    "taglist": "enums",
    "checklist": "enums",
    "datetime": "datetime",
    "filepicker": "file",
    "dynamiclist": "table",
}
LAYOUT = frozenset({"group", "text", "html", "separator", "spacer", "button"})
LISTS = frozenset({"orgs", "persons", "files", "enums", "table"})
LONGEST_TEXT = 10_000  # characters, unless the form says less
MOST_ENTRIES = 200  # of a list or table
SHORTEST_REASON = 10  # characters of a reason for passing an "override" 【约】
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


# ---- reading ---------------------------------------------------------------------------------


def load(schema: str | Mapping[str, Any], rules: str | Mapping[str, Any] | None = None) -> Form:
    """Read a form and its rules. Malformed when unreadable, Invalid with all findings otherwise."""
    data = _json(schema, "表单")
    components = data.get("components")
    if not isinstance(components, list):
        raise Malformed("表单里没有 components 列表。")
    findings: list[Finding] = []
    fields, roles = _fields(components, findings, None)
    keys = [each.key for each in fields]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        findings.append(Finding(f"字段“{key}”出现了不止一次。", key))
    found_rules = _rules(_json(rules, "表单规则") if rules else {}, findings)
    if findings:
        raise Invalid(findings)
    by_key = {each.key: each for each in fields}
    return Form(
        id=str(data.get("id") or ""),
        fields=tuple(fields),
        rules=found_rules,
        outcome=by_key.get(roles.get("outcome", "")),
        comment=by_key.get(roles.get("comment", "")),
        schema=data,
    )


def _json(text: str | Mapping[str, Any], what: str) -> Mapping[str, Any]:
    if isinstance(text, str):
        try:
            text = json.loads(text)
        except json.JSONDecodeError as error:
            raise Malformed(f"{what}不是完整的JSON（第{error.lineno}行）。") from error
    if not isinstance(text, Mapping):
        raise Malformed(f"{what}的最外层应为一个对象。")
    return text


def _fields(
    components: list[Any], findings: list[Finding], group: str | None
) -> tuple[list[Field], dict[str, str]]:
    fields: list[Field] = []
    roles: dict[str, str] = {}
    for each in components:
        if not isinstance(each, Mapping):
            findings.append(Finding("表单的每个组件应为一个对象。"))
        elif each.get("type") == "group":
            inner, inner_roles = _fields(
                each.get("components") or [], findings, each.get("label") or group
            )
            fields += inner
            roles |= inner_roles
        elif each.get("type") not in LAYOUT:
            found = _field(each, findings, group)
            if found is not None:
                fields.append(found)
                role = (each.get("properties") or {}).get("role")
                if role:
                    roles[role] = found.key
    return fields, roles


def _field(each: Mapping[str, Any], findings: list[Finding], group: str | None) -> Field | None:
    key, kind = each.get("key") or each.get("path"), KINDS.get(str(each.get("type")))
    if not key or not isinstance(key, str):
        findings.append(Finding(f"组件“{each.get('label') or each.get('type')}”没有 key。"))
        return None
    properties = each.get("properties") or {}
    kind = properties.get("kind") or kind
    if kind is None:
        findings.append(Finding(f"字段“{key}”的类型“{each.get('type')}”不支持。", key))
        return None
    if each.get("type") == "datetime" and each.get("subtype") == "date":
        kind = properties.get("kind") or "date"
    validate = each.get("validate") or {}
    hide = (each.get("conditional") or {}).get("hide")
    found = Field(
        key=key,
        label=each.get("label") or each.get("dateLabel") or key,
        kind=kind,
        required=bool(validate.get("required")) and kind != "bool",
        required_when=_python(properties.get("required")),
        hidden_when=_python(hide),
        options=_options(each),
        help=each.get("description") or None,
        clause=properties.get("clause"),
        minimum=validate.get("min"),
        maximum=validate.get("max"),
        max_length=int(validate.get("maxLength") or LONGEST_TEXT),
        columns=_columns(each, properties, findings),
        source=properties.get("source"),
        own_orgs=properties.get("own_orgs") == "true",
        readonly=bool(each.get("readonly")),
        group=group,
        default=each.get("defaultValue"),
    )
    for expression in (found.required_when, found.hidden_when):
        if expression:
            try:
                compile_expression(expression, frozenset(_ANY_FUNCTION))
            except GuichengError as error:
                findings.append(Finding(f"字段“{found.label}”的条件：{error.message}", key))
    return found


_ANY_FUNCTION = ("now_iso", "workdays_end", "provisional", "after")


def _options(each: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (str(option.get("value")), str(option.get("label") or option.get("value")))
        for option in each.get("values") or ()
    )


def _columns(
    each: Mapping[str, Any], properties: Mapping[str, Any], findings: list[Finding]
) -> tuple[Field, ...]:
    if each.get("components"):
        return tuple(_fields(each["components"], findings, None)[0])
    if properties.get("columns"):
        listed = _json({"components": json.loads(properties["columns"])}, "表格列")
        return tuple(_fields(listed["components"], findings, None)[0])
    return ()


def _python(text: Any) -> str | None:
    """A form-js condition (`=days > 3`, FEEL equality and words) as our expression."""
    if not text or not isinstance(text, str):
        return None
    source = text.strip()
    if not source.startswith("="):
        return source
    out, quote, source = [], "", source[1:].strip()
    for index, char in enumerate(source):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif (
            char == "=" and source[index - 1] not in "<>!=" and source[index + 1 : index + 2] != "="
        ):
            char = "=="
        out.append(char)
    words = {"true": "True", "false": "False", "null": "None"}
    parts = "".join(out).split('"')
    for index in range(0, len(parts), 2):
        for word, python in words.items():
            parts[index] = _whole_word(parts[index], word, python)
    return '"'.join(parts)


def _whole_word(text: str, word: str, replacement: str) -> str:
    import re

    return re.sub(rf"\b{word}\b", replacement, text)


def _rules(data: Mapping[str, Any], findings: list[Finding]) -> tuple[Rule, ...]:
    found = []
    for number, each in enumerate(data.get("rules") or (), 1):
        rule = Rule(
            code=str(each.get("code") or f"rule-{number}"),
            check=str(each.get("check") or ""),
            message=str(each.get("message") or ""),
            severity=str(each.get("severity") or "block"),
            source=each.get("source"),
            field=each.get("field"),
        )
        if not rule.check or not rule.message or rule.severity not in SEVERITIES:
            findings.append(
                Finding(f"第{number}条规则应有 check、message 和 severity（block/override/hint）。")
            )
        found.append(rule)
    return tuple(found)


# ---- checking --------------------------------------------------------------------------------


def validate(
    form: Form,
    submitted: Mapping[str, Any],
    *,
    context: Mapping[str, Any],
    lookups: Lookups,
    now: datetime,
    functions: Functions | None = None,
) -> Checked:
    """Check what was submitted against the form.

    context: the variables of the step, which conditions and rules may also use. The findings of
    severity "block" and of overrides without a reason stand against it; hints and overrides with a
    reason of ten characters 【约】 are returned for the record.
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
        findings = _across(form, {**context, **values}, functions, reasons, values)
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
) -> list[Finding]:
    findings = []
    passed = {}
    for rule in form.rules:
        if compile_expression(rule.check, frozenset(functions)).evaluate(scope, functions):
            continue
        severity = rule.severity
        reason = reasons.get(rule.code) if isinstance(reasons, Mapping) else None
        if severity == "override" and isinstance(reason, str):
            if len(reason.strip()) >= SHORTEST_REASON:
                passed[rule.code] = reason.strip()
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
        raise _Wrong(f"“{each.label}”选的单位不存在，请重新选择。")
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
