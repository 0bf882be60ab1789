"""The files of process definitions: read from disk, and which of them belong together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from engine.diagnostics.reading import each
from engine.errors import Diagnosis
from engine.strict_xml import read_xml

KINDS = {".bpmn": "bpmn", ".dmn": "dmn"}
LARGEST_FILE = 2_000_000  # bytes; a diagram of a procedure has about 100,000
Resources = Mapping[str, tuple[str, str]]


def read_files(paths: Iterable[Path]) -> tuple[dict[str, tuple[str, str]], list[Diagnosis]]:
    """Files as resources: "<folder>/<path within it>" → (kind, content)."""
    resources: dict[str, tuple[str, str]] = {}
    findings: list[Diagnosis] = []
    for path in paths:
        if not path.exists():
            findings.append(_file(f"没有这个文件或文件夹：{path}。", "请核对路径", path))
            continue
        diagrams = sorted(path.rglob("*.bpmn")) if path.is_dir() else [path]
        if not diagrams:
            findings.append(_file(f"{path} 里没有流程图（*.bpmn）。", "请放入流程图", path))
        for folder in dict.fromkeys(diagram.parent for diagram in diagrams):
            for file in sorted(folder.rglob("*")):
                kind = kind_of(file.as_posix())
                if kind is None or (not path.is_dir() and kind == "bpmn" and file != path):
                    continue
                name = f"{folder.name}/{file.relative_to(folder).as_posix()}"
                _add_file(resources, findings, file, name, kind)
    return resources, findings


def _add_file(
    resources: dict[str, tuple[str, str]],
    findings: list[Diagnosis],
    file: Path,
    name: str,
    kind: str,
) -> None:
    if file.stat().st_size > LARGEST_FILE:
        size = f"{LARGEST_FILE // 1_000_000}MB"
        findings.append(_file(f"{name} 太大（超过{size}），不予接受。", "请拆成几个流程", file))
        return
    try:
        resources[name] = (kind, file.read_text("utf-8"))
    except UnicodeDecodeError:
        findings.append(
            _file(f"{name} 应为UTF-8编码的文本，实为别的编码。", "请另存为UTF-8后再部署", file)
        )


def _file(message: str, remedy: str, path: Path) -> Diagnosis:
    return Diagnosis(message=message, remedy=remedy, code="file", file=str(path))


def kind_of(path: str) -> str | None:
    """What a file is by its name: bpmn, dmn, variables, form, rules; None when it is not ours."""
    file = Path(path)
    if file.suffix in KINDS:
        return KINDS[file.suffix]
    if file.name == "variables.json":
        return "variables"
    if file.suffix == ".json" and file.parent.name == "forms":
        return "rules" if file.name.endswith(".rules.json") else "form"
    return None


def process_keys(resources: Resources) -> list[str]:
    """The ids of every process in these files."""
    return [
        process.get("id") or ""
        for path, (kind, text) in resources.items()
        if kind == "bpmn"
        for process in each(read_xml(text, path), "process")
    ]


def closure(key: str, resources: Resources) -> dict[str, tuple[str, str]]:
    """The files a process needs: the folders of its diagram and of every diagram it calls.

    Decision tables are found by id wherever they are. The diagrams have been checked.
    """
    folder_of: dict[str, str] = {}
    calls: dict[str, set[str]] = {}
    for path, (kind, text) in resources.items():
        if kind == "bpmn":
            for process in each(read_xml(text, path), "process"):
                found = process.get("id") or ""
                folder_of[found] = path.partition("/")[0]
                calls[found] = {
                    node.get("calledElement") or "" for node in each(process, "callActivity")
                }
    needed, waiting = set(), [key]
    while waiting:
        process_key = waiting.pop()
        if process_key not in needed:
            needed.add(process_key)
            waiting += calls[process_key]
    folders = {folder_of[process_key] for process_key in needed}
    return {
        path: resource
        for path, resource in resources.items()
        if path.partition("/")[0] in folders or resource[0] == "dmn"
    }


def content_hash(resources: Resources) -> str:
    """SHA-256 over all files of a version, names included."""
    digest = hashlib.sha256()
    for path in sorted(resources):
        kind, content = resources[path]
        for part in (path, kind, content):
            digest.update(hashlib.sha256(part.encode()).digest())
    return digest.hexdigest()
