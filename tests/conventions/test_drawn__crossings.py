"""Every crossing of lines that a drawing could not avoid is named in its folder's README."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from engine.diagnostics.picture import crossings

MODELS = Path(__file__).parent.parent.parent / "bpmn_models"
TOLD = sorted(path.parent for path in MODELS.rglob("README.md"))
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


@pytest.mark.parametrize("folder", TOLD, ids=lambda path: path.name)
def test_a_crossing_is_named_and_nothing_else_is(folder: Path) -> None:
    text = (folder / "README.md").read_text("utf-8")
    root = etree.parse(folder / f"{folder.name}.bpmn").getroot()
    found = {flow for crossing in crossings(root) for flow in crossing.flows}
    named = {flow.get("id") for flow in root.iter(f"{BPMN}sequenceFlow") if flow.get("id") in text}
    assert found == named


@pytest.mark.parametrize("folder", TOLD, ids=lambda path: path.name)
def test_every_branch_says_when_it_is_taken(folder: Path) -> None:
    root = etree.parse(folder / f"{folder.name}.bpmn").getroot()
    ways: dict[str, list[str | None]] = {}
    for flow in root.iter(f"{BPMN}sequenceFlow"):
        ways.setdefault(flow.get("sourceRef") or "", []).append(flow.get("name"))
    for gateway in root.iter(f"{BPMN}exclusiveGateway"):
        labels = ways[gateway.get("id") or ""]
        assert len(labels) == 1 or all(labels), gateway.get("id")
