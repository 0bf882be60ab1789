"""Every procedure is a folder and a module, and everything a diagram names exists."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from engine import definitions, expressions
from processes import discover
from web.demo import office

MODELS = Path(__file__).parent.parent.parent / "bpmn_models"
MODULES = Path(__file__).parent.parent.parent / "processes"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
PROPERTY = "{http://spiffworkflow.org/bpmn/schema/1.0/core}property"
DIAGRAMS = sorted(MODELS.rglob("*.bpmn"))
CLAUSES = 48  # of the work rules
NUMERALS = {char: value for value, char in enumerate("零一二三四五六七八九")}
LAWS = (
    "公文处理工作条例",
    "保守国家秘密法",
    "立法法",
    "政府信息公开条例",
    "规章制定程序条例",
    "重大行政决策程序暂行条例",
    "国办发〔2018〕115号",
    "法治政府建设示范指标体系",
)
OWN = ("约定", "推论")  # conventions and inferences are named as what they are


def test_every_folder_has_a_module_and_every_module_a_folder() -> None:
    folders = {path.parent.name for path in DIAGRAMS}
    modules = {path.stem for path in MODULES.glob("*.py")} - {"__init__"}
    assert folders == modules == {each.key for each in discover()}


def test_all_diagrams_can_be_deployed() -> None:
    registry = discover()
    names = (registry.functions(), registry.conventions)
    refuse = registry.refuse_silence
    assert definitions.check([MODELS], *names, refuse_silence=refuse) == []


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_a_diagram_is_named_after_its_process_and_drawn_completely(path: Path) -> None:
    root = etree.parse(path).getroot()
    [process] = root.iter(f"{BPMN}process")
    assert process.get("id") == path.stem == path.parent.name
    shapes = {shape.get("bpmnElement") for shape in root.iter(f"{DI}BPMNShape")}
    edges = {edge.get("bpmnElement") for edge in root.iter(f"{DI}BPMNEdge")}
    for node in process.iter():
        tag = etree.QName(node).localname if isinstance(node.tag, str) else ""
        if tag == "sequenceFlow":
            assert node.get("id") in edges, node.get("id")
        elif tag.endswith(("Task", "Event", "Gateway", "Activity")) or tag == "subProcess":
            assert node.get("id") in shapes, node.get("id")


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_every_user_task_has_a_known_role_a_form_a_name_and_help(path: Path) -> None:
    posts = {each["code"] for each in office.read()["post"]}
    for task in etree.parse(path).getroot().iter(f"{BPMN}userTask"):
        own = {each.get("name"): each.get("value") for each in task.iter(PROPERTY)}
        assert "role" in own or {"assignee", "who"} <= own.keys(), task.get("id")
        roles = {each.strip() for each in own.get("role", "").split(",") if each}
        assert roles <= posts, (task.get("id"), roles - posts)
        assert (path.parent / own["form"]).is_file(), own["form"]
        assert task.get("name")
        assert own.get("help"), task.get("id")
        assert ("due_length" in own) == ("due_source" in own), task.get("id")


def test_every_form_and_every_table_is_used() -> None:
    for folder in {path.parent for path in DIAGRAMS}:
        text = next(folder.glob("*.bpmn")).read_text("utf-8")
        for form in folder.glob("forms/*.json"):
            name = form.name.removesuffix(".rules.json").removesuffix(".json")
            assert f"forms/{name}.json" in text, form
        for table in folder.glob("*.dmn"):
            assert f">{table.stem}<" in text, table


def test_every_function_of_a_procedure_is_used_in_a_drawing() -> None:
    drawn = "\n".join(
        path.read_text("utf-8")
        for path in MODELS.rglob("*")
        if path.suffix in (".bpmn", ".dmn", ".json")
    )
    for name in {name for each in discover() for name in each.functions}:
        assert re.search(rf"\b{name}\b", drawn), name


def test_every_rule_of_a_form_says_what_it_rests_on() -> None:
    for path in MODELS.rglob("*.rules.json"):
        for rule in json.loads(path.read_text("utf-8"))["rules"]:
            assert rule["severity"] in ("block", "override", "hint"), path
            expressions.compile_expression(rule["check"], frozenset(discover().functions()))
            check_source(rule["source"], path)


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_every_clause_that_is_cited_exists(path: Path) -> None:
    for each in etree.parse(path).getroot().iter(PROPERTY):
        if each.get("name") == "clause":
            assert 1 <= clause_number(each.get("value")) <= CLAUSES, each.get("value")
        elif each.get("name") in ("source", "due_source") and each.get("value")[0] != "=":
            check_source(each.get("value"), path)


def check_source(source: str, where: Path) -> None:
    """A source is a clause that exists, a law, or says that it is a convention or an inference."""
    assert source.startswith(("工作规则第", *LAWS, *OWN)), (where, source)
    for cited in cited_clauses(source):
        assert 1 <= clause_number(cited) <= CLAUSES, (where, source)


def cited_clauses(source: str) -> Iterator[str]:
    if source.startswith("工作规则"):
        yield from re.findall(r"第[一二三四五六七八九十]+条", source)


def clause_number(text: str) -> int:
    """第三十三条 → 33."""
    found = re.match(r"第([一二三四五六七八九十]+)条", text)
    assert found, text
    tens, ten, ones = found[1].rpartition("十")
    if not ten:
        return NUMERALS[ones]
    return (NUMERALS[tens] if tens else 1) * 10 + (NUMERALS[ones] if ones else 0)
