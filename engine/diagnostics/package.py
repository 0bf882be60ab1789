"""Reads the files of one deployment into a package; what cannot be read is a finding."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from engine.decisions import Table
from engine.decisions import load as load_table
from engine.diagnostics.reading import BPMN, Known, Package
from engine.errors import Diagnosis, GuichengError, Invalid
from engine.form_files import load as load_form
from engine.strict_xml import read_xml

Resources = Mapping[str, tuple[str, str]]  # path → (kind, content)
T = TypeVar("T")

REMEDIES = {
    "bpmn": "请在流程设计器里重新保存后再部署",
    "dmn": "请在决策表编辑器里改好后再部署",
    "form": "请在表单设计器里改好后再部署",
    "variables": "请改正 variables.json：外层按流程或子流程编号，里面是变量和缺省值",
}


def read_package(resources: Resources, known: Known) -> tuple[Package, list[Diagnosis]]:
    """The package, and a finding for every file or part of a file that cannot be read."""
    findings: list[Diagnosis] = []
    roots = _read(resources, "bpmn", findings, _diagram)
    tables = _read(resources, "dmn", findings, lambda text, path: load_table(text))
    forms = _read(
        resources,
        "form",
        findings,
        lambda text, path: load_form(text, _rules(resources, path)),
    )
    defaults: dict[str, Mapping[str, Any]] = {}
    for declared in _read(resources, "variables", findings, _variables).values():
        defaults.update(declared)
    by_id: dict[str, Table] = {}
    for path, table in tables.items():
        if table.id in by_id:
            findings.append(_twice(path, table))
        by_id[table.id] = table
    return Package(known, roots, by_id, forms, defaults), findings


def _read(
    resources: Resources,
    kind: str,
    findings: list[Diagnosis],
    read: Callable[[str, str], T],
) -> dict[str, T]:
    found: dict[str, T] = {}
    for path, (each, text) in resources.items():
        if each != kind:
            continue
        try:
            found[path] = read(text, path)
        except GuichengError as error:
            findings += _unreadable(path, kind, error)
    return found


def _unreadable(path: str, kind: str, error: GuichengError) -> list[Diagnosis]:
    parts = error.findings if isinstance(error, Invalid) else []
    fallback = "xml" if kind == "bpmn" else kind
    return [
        Diagnosis(
            message=each.message,
            field=each.field,
            code=fallback if each.code == "invalid" else each.code,
            remedy=REMEDIES[kind],
            file=path,
        )
        for each in parts
    ] or [Diagnosis(message=error.message, code=fallback, remedy=REMEDIES[kind], file=path)]


def _diagram(text: str, path: str) -> Any:
    root = read_xml(text, path)
    if root.tag != f"{{{BPMN}}}definitions":
        raise Invalid(message=f"{path} 应为BPMN 2.0流程图，实为别的XML文件。")
    return root


def _rules(resources: Resources, path: str) -> str | None:
    rules = resources.get(path.removesuffix(".json") + ".rules.json")
    return rules[1] if rules else None


def _variables(text: str, path: str) -> dict[str, Mapping[str, Any]]:
    try:
        declared = json.loads(text)
    except json.JSONDecodeError as error:
        raise Invalid(message=f"{path} 不是完整的JSON文件（第{error.lineno}行）。") from error
    if not isinstance(declared, dict) or not all(isinstance(v, dict) for v in declared.values()):
        raise Invalid(message=f"{path} 应按流程编号列出变量和缺省值，实为别的结构。")
    return declared


def _twice(path: str, table: Table) -> Diagnosis:
    return Diagnosis(
        message=f"决策表编号“{table.id}”应只用一次，实有两张。",
        field=table.id,
        code="table-twice",
        name=table.name,
        remedy="请改其中一张的编号",
        file=path,
    )
