"""A form checks what was entered: kinds, presence, rules across fields, all findings at once."""

from __future__ import annotations

from typing import Any

import pytest

from engine import form_files, forms
from engine.clock import parse_moment
from engine.errors import Invalid, Malformed

NOW = parse_moment("2026-02-11T10:00:00+08:00")
EXISTING = {"gov_office", "p1", "f1"}


class World:
    """Some organisations, people and files."""

    own_orgs = frozenset({"gov_office"})

    def org_exists(self, code: str) -> bool:
        return code in EXISTING

    def person_exists(self, person_id: str) -> bool:
        return person_id in EXISTING

    def file_exists(self, file_id: str) -> bool:
        return file_id in EXISTING


def field(key: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    properties = {"kind": kind, **more.pop("properties", {})}
    return {"key": key, "type": "textfield", "label": key, "properties": properties, **more}


def form(*fields: dict[str, Any], rules: list[dict[str, Any]] | None = None) -> forms.Form:
    return form_files.load({"components": list(fields)}, {"rules": rules} if rules else None)


def check(made: forms.Form, entered: dict[str, Any], **context: Any) -> forms.Checked:
    return forms.validate(made, entered, context=context, lookups=World(), now=NOW)


def told(made: forms.Form, entered: dict[str, Any], **context: Any) -> list[str]:
    return [each.message for each in check(made, entered, **context).findings]


OPTIONS = [{"value": "a", "label": "甲"}, {"value": "b", "label": "乙"}]


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        ("text", "  字 ", "字"),
        ("textarea", "\n两行\n", "两行"),
        ("enum", "a", "a"),
        ("enums", ["a", "a"], ["a"]),
        ("bool", True, True),
        ("int", 3.0, 3),
        ("number", 2.5, 2.5),
        ("date", "2026-02-27", "2026-02-27"),
        ("datetime", "2026-02-27T18:00:00+08:00", "2026-02-27T18:00:00+08:00"),
        ("org", "gov_office", "gov_office"),
        ("orgs", ["gov_office"], ["gov_office"]),
        ("person", "p1", "p1"),
        ("persons", ["p1"], ["p1"]),
        ("file", "f1", "f1"),
        ("files", ["f1"], ["f1"]),
    ],
)
def test_a_value_is_read_in_its_kind(kind: str, given: Any, value: Any) -> None:
    checked = check(form(field("x", kind, values=OPTIONS)), {"x": given})
    assert (checked.values["x"], checked.findings) == (value, ())


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [
        ("text", 5, "应为文字"),
        ("text", "字" * 10_001, "太长"),
        ("enum", "c", "从列出的选项"),
        ("enum", ["a"], "从列出的选项"),
        ("enums", "a", "应为列表"),
        ("enums", ["a"] * 201, "最多200项"),
        ("bool", "true", "应为是或否"),
        ("int", True, "应为数字"),
        ("int", "3", "应为数字"),
        ("int", 2.5, "应为整数"),
        ("int", float("nan"), "应为数字"),
        ("int", 10**13, "太大"),
        ("int", 0, "不能小于1"),
        ("int", 10, "不能大于9"),
        ("date", "27.02.2026", "应为日期"),
        ("date", 5, "应为日期"),
        ("datetime", "2026-02-27T18:00:00", "日期和时间"),
        ("org", "nowhere", "不存在"),
        ("person", 7, "不存在"),
        ("file", "f9", "没有上传成功"),
        ("table", "x", "应为表格"),
        ("table", [{}] * 201, "最多200行"),
    ],
)
def test_what_does_not_fit_is_told_with_the_label(kind: str, given: Any, words: str) -> None:
    bounds = {"min": 1, "max": 9} if kind == "int" else {}
    [sentence] = told(form(field("x", kind, values=OPTIONS, validate=bounds)), {"x": given})
    assert words in sentence
    assert "“x”" in sentence


def test_all_findings_come_at_once_and_unknown_keys_are_refused() -> None:
    made = form(field("x", validate={"required": True}), field("n", "int"))
    found = told(made, {"n": "x", "other": 1})
    assert len(found) == 3
    assert any("表单里没有“other”" in each for each in found)


def test_what_is_required_or_hidden_depends_on_the_others() -> None:
    made = form(
        field("kind"),
        field("why", properties={"required": '=kind = "拒绝"'}),
        field("more", conditional={"hide": '=not(kind = "拒绝")'}),
    )
    assert told(made, {"kind": "拒绝"}) == ["“why”没有填写。"]
    checked = check(made, {"kind": "同意", "more": "藏起来"})
    assert (checked.values["more"], checked.findings) == (None, ())
    kept = check(made, {"kind": "拒绝", "why": "不合", "more": "看得见"})
    assert kept.values["more"] == "看得见"


def test_a_rule_across_fields_blocks_hints_or_asks_for_a_reason() -> None:
    rules = [
        {"code": "r1", "check": "a <= b", "message": "甲不大于乙", "field": "a"},
        {"code": "r2", "check": "b < 5", "message": "一般小于五", "severity": "override"},
        {"code": "r3", "check": "b < 9", "message": "最好小于九", "severity": "hint"},
    ]
    made = form(field("a", "int"), field("b", "int"), rules=rules)
    found = check(made, {"a": 9, "b": 8}).findings
    assert [(each.code, each.severity) for each in found] == [("r1", "block"), ("r2", "override")]
    passed = check(made, {"a": 1, "b": 9, forms.REASONS: {"r2": "确有需要，已请示领导同意"}})
    assert [each.severity for each in passed.findings] == ["hint", "hint"]
    assert passed.values[forms.REASONS] == {"r2": "确有需要，已请示领导同意"}
    short = check(made, {"a": 1, "b": 6, forms.REASONS: {"r2": "短"}})
    assert [each.severity for each in short.findings] == ["override"]


def test_rows_of_a_table_are_checked_and_empty_ones_dropped() -> None:
    columns = [field("name", validate={"required": True}), field("n", "int")]
    made = form({"key": "rows", "type": "dynamiclist", "label": "表", "components": columns})
    checked = check(made, {"rows": [{"name": "甲", "n": 1}, {}]})
    assert checked.values["rows"] == [{"name": "甲", "n": 1}]
    assert "第1行" in told(made, {"rows": [{"n": 1}]})[0]
    assert "不认识的列" in told(made, {"rows": [{"x": 1}]})[0]


def test_what_the_server_fills_is_not_taken_from_the_client() -> None:
    made = form(field("who", properties={"source": "actor_name"}), field("x"))
    assert "who" not in check(made, {"x": "字"}).values


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ("{", "不是完整的JSON"),
        ("[]", "应为一个对象"),
        ({"type": "default"}, "没有 components"),
        ({"components": ["x"]}, "应为一个对象"),
        ({"components": [{"type": "textfield", "label": "无名"}]}, "没有 key"),
        ({"components": [{"type": "video", "key": "v"}]}, "不支持"),
        ({"components": [field("x"), field("x")]}, "不止一次"),
        ({"components": [field("x", conditional={"hide": "=a ="})]}, "读懂的FEEL"),
    ],
)
def test_a_form_that_cannot_be_read_is_refused(schema: Any, words: str) -> None:
    with pytest.raises((Malformed, Invalid), match=words):
        form_files.load(schema)


def test_a_rule_needs_its_words() -> None:
    with pytest.raises(Invalid, match="应有 check、message 和 severity"):
        form(field("x"), rules=[{"check": "x", "severity": "must"}])


def test_conditions_with_unknown_functions_are_named() -> None:
    made = form(
        field("x", properties={"required": "frobnicate(x)"}),
        rules=[{"code": "r", "check": "nothing()", "message": "m", "severity": "hint"}],
    )
    found = form_files.check_expressions(made, frozenset())
    assert [each.field for each in found] == ["x", "r"]
    assert form_files.check_expressions(made, frozenset({"frobnicate", "nothing"})) == []
