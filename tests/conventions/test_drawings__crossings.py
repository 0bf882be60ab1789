"""Where lines of a drawing cross, its README says so and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from engine.diagnostics.picture import crossings

MODELS = Path(__file__).parent.parent.parent / "bpmn_models"
DIAGRAMS = sorted(MODELS.rglob("*.bpmn"))


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_every_crossing_is_named(path: Path) -> None:
    readme = path.parent / "README.md"
    lines = readme.read_text("utf-8").splitlines() if readme.exists() else []
    for crossing in crossings(etree.parse(path).getroot()):
        named = any(sum(flow in line for flow in crossing.flows) >= 2 for line in lines)
        assert named, f"{path.stem}: {crossing} is not named in {readme}"


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
def test_every_branch_has_a_label(path: Path) -> None:
    bpmn = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
    root = etree.parse(path).getroot()
    flows = list(root.iter(f"{bpmn}sequenceFlow"))
    for gateway in root.iter(f"{bpmn}exclusiveGateway"):
        ways = [flow for flow in flows if flow.get("sourceRef") == gateway.get("id")]
        if len(ways) > 1:
            assert gateway.get("name"), gateway.get("id")
            assert all(flow.get("name") for flow in ways), gateway.get("id")
