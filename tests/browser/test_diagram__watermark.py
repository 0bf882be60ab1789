"""The picture of an instance: the mark of its makers, what is done and active, the same as text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.person import Person
from tests.story import Story

pytestmark = pytest.mark.browser

# Whatever lies on top at five points of the mark must be the mark itself.
UNCOVERED = """(mark) => {
  const box = mark.getBoundingClientRect();
  const inside = (x, y) => {
    const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    return mark === top || mark.contains(top);
  };
  return [[.5, .5], [.05, .1], [.95, .1], [.05, .9], [.95, .9]].every(([x, y]) => inside(x, y));
}"""


def opened(person: Person, story: Story) -> Page:
    person.open(f"/instances/{story.instance_id}")
    person.page.wait_for_selector("[data-diagrams][data-ready]")
    return person.page


@pytest.mark.parametrize("width", [1440, 390])
def test_the_mark_of_bpmn_io_is_seen_and_not_covered(
    at_screen: Callable[..., Person], story: Story, width: int
) -> None:
    story.start()
    page = opened(at_screen("gov_clerk", width=width), story)
    mark = page.locator("a.bjs-powered-by")
    mark.scroll_into_view_if_needed()
    expect(mark).to_be_visible()
    assert "bpmn.io" in (mark.get_attribute("href") or "")
    box = mark.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 15
    page.evaluate("window.scrollBy(0, 200)")
    assert mark.evaluate(UNCOVERED)
    assert mark.evaluate("(it) => getComputedStyle(it).opacity") == "1"


def test_a_print_has_the_list_of_steps_and_no_picture_without_its_mark(
    at_screen: Callable[..., Person], story: Story
) -> None:
    story.start()
    page = opened(at_screen("gov_clerk"), story)
    page.emulate_media(media="print")
    expect(page.locator("[data-diagrams]")).to_be_hidden()
    expect(page.locator(".gc-steps").first).to_be_visible()


def test_what_the_picture_says_stands_in_the_list_of_steps_too(
    at_screen: Callable[..., Person], story: Story
) -> None:
    story.start()
    story.to_initial()
    page = opened(at_screen("gov_clerk"), story)
    marked = {
        state: page.locator(f".gc-viewer .gc-mark-{state}[data-element-id^=UT_]").evaluate_all(
            "(all) => all.map((it) => it.dataset.elementId)"
        )
        for state in ("done", "active")
    }
    steps = {each.element_id: each for each in story.see("gov_clerk").steps}
    listed = page.locator(".gc-steps > li")
    for state, css in (("done", "is-done"), ("active", "is-now")):
        assert marked[state]
        for element in marked[state]:
            line = listed.filter(has_text=steps[element].name).first
            assert css in (line.get_attribute("class") or "")


def test_a_large_picture_opens_where_the_work_is(
    at_screen: Callable[..., Person], story: Story
) -> None:
    story.start()
    story.to_initial()
    page = opened(at_screen("gov_clerk"), story)
    now = page.locator(".gc-viewer .gc-mark-active[data-element-id=UT_initial]")
    window, box = page.locator("#canvas").bounding_box(), now.bounding_box()
    assert window is not None
    assert box is not None
    assert window["x"] < box["x"] < window["x"] + window["width"]
    assert window["y"] < box["y"] < window["y"] + window["height"]
    assert box["width"] > 70  # large enough to read its name
