"""Small diagrams for tests, written compactly and deployed like any other."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from engine import definitions
from engine.model import DefinitionRow
from engine.procedure import Procedure, Registry, Summary
from engine.startup import Engine
from processes.shared.assignment import resolve
from processes.shared.moments import FUNCTIONS

NAMESPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
)
NOTE = {"key": "note", "type": "textfield", "label": "备注", "properties": {"kind": "text"}}
EMPTY = '<?xml version="1.0" encoding="UTF-8"?>\n'


def diagram(key: str, body: str, *, before: str = "", name: str | None = None) -> str:
    """A BPMN file with one process around some elements."""
    return (
        f'{EMPTY}<definitions {NAMESPACES} id="D_{key}" targetNamespace="urn:test">{before}'
        f'<process id="{key}" name={quoteattr(name or key)} isExecutable="true">{body}</process>'
        "</definitions>"
    )


def flow(*ids: str, when: str = "") -> str:
    """Flows along a chain of elements; a condition applies to each of them."""
    made = []
    for source, target in itertools.pairwise(ids):
        inner = (
            f'<conditionExpression xsi:type="tFormalExpression">{when}</conditionExpression>'
            if when
            else ""
        )
        made.append(
            f'<sequenceFlow id="F_{source}_{target}" sourceRef="{source}" targetRef="{target}">'
            f"{inner}</sequenceFlow>"
        )
    return "".join(made)


def properties(pre: str = "", post: str = "", **values: str) -> str:
    """The extension elements of a step."""
    inner = "".join(
        f"<spiffworkflow:property name={quoteattr(name)} value={quoteattr(value)}/>"
        for name, value in values.items()
    )
    scripts = "".join(
        f"<spiffworkflow:{tag}>{text}</spiffworkflow:{tag}>"
        for tag, text in (("preScript", pre), ("postScript", post))
        if text
    )
    return (
        f"<extensionElements><spiffworkflow:properties>{inner}</spiffworkflow:properties>"
        f"{scripts}</extensionElements>"
    )


def user(identity: str, role: str = "dept_clerk", *, loop: str = "", **values: str) -> str:
    """A user task of the government office on the common form."""
    given = {"form": "forms/note.json", "role": role, "org": '"gov_office"', **values}
    pre, post = given.pop("pre", ""), given.pop("post", "")
    return (
        f'<userTask id="{identity}" name="{identity}">{properties(pre, post, **given)}{loop}'
        "</userTask>"
    )


def start_end(*, start: str = "S", end: str = "E") -> str:
    return f'<startEvent id="{start}"/><endEvent id="{end}" name="完成"/>'


def write(
    folder: Path,
    key: str,
    body: str,
    *,
    before: str = "",
    name: str | None = None,
    variables: Mapping[str, Any] | None = None,
    fields: list[dict[str, Any]] | None = None,
    files: Mapping[str, str] | None = None,
) -> Path:
    """A folder with the diagram, its common form and its variables."""
    made = folder / key
    (made / "forms").mkdir(parents=True, exist_ok=True)
    (made / f"{key}.bpmn").write_text(diagram(key, body, before=before, name=name), "utf-8")
    form = {"type": "default", "schemaVersion": 18, "id": "note", "components": fields or [NOTE]}
    (made / "forms" / "note.json").write_text(json.dumps(form, ensure_ascii=False), "utf-8")
    declared = {key: dict(variables or {})}
    (made / "variables.json").write_text(json.dumps(declared, ensure_ascii=False), "utf-8")
    for file, content in (files or {}).items():
        (made / file).write_text(content, "utf-8")
    return made


def install(
    engine: Engine,
    folder: Path,
    key: str,
    body: str,
    *,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    **parts: Any,
) -> list[DefinitionRow]:
    """Register a procedure of this key and deploy its diagram."""
    declared = Procedure(
        key=key,
        name=key,
        summary=Summary(title="title"),
        functions={**FUNCTIONS, **(functions or {})},
        starter_roles=frozenset({"dept_clerk"}),
    )
    others = [each for each in engine.registry if each.key != key]
    engine.registry = Registry([*others, declared], resolve, engine.registry.check_mandate)
    return definitions.deploy(engine, [write(folder, key, body, **parts)])
