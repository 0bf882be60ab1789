"""Reads a form from its files: form-js JSON and, beside it, the rules across its fields.

form-js is what the designers' editor writes; what it cannot say stands in each component's
`properties` (strings). A condition is FEEL as form-js writes it (`=days > 3`) or our own spelling.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from engine import feel
from engine.errors import Finding, GuichengError, Invalid, Malformed
from engine.expressions import compile_expression
from engine.forms import LONGEST_TEXT, SEVERITIES, Field, Form, Rule

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
            folded = (each.get("properties") or {}).get("folded") == "true"
            fields += [replace(field, folded=True) for field in inner] if folded else inner
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
    label = str(each.get("label") or each.get("dateLabel") or key)
    return Field(
        key=key,
        label=label,
        kind=kind,
        required=bool(validate.get("required")) and kind != "bool",
        required_when=_condition(properties.get("required"), label, key, findings),
        hidden_when=_condition(hide, label, key, findings),
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


def _condition(text: Any, label: str, key: str, findings: list[Finding]) -> str | None:
    """A form-js condition (`=days > 3`, in FEEL) or one in our own spelling, as the latter."""
    if not text or not isinstance(text, str):
        return None
    source = text.strip()
    if not source.startswith("="):
        return source
    try:
        return ast.unparse(ast.fix_missing_locations(feel.parse(source[1:])))
    except (SyntaxError, ValueError, RecursionError):
        findings.append(Finding(f"字段“{label}”的条件应为能读懂的FEEL，实为“{source}”。", key))
        return None


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


def check_expressions(form: Form, functions: frozenset[str]) -> list[Finding]:
    """Conditions and rules that would not compile with these functions, each naming its place."""
    places = [
        (f"字段“{each.label}”的条件", each.key, expression)
        for each in form.fields
        for expression in (each.required_when, each.hidden_when)
        if expression
    ]
    places += [(f"规则“{rule.code}”", rule.field or rule.code, rule.check) for rule in form.rules]
    findings = []
    for place, field_key, expression in places:
        try:
            compile_expression(expression, functions)
        except GuichengError as error:
            findings.append(Finding(f"{place}应能计算，实为不能：{error.message}", field_key))
    return findings
