"""No label of a drawing lies on another, on a line or on a step: an office person reads each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import etree

MODELS = Path(__file__).parent.parent.parent / "bpmn_models"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
WAYPOINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
BOUNDS = "{http://www.omg.org/spec/DD/20100524/DC}Bounds"
WIDEST_STEP = 300  # what is wider holds other elements


class Box(NamedTuple):
    """A rectangle of the picture; a piece of a line is one without breadth."""

    x: float
    y: float
    width: float
    height: float

    def touches(self, other: Box) -> bool:
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )


def box(bounds: etree._Element) -> Box:
    return Box(*(float(bounds.get(name) or 0) for name in ("x", "y", "width", "height")))


def pieces(edge: etree._Element) -> Iterator[Box]:
    points = [(float(p.get("x") or 0), float(p.get("y") or 0)) for p in edge.iter(WAYPOINT)]
    for (x, y), (to_x, to_y) in pairwise(points):
        yield Box(min(x, to_x), min(y, to_y), abs(x - to_x) or 0.1, abs(y - to_y) or 0.1)


@pytest.mark.parametrize("path", sorted(MODELS.rglob("*.bpmn")), ids=lambda path: path.stem)
def test_every_label_stands_free(path: Path) -> None:
    root = etree.parse(path).getroot()
    drawn = [*root.iter(f"{DI}BPMNShape"), *root.iter(f"{DI}BPMNEdge")]
    labels = {
        str(each.get("bpmnElement")): box(found)
        for each in drawn
        if (found := each.find(f"{DI}BPMNLabel/{BOUNDS}")) is not None
    }
    others = [
        (str(each.get("bpmnElement")), box(found))
        for each in root.iter(f"{DI}BPMNShape")
        if (found := each.find(BOUNDS)) is not None
    ]
    others = [(name, each) for name, each in others if each.width < WIDEST_STEP]
    others += [
        (str(edge.get("bpmnElement")), piece)
        for edge in root.iter(f"{DI}BPMNEdge")
        for piece in pieces(edge)
    ]
    touching = [(a, b) for a, b in combinations(labels, 2) if labels[a].touches(labels[b])]
    touching += [
        (label, name)
        for label, place in labels.items()
        for name, other in others
        if name != label and place.touches(other)
    ]
    assert touching == []
