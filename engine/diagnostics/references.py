"""Whether what a diagram names exists: forms, roles, articles of the work rules."""

from __future__ import annotations

from collections.abc import Iterable

from engine.diagnostics.reading import (
    SPIFF,
    Diagram,
    called,
    each,
    finding,
    property_of,
    tag,
)
from engine.errors import WARNING, Diagnosis
from engine.numerals import RULES, cited
from engine.spiff.defaults import named_convention


def forms_exist(diagram: Diagram) -> Iterable[Diagnosis]:
    """A form that is not in the folder."""
    for node in each(diagram.root, "userTask", "startEvent"):
        named = property_of(node, "form")
        if named and diagram.form_of(node) is None:
            yield finding(
                node,
                "form-missing",
                f"{called(node)}的表单应在文件夹里，实为“{named}”，没有。",
                "请把表单放进 forms 文件夹，或改属性 form",
            )


def roles_exist(diagram: Diagram) -> Iterable[Diagnosis]:
    """A role that is no post of this office."""
    roles = diagram.package.known.roles
    if roles is None:
        return
    for node in each(diagram.root, "userTask"):
        for role in (property_of(node, "role") or "").split(","):
            if role.strip() and role.strip() not in roles:
                yield finding(
                    node,
                    "role-unknown",
                    f"{called(node)}应由机构里的职务办理，实为“{role.strip()}”，没有这个职务。",
                    "请改用已有的职务代码，或先在机构里设职务",
                )


def articles_exist(diagram: Diagram) -> Iterable[Diagnosis]:
    """An article that the work rules do not have."""
    most = diagram.package.known.clauses
    for found in diagram.root.iter(f"{{{SPIFF}}}property") if most else ():
        name, value = found.get("name") or "", found.get("value") or ""
        owner = found.getparent().getparent().getparent()
        if name == "clause" or (name in ("source", "due_source") and value.startswith(RULES)):
            articles = cited(value)
            if not articles or any(article > (most or 0) for article in articles):
                yield finding(
                    owner,
                    "clause-unknown",
                    f"{called(owner)}应引用工作规则第一条至第{most}条，实为“{value}”。",
                    "请核对条文号，写成“第三十三条”",
                )


def conventions_exist(diagram: Diagram) -> Iterable[Diagnosis]:
    """A default that names a convention 【约】 which no procedure declares."""
    known, defaults = diagram.package.known.conventions, diagram.package.defaults
    if known is None:
        return
    for scope in diagram.scopes:
        for variable, default in defaults.get(scope.get("id") or "", {}).items():
            name = named_convention(default)
            if name is not None and name not in known:
                yield finding(
                    scope,
                    "convention-missing",
                    f"变量“{variable}”的缺省值应取已有的约定参数，实为“{name}”，没有。",
                    "请先在流程的模块里声明这个约定参数，或改用普通的值",
                )


def nothing_foreign_counts(diagram: Diagram) -> Iterable[Diagnosis]:
    """Settings of other products on a step are read over; what they meant is missing here."""
    for node in each(diagram.root, "userTask", "scriptTask", "callActivity", "businessRuleTask"):
        foreign = sorted(
            {
                name.partition("}")[0][1:]
                for name in node.attrib
                if name.startswith("{") and "bpmn.io" not in name
            }
        )
        settings = sorted(name.partition("}")[2] for name in node.attrib if name.startswith("{"))
        if foreign:
            yield finding(
                node,
                "foreign-settings",
                f"{called(node)}应用本系统的属性，实有别的产品的设置 {'、'.join(settings)}。",
                f"请改写成本系统的属性（如 {_ours(tag(node))}），删去原来的",
                WARNING,
            )


def _ours(kind: str) -> str:
    return {
        "userTask": "role、form",
        "callActivity": "calledElement",
        "businessRuleTask": "calledDecisionId",
    }.get(kind, "脚本")
