"""Process definitions: check, deploy, list, and hand out ready-to-run versions.

Files are imported once per content hash; a version made in the browser is never superseded by a
file. A version freezes diagram, called diagrams, tables and forms together, and an instance stays
on the version it began with (易错清单 42).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from engine import decisions, diagnostics
from engine.diagnostics.tables import rows_fit_together
from engine.errors import DeploymentRefused, Finding, GuichengError, Invalid, NotAllowed, NotFound
from engine.history import record_system
from engine.model import Actor, DefinitionRow
from engine.spiff import CompiledDefinition, compile_definition
from engine.spiff.defaults import named_conventions
from engine.spiff.environment import Names
from engine.spiff.parser import BPMN, read_xml
from engine.storage import definitions as rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.forms import Form
    from engine.startup import Engine

KINDS = {".bpmn": "bpmn", ".dmn": "dmn"}
LARGEST_FILE = 2_000_000  # bytes; a diagram of a procedure has about 100,000
Resources = Mapping[str, tuple[str, str]]


def check(
    paths: Iterable[Path],
    functions: Mapping[str, object] | None = None,
    conventions: Container[str] = (),
) -> list[Finding]:
    """Everything wrong with these files or folders; empty when they would deploy.

    functions, conventions: the names that drawings and their variables may use.
    """
    resources, findings = _read(paths)
    if not findings:
        findings = _findings(resources, functions or {}, conventions)
    return findings


def deploy(
    engine: Engine, paths: Iterable[Path], *, actor: Actor | None = None, origin: str = "file"
) -> list[DefinitionRow]:
    """Import every process found in these files or folders; the versions that are new.

    Raises DeploymentRefused with all findings; then nothing was imported.
    """
    if actor is not None and not actor.has("designer"):
        raise NotAllowed("只有流程设计人员可以部署流程。")
    resources, findings = _read(paths)
    functions = engine.registry.functions()
    if not findings:
        findings = _findings(resources, functions, engine.registry.conventions)
    if findings:
        raise DeploymentRefused(findings)
    deployed = []
    with engine.database.write() as connection:
        for key in _process_keys(resources):
            frozen = _closure(key, resources)
            version = _import(engine, connection, key, frozen, origin, actor)
            if version is not None:
                deployed.append(version)
    return deployed


def listing(engine: Engine, actor: Actor) -> tuple[DefinitionRow, ...]:
    """The current version of every process, with whether this person may start it."""
    with engine.database.read() as connection:
        return tuple(_row(engine, row, actor) for row in rows.all_current(connection))


def start_form(engine: Engine, actor: Actor, key: str) -> Form | None:
    """The form to fill in for starting a process; None when it asks for nothing."""
    with engine.database.read() as connection:
        row = startable(engine, connection, actor, key)
    return compiled(engine, row.id).start_form()


def startable(engine: Engine, connection: Connection, actor: Actor, key: str) -> Any:
    """The current version of a process this person may start.

    NotFound when there is none, NotAllowed when it is not for this person.
    """
    row = rows.current(connection, key)
    if row is None:
        raise NotFound(f"没有“{key}”这个流程，或者它还没有部署。")
    if not _may_start(engine, actor, key):
        raise NotAllowed(f"您的职务不能发起“{row.name}”。")
    return row


def compiled(
    engine: Engine, definition_id: str, connection: Connection | None = None
) -> CompiledDefinition:
    """A version ready to run; compiled once per process, versions never change."""
    cache: dict[str, CompiledDefinition] = engine.cache.setdefault("definitions", {})
    found = cache.get(definition_id)
    if found is None:
        if connection is None:
            with engine.database.read() as own:
                return compiled(engine, definition_id, own)
        row = rows.by_id(connection, definition_id)
        if row is None:
            raise NotFound
        frozen = rows.resources(connection, definition_id)
        found = compile_definition(row.key, frozen, engine.registry.functions())
        cache[definition_id] = found
    return found


def _may_start(engine: Engine, actor: Actor, key: str) -> bool:
    procedure = engine.registry.get(key)
    if procedure is None or not actor.has("staff"):
        return False
    return any(post in procedure.starter_roles for post, _ in actor.posts)


def _row(engine: Engine, row: Any, actor: Actor | None) -> DefinitionRow:
    procedure = engine.registry.get(row.key)
    return DefinitionRow(
        key=row.key,
        version=row.version,
        name=row.name,
        description=procedure.description if procedure else "",
        clause=procedure.clause if procedure else "",
        origin=row.origin,
        deployed_at=row.deployed_at,
        startable=actor is not None and _may_start(engine, actor, row.key),
    )


# ---- reading files ---------------------------------------------------------------------------


def _read(paths: Iterable[Path]) -> tuple[dict[str, tuple[str, str]], list[Finding]]:
    """Files as resources: "<folder>/<path within it>" → (kind, content)."""
    resources: dict[str, tuple[str, str]] = {}
    findings: list[Finding] = []
    for path in paths:
        if not path.exists():
            findings.append(Finding(f"没有这个文件或文件夹：{path}。"))
            continue
        diagrams = sorted(path.rglob("*.bpmn")) if path.is_dir() else [path]
        if not diagrams:
            findings.append(Finding(f"{path} 里没有流程图（*.bpmn）。"))
        for folder in dict.fromkeys(diagram.parent for diagram in diagrams):
            for file in sorted(folder.rglob("*")):
                kind = _kind(file)
                if kind is None or (not path.is_dir() and kind == "bpmn" and file != path):
                    continue
                name = f"{folder.name}/{file.relative_to(folder).as_posix()}"
                _add_file(resources, findings, file, name, kind)
    return resources, findings


def _add_file(
    resources: dict[str, tuple[str, str]],
    findings: list[Finding],
    file: Path,
    name: str,
    kind: str,
) -> None:
    if file.stat().st_size > LARGEST_FILE:
        findings.append(Finding(f"{name} 太大（超过{LARGEST_FILE // 1_000_000}MB），不予接受。"))
        return
    try:
        resources[name] = (kind, file.read_text("utf-8"))
    except UnicodeDecodeError:
        findings.append(Finding(f"{name} 不是UTF-8编码的文本，请另存为UTF-8后再部署。"))


def _kind(file: Path) -> str | None:
    if file.suffix in KINDS:
        return KINDS[file.suffix]
    if file.name == "variables.json":
        return "variables"
    if file.suffix == ".json" and file.parent.name == "forms":
        return "rules" if file.name.endswith(".rules.json") else "form"
    return None


def _findings(
    resources: Resources, functions: Mapping[str, object], conventions: Container[str]
) -> list[Finding]:
    names = Names(functions).allowed
    findings: list[Finding] = []
    for path, (kind, text) in resources.items():
        try:
            if kind == "bpmn":
                root = read_xml(text, path)
                findings += [
                    Finding(f"{path}：{each.message}", each.field, each.severity, code=each.code)
                    for each in diagnostics.check(root, names)
                ]
            elif kind == "dmn":
                findings += rows_fit_together(decisions.load(text), names)
            elif kind == "variables":
                json.loads(text)
        except json.JSONDecodeError as error:
            findings.append(Finding(f"{path} 不是完整的JSON文件（第{error.lineno}行）。"))
        except Invalid as error:
            findings += error.findings
        except GuichengError as error:
            findings.append(Finding(error.message))
    if findings:
        return findings
    findings = _call_findings(resources)
    if findings:
        return findings
    for key in _process_keys(resources):
        try:
            frozen = _closure(key, resources)
            definition = compile_definition(key, frozen, functions)
            findings += _missing_forms(definition)
            findings += _missing_conventions(definition, conventions)
        except Invalid as error:
            findings += error.findings
    return list(dict.fromkeys(findings))


def _missing_conventions(
    definition: CompiledDefinition, conventions: Container[str]
) -> list[Finding]:
    return [
        Finding(
            f"变量的默认值用了约定参数“{name}”，没有这个参数。", name, code="convention-missing"
        )
        for name in named_conventions(definition.defaults)
        if name not in conventions
    ]


def _call_findings(resources: Resources) -> list[Finding]:
    """A called process says what goes in and out, and never calls itself in the end."""
    calls: dict[str, set[str]] = {}
    declares: set[str] = set()
    for path, (kind, text) in resources.items():
        for process in read_xml(text, path).iter(f"{{{BPMN}}}process") if kind == "bpmn" else ():
            key = process.get("id") or ""
            called = process.iter(f"{{{BPMN}}}callActivity")
            calls[key] = {each.get("calledElement") or "" for each in called}
            if process.find(f"{{{BPMN}}}ioSpecification") is not None:
                declares.add(key)
    wanted = sorted(set().union(*calls.values()) & calls.keys() - declares)
    findings = [
        Finding(
            f"被调用的流程“{key}”应声明传入和传出的变量（ioSpecification），实为没有。",
            field=key,
            code="call-without-variables",
        )
        for key in wanted
    ]
    return findings + [
        Finding(f"流程“{key}”绕了一圈又调用自己。", field=key, code="call-in-circle")
        for key in sorted(calls)
        if key in _reached_by_calls(key, calls)
    ]


def _reached_by_calls(key: str, calls: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(calls.get(key, ()))
    while waiting:
        each = waiting.pop()
        if each not in reached:
            reached.add(each)
            waiting += calls.get(each, ())
    return reached


def _missing_forms(definition: CompiledDefinition) -> list[Finding]:
    return [
        Finding(f"“{element.name}”的表单 {form} 不存在。", field=element.id, code="form-missing")
        for (process, _), element in definition.elements.items()
        if (form := element.properties.get("form")) and definition.form_of(process, form) is None
    ]


# ---- what belongs together -------------------------------------------------------------------


def _process_keys(resources: Resources) -> list[str]:
    keys = []
    for path, (kind, text) in resources.items():
        if kind == "bpmn":
            processes = read_xml(text, path).iter(f"{{{BPMN}}}process")
            keys += [each.get("id") or "" for each in processes]
    return keys


def _closure(key: str, resources: Resources) -> dict[str, tuple[str, str]]:
    """The files a process needs: the folders of its diagram and of every diagram it calls.

    Decision tables are found by id wherever they are.
    """
    folder_of: dict[str, str] = {}
    calls: dict[str, set[str]] = {}
    for path, (kind, text) in resources.items():
        if kind == "bpmn":
            root = read_xml(text, path)
            called = {
                each.get("calledElement") or "" for each in root.iter(f"{{{BPMN}}}callActivity")
            }
            for process in root.iter(f"{{{BPMN}}}process"):
                folder_of[process.get("id") or ""] = path.partition("/")[0]
                calls[process.get("id") or ""] = called
    needed, waiting = set(), [key]
    while waiting:
        process = waiting.pop()
        if process not in folder_of:
            raise DeploymentRefused(
                [Finding(f"调用的流程“{process}”不存在，请一并部署。", code="called-missing")]
            )
        if process not in needed:
            needed.add(process)
            waiting += calls[process]
    folders = {folder_of[process] for process in needed}
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


def _import(
    engine: Engine,
    connection: Connection,
    key: str,
    frozen: Resources,
    origin: str,
    actor: Actor | None,
) -> DefinitionRow | None:
    fingerprint = content_hash(frozen)
    if rows.find_same(connection, key, origin, fingerprint):
        return None
    definition = compile_definition(key, frozen, engine.registry.functions())
    current = rows.current(connection, key)
    keeps_browser_version = origin == "file" and current is not None and current.origin == "browser"
    values: dict[str, Any] = {
        "id": uuid4().hex,
        "key": key,
        "name": definition.name,
        "origin": origin,
        "content_hash": fingerprint,
        "deployed_at": engine.clock.now(),
        "deployed_by": actor.person_id if actor else None,
        "is_current": not keeps_browser_version,
    }
    version = rows.add(connection, values, frozen)
    engine.cache.setdefault("definitions", {})[values["id"]] = definition
    record_system(
        connection,
        at=values["deployed_at"],
        kind="definition.deployed",
        actor_id=values["deployed_by"],
        data={"key": key, "name": definition.name, "version": version, "origin": origin},
    )
    stored = rows.by_id(connection, values["id"])
    return _row(engine, stored, actor)


def keys_of(paths: Sequence[Path]) -> list[str]:
    """The process ids in these files or folders."""
    return _process_keys(_read(paths)[0])
