"""Process definitions: check, deploy, list, and hand out ready-to-run versions.

Files are imported once per content hash; a version made in the browser is never superseded by a
file. A version freezes diagram, called diagrams, tables and forms together, and an instance stays
on the version it began with (易错清单 42).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine import diagnostics
from engine.definition_files import (
    Resources,
    closure,
    content_hash,
    kind_of,
    process_keys,
    read_files,
)
from engine.diagnostics import Known
from engine.errors import DeploymentRefused, Diagnosis, Invalid, NotAllowed, NotFound
from engine.history import record_system
from engine.ids import new_id
from engine.model import Actor, DefinitionRow
from engine.procedure import RefuseSilence
from engine.spiff import CompiledDefinition, compile_definition
from engine.spiff.environment import Names
from engine.storage import definitions as rows
from engine.storage import directory as directory_rows
from engine.storage.database import Connection
from engine.time_limit import TookTooLong, within

if TYPE_CHECKING:
    from engine.forms import Form
    from engine.startup import Engine

PARSING_LIMIT = 10.0  # seconds for one process; a drawing of the office takes a hundredth


def check(
    paths: Iterable[Path],
    functions: Mapping[str, Any] | None = None,
    conventions: Container[str] = (),
    *,
    roles: frozenset[str] | None = None,
    clauses: int | None = None,
    refuse_silence: RefuseSilence | None = None,
) -> list[Diagnosis]:
    """Everything wrong with these files or folders, warnings last.

    functions, conventions: the names that drawings and their variables may use; roles: codes of
    posts; clauses: how many articles the work rules have; refuse_silence: on which steps silence
    may never answer. What is None is not checked.
    """
    resources, findings = read_files(paths)
    if findings:
        return findings
    names = Names(functions or {})
    constants = frozenset(names.constants)
    known = Known(names.allowed, constants, roles, clauses, conventions, refuse_silence)
    return _findings(resources, functions or {}, known)


def examine(engine: Engine, files: Mapping[str, str]) -> list[Diagnosis]:
    """Everything wrong with files that are being drawn: "<folder>/<path>" → content."""
    resources = {path: (kind, text) for path, text in files.items() if (kind := kind_of(path))}
    return _findings(resources, engine.registry.functions(), _known(engine))


def deploy(
    engine: Engine, paths: Iterable[Path], *, actor: Actor | None = None, origin: str = "file"
) -> list[DefinitionRow]:
    """Import every process found in these files or folders; the versions that are new.

    Raises DeploymentRefused with all errors; then nothing was imported. Warnings let pass.
    """
    if actor is not None and not actor.has("designer"):
        raise NotAllowed("只有流程设计人员可以部署流程。")
    resources, findings = read_files(paths)
    functions = engine.registry.functions()
    if not findings:
        findings = _findings(resources, functions, _known(engine))
    errors = [each for each in findings if each.refuses]
    if errors:
        raise DeploymentRefused(errors)
    deployed = []
    with engine.database.write() as connection:
        for key in process_keys(resources):
            frozen = closure(key, resources)
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


# ---- checking --------------------------------------------------------------------------------


def _findings(resources: Resources, functions: Mapping[str, Any], known: Known) -> list[Diagnosis]:
    """What stands in the files; only what passes is given to the library, with a time limit."""
    found = diagnostics.examine(resources, known)
    if any(each.refuses for each in found):
        return found
    return found + [
        finding
        for key in process_keys(resources)
        for finding in _not_compiling(key, resources, functions)
    ]


def _not_compiling(key: str, resources: Resources, functions: Mapping[str, Any]) -> list[Diagnosis]:
    remedy = "请告诉系统管理员：这种画法检查没有认出来"
    try:
        within(PARSING_LIMIT, lambda: compile_definition(key, closure(key, resources), functions))
    except TookTooLong as error:
        return [Diagnosis(message=error.message, field=key, code=error.code, remedy=remedy)]
    except Invalid as error:
        return [
            Diagnosis(message=each.message, field=each.field, code=each.code, remedy=remedy)
            for each in error.findings
        ]
    return []


def roles(engine: Engine) -> frozenset[str] | None:
    """The codes of the office's posts; None while no office is set up."""
    with engine.database.read() as connection:
        return directory_rows.post_codes(connection) or None


def _known(engine: Engine) -> Known:
    names = Names(engine.registry.functions())
    constants = frozenset(names.constants)
    registry = engine.registry
    return Known(
        names.allowed,
        constants,
        roles(engine),
        registry.clauses,
        registry.conventions,
        registry.refuse_silence,
    )


# ---- importing -------------------------------------------------------------------------------


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
        "id": new_id(),
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
    return process_keys(read_files(paths)[0])
