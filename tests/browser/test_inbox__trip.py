"""The inbox at a screen: search, filters, keys, two at once on a task, also without script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from engine import verbs
from tests.browser.person import Person
from tests.browser.visits import barriers
from tests.story import PREPARED, Story

pytestmark = pytest.mark.browser

AtScreen = Callable[..., Person]
TITLE = str(PREPARED["title"])


def ready(person: Person) -> Page:
    """The workbench after signing in, with its script at work."""
    expect(person.page.locator("h1")).to_have_text("工作台")
    expect(person.page.locator("html[data-js]")).to_be_attached()
    return person.page


def test_search_by_key_finds_and_marks(story: Story, at_screen: AtScreen) -> None:
    story.start()
    story.prepare()
    page = ready(at_screen("gov_clerk"))
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.type("防汛 ?gj/")
    expect(page.locator("[data-search]")).to_have_value("防汛 ?gj/")
    page.fill("[data-search]", "防汛")
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_have_text("防汛")
    assert barriers(page) == []
    page.keyboard.press("j")
    expect(page.locator(".gc-hits .gc-title").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(TITLE)


def test_keys_lead_to_help_and_back_and_through_a_list(story: Story, at_screen: AtScreen) -> None:
    for _ in range(2):
        story.start()
    page = ready(at_screen("gov_clerk"))
    titles = page.locator(".gc-table .gc-title")
    page.keyboard.press("j")
    expect(titles.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(titles.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(titles.nth(0)).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("h1")).to_have_text("帮助")
    assert barriers(page) == []
    page.keyboard.press("g")
    expect(page.locator("h1")).to_have_text("工作台")


@pytest.mark.parametrize("script", [True, False])
def test_filters_on_a_phone_narrow_and_are_taken_away(
    story: Story, at_screen: AtScreen, script: bool
) -> None:
    story.start()
    story.prepare()
    person = at_screen("docs", script=script, width=390)
    page = person.page
    page.select_option("#filter-due", "overdue")
    page.click(".gc-filters .btn")
    expect(page.locator("main")).to_contain_text("没有符合条件的事项")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click(".gc-pill")
    expect(page.locator(".gc-title").first).to_contain_text(TITLE)
    if script:
        assert barriers(page) == []


@pytest.mark.parametrize("script", [True, False])
def test_who_comes_second_reads_who_did_what_and_keeps_every_word(
    story: Story, at_screen: AtScreen, script: bool
) -> None:
    story.start()
    item, other = story.item("gov_clerk", "UT_prepare"), story.who("docs")
    page = at_screen("gov_clerk", script=script).page
    page.goto(f"/tasks/{item.id}")
    page.fill("#f-title", "这一份来晚了")
    verbs.do(
        story.engine,
        story.who("gov_clerk"),
        "transfer",
        item.id,
        values={"person": other.person_id, "reason": "请代为填报。"},
        version=item.version,
        key="elsewhere",
    )
    page.click(".gc-decide .btn-primary")
    notice = page.locator("[role=alert]").first
    expect(notice).to_contain_text("转办")
    expect(notice).to_contain_text(other.name)
    expect(page.locator("main")).to_contain_text("这一份来晚了")
