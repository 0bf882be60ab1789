"""A definition made ready to run: specs, forms, tables and the elements people see. Read-only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from engine.decisions import Table
from engine.decisions import load as load_table
from engine.errors import DeploymentRefused, Finding, GuichengError, Invalid
from engine.form_files import load as load_form
from engine.forms import Form
from engine.spiff.corrections import connect_loops
from engine.spiff.environment import Names
from engine.spiff.parser import BPMN, DefinitionParser, library_finding
from engine.strict_xml import read_xml

SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"


@dataclass(frozen=True, slots=True)
class Element:
    """A flow node of a diagram. kind: BPMN tag ("userTask"); called: key of a called process."""

    id: str
    name: str
    kind: str
    process: str
    x: float
    y: float
    properties: Mapping[str, str]
    following: tuple[str, ...] = ()
    attached_to: str | None = None
    called: str | None = None
    inner: tuple[str, ...] = ()  # ids directly inside a sub-process
    repeats: bool = False  # carried out several times, one after the other or at once


@dataclass(frozen=True, slots=True)
class CompiledDefinition:
    """Everything needed to run one version."""

    key: str
    name: str
    spec: Any
    subprocess_specs: Mapping[str, Any]
    names: Names
    forms: Mapping[str, Form]  # by path
    folders: Mapping[str, str]  # process key → folder of its files
    diagrams: Mapping[str, tuple[str, str]]  # process key → (name, XML)
    elements: Mapping[tuple[str, str], Element]  # (process key, element id)
    defaults: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def form_of(self, process: str, path: str | None) -> Form | None:
        """The form a step names, relative to its diagram's folder."""
        return None if not path else self.forms.get(f"{self.folders[process]}/{path}")

    def start_form(self) -> Form | None:
        """The form on the start event, or None."""
        for (process, _), element in self.elements.items():
            if process == self.key and element.kind == "startEvent":
                form = self.form_of(process, element.properties.get("form"))
                if form is not None:
                    return form
        return None


def compile_definition(
    key: str, resources: Mapping[str, tuple[str, str]], registered: Mapping[str, Any]
) -> CompiledDefinition:
    """Compile a definition from its files: path → (kind, content).

    Raises DeploymentRefused with all findings at once.
    """
    names = Names(registered)
    findings: list[Finding] = []
    tables = _collect(resources, "dmn", findings, lambda text: load_table(text))
    by_id: dict[str, Table] = {table.id: table for table in tables.values()}
    forms = _collect_forms(resources, findings)
    roots = _collect(resources, "bpmn", findings, lambda text: text)
    trees: dict[str, etree._Element] = {}
    for path, text in roots.items():
        try:
            trees[path] = read_xml(text, path)
        except GuichengError as error:
            findings.append(Finding(error.message, code="xml"))
    if findings:
        raise DeploymentRefused(findings)
    parser = DefinitionParser(by_id)
    try:
        for path, root in trees.items():
            parser.add_bpmn_xml(root, path)
        spec = parser.get_spec(key)
        subprocess_specs = parser.get_subprocess_specs(key)
    except Exception as error:
        raise DeploymentRefused([library_finding(error)]) from error
    defaults = _defaults(resources)
    for name, each in {key: spec, **subprocess_specs}.items():
        connect_loops(each)
        each.defaults = defaults.get(name, {})
    folders, diagrams, elements = _read_diagrams(trees, roots)
    return CompiledDefinition(
        key=key,
        name=diagrams[key][0],
        spec=spec,
        subprocess_specs=subprocess_specs,
        names=names,
        forms=forms,
        folders=folders,
        diagrams=diagrams,
        elements=elements,
        defaults=defaults,
    )


def _collect(
    resources: Mapping[str, tuple[str, str]], kind: str, findings: list[Finding], read: Any
) -> dict[str, Any]:
    found = {}
    for path, (each, text) in resources.items():
        if each == kind:
            try:
                found[path] = read(text)
            except GuichengError as error:
                findings += _located(path, error)
    return found


def _collect_forms(
    resources: Mapping[str, tuple[str, str]], findings: list[Finding]
) -> dict[str, Form]:
    forms = {}
    for path, (kind, text) in resources.items():
        if kind == "form":
            rules = resources.get(path.removesuffix(".json") + ".rules.json")
            try:
                forms[path] = load_form(text, rules[1] if rules else None)
            except GuichengError as error:
                findings += _located(path, error)
    return forms


def _located(path: str, error: GuichengError) -> list[Finding]:
    if isinstance(error, Invalid) and error.findings:
        return [Finding(f"{path}：{each.message}", each.field) for each in error.findings]
    return [Finding(f"{path}：{error.message}")]


def _defaults(resources: Mapping[str, tuple[str, str]]) -> dict[str, dict[str, Any]]:
    merged: dict[str, dict[str, Any]] = {}
    for kind, text in resources.values():
        if kind == "variables":
            merged.update(json.loads(text))
    return merged


def _read_diagrams(
    trees: Mapping[str, etree._Element], texts: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, tuple[str, str]], dict[tuple[str, str], Element]]:
    folders: dict[str, str] = {}
    diagrams: dict[str, tuple[str, str]] = {}
    elements: dict[tuple[str, str], Element] = {}
    for path, root in trees.items():
        positions = {
            shape.get("bpmnElement"): (float(bounds.get("x")), float(bounds.get("y")))
            for shape in root.iter(f"{{{DI}}}BPMNShape")
            for bounds in shape.iter(f"{{{DC}}}Bounds")
            if bounds.getparent() is shape
        }
        for process in root.iter(f"{{{BPMN}}}process"):
            key = process.get("id")
            folders[key] = path.rpartition("/")[0]
            diagrams[key] = (process.get("name") or key, texts[path])
            for element in _read_elements(process, key, positions):
                elements[key, element.id] = element
    return folders, diagrams, elements


def _read_elements(
    process: etree._Element, key: str, positions: Mapping[str, tuple[float, float]]
) -> list[Element]:
    following: dict[str, list[str]] = {}
    for flow in process.iter(f"{{{BPMN}}}sequenceFlow"):
        following.setdefault(flow.get("sourceRef"), []).append(flow.get("targetRef"))
    found = []
    for node in process.iter():
        identity = node.get("id") if isinstance(node.tag, str) else None
        tag = etree.QName(node).localname if identity else ""
        if identity is None or not tag.endswith(
            ("Task", "task", "Event", "Gateway", "subProcess", "callActivity")
        ):
            continue
        x, y = positions.get(identity, (0.0, 0.0))
        found.append(
            Element(
                id=identity,
                name=" ".join((node.get("name") or "").split()),
                kind=tag,
                process=key,
                x=x,
                y=y,
                properties=properties_of(node),
                following=tuple(following.get(identity, ())),
                attached_to=node.get("attachedToRef"),
                called=node.get("calledElement"),
                inner=tuple(
                    child.get("id")
                    for child in node
                    if tag == "subProcess" and child.get("id") and isinstance(child.tag, str)
                ),
                repeats=any(
                    node.find(f"{{{BPMN}}}{each}LoopCharacteristics") is not None
                    for each in ("multiInstance", "standard")
                ),
            )
        )
    return found


def properties_of(node: etree._Element) -> dict[str, str]:
    """The spiffworkflow:properties of one element."""
    return {
        each.get("name", ""): each.get("value", "")
        for each in node.iterfind(
            f"{{{BPMN}}}extensionElements/{{{SPIFF}}}properties/{{{SPIFF}}}property"
        )
    }
