"""In which order the steps of a picture are read: line by line, each from left to right.

A large picture stands in several lines, as text does; where the paper is empty from edge to edge a
new line begins.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from engine.spiff.compiled import Element

STEPS = ("userTask", "callActivity", "scriptTask", "businessRuleTask")
EMPTY = 180  # px from the top of one element to the next below it, more than a row of shapes takes


def as_read(elements: Iterable[Element]) -> list[Element]:
    """The elements of one process in reading order."""
    known = list(elements)
    begins = _beginnings(sorted(each.y for each in known if each.kind in STEPS))
    return sorted(known, key=lambda each: (sum(y <= each.y for y in begins), each.x, each.y))


def _beginnings(tops: list[float]) -> list[float]:
    """The tops at which a new line begins."""
    return [below for above, below in pairwise(tops) if below - above > EMPTY]
