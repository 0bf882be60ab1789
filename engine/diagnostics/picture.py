"""What the eye sees of a diagram: where lines cross.

Lines that run together are one line to the eye, so crossings are places, counted once however many
flows share a stroke. A line that only touches another (a merge, a branch) does not cross it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from engine.diagnostics.reading import Node

DI = "http://www.omg.org/spec/BPMN/20100524/DI"
WAYPOINT = "http://www.omg.org/spec/DD/20100524/DI"


@dataclass(frozen=True, slots=True)
class Crossing:
    """One place where lines cross. flows: the ids of all that pass there, in order."""

    x: float
    y: float
    flows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Stroke:
    flow: str
    x0: float
    y0: float
    x1: float
    y1: float


def crossings(root: Node) -> list[Crossing]:
    """Every place of the picture where a flow crosses another, left to right."""
    strokes = list(_strokes(root))
    met: dict[tuple[float, float], set[str]] = {}
    for number, one in enumerate(strokes):
        for other in strokes[number + 1 :]:
            where = _where(one, other) if one.flow != other.flow else None
            if where is not None:
                met.setdefault(where, set()).update((one.flow, other.flow))
    return [Crossing(x, y, tuple(sorted(flows))) for (x, y), flows in sorted(met.items())]


def _strokes(root: Node) -> Iterator[_Stroke]:
    for edge in root.iter(f"{{{DI}}}BPMNEdge"):
        points = [
            (float(point.get("x")), float(point.get("y")))
            for point in edge.iter(f"{{{WAYPOINT}}}waypoint")
        ]
        for (x0, y0), (x1, y1) in itertools.pairwise(points):
            yield _Stroke(str(edge.get("bpmnElement")), x0, y0, x1, y1)


def _where(one: _Stroke, other: _Stroke) -> tuple[float, float] | None:
    """The point strictly inside both strokes; None when they are parallel or only touch."""
    dx, dy = one.x1 - one.x0, one.y1 - one.y0
    ex, ey = other.x1 - other.x0, other.y1 - other.y0
    slant = dx * ey - dy * ex
    if slant == 0:
        return None
    along = ((other.x0 - one.x0) * ey - (other.y0 - one.y0) * ex) / slant
    across = ((other.x0 - one.x0) * dy - (other.y0 - one.y0) * dx) / slant
    if not (0 < along < 1 and 0 < across < 1):
        return None
    return round(one.x0 + along * dx, 1), round(one.y0 + along * dy, 1)
