"""Crossings are counted from the picture, as the eye sees them."""

from __future__ import annotations

from lxml import etree

from engine.diagnostics.picture import crossings

DI = (
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
)
Points = list[tuple[int, int]]


def picture(**lines: Points) -> etree._Element:
    edges = ""
    for name, points in lines.items():
        way = "".join(f'<di:waypoint x="{x}" y="{y}"/>' for x, y in points)
        edges += f'<bpmndi:BPMNEdge bpmnElement="{name}">{way}</bpmndi:BPMNEdge>'
    return etree.fromstring(f"<definitions {DI}>{edges}</definitions>")


def test_two_lines_that_cross_are_told_with_their_place() -> None:
    [found] = crossings(picture(across=[(0, 50), (100, 50)], down=[(40, 0), (40, 100)]))
    assert (found.x, found.y, found.flows) == (40, 50, ("across", "down"))


def test_slanted_lines_cross_as_well() -> None:
    [found] = crossings(picture(rising=[(0, 100), (100, 0)], falling=[(0, 0), (100, 100)]))
    assert (found.x, found.y) == (50, 50)


def test_a_merge_and_a_common_stroke_do_not_cross() -> None:
    bus = [(0, 50), (100, 50)]
    joining = [(40, 0), (40, 50), (100, 50)]
    assert crossings(picture(bus=bus, joining=joining, parallel=[(0, 60), (100, 60)])) == []


def test_lines_that_run_together_cross_a_third_in_one_place() -> None:
    one = [(0, 50), (100, 50)]
    other = [(20, 80), (20, 50), (100, 50)]
    [found] = crossings(picture(one=one, other=other, down=[(60, 0), (60, 100)]))
    assert found.flows == ("down", "one", "other")


def test_a_line_with_a_loop_is_not_told_as_crossing_another() -> None:
    loop = [(0, 50), (100, 50), (100, 0), (50, 0), (50, 100)]
    assert crossings(picture(loop=loop)) == []
