"""The keyboard alone: skip link, a task from the list to its end, the focus always in sight."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.person import Person
from tests.story import Story

pytestmark = pytest.mark.browser

FAR = 200  # presses of Tab that reach anything on a page
FOCUSED = """() => {
  const near = (length) => Math.min(length / 2, 8);
  const at = document.activeElement, look = getComputedStyle(at), box = at.getBoundingClientRect();
  return {
    words: (at.innerText || at.getAttribute('aria-label') || at.id || '').trim(),
    tag: at.tagName, id: at.id, value: at.value || '',
    shown: look.boxShadow !== 'none' || look.outlineStyle !== 'none',
    inside: at.contains(
      document.elementFromPoint(box.left + near(box.width), box.top + near(box.height))
    ),
  };
}"""


def tab_to(page: Page, words: str = "", identity: str = "") -> None:
    """Press Tab until this has the focus; the focus must show at every stop."""
    for _ in range(FAR):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if at["tag"] == "BODY":
            continue
        assert at["shown"], f"no ring around {at}"
        assert at["inside"], f"out of sight: {at}"
        if (words and words in at["words"]) or (identity and at["id"] == identity):
            return
    raise AssertionError(f"Tab never reaches {words or identity}")


def with_the_deputy(story: Story) -> None:
    story.start()
    story.to_initial()
    story.initial()
    story.draft()
    story.do("office_director", "UT_office_head", "pass", comment="同意呈送。")


def test_the_first_tab_offers_to_skip_to_the_text(at_screen: Callable[..., Person]) -> None:
    page = at_screen("gov_clerk").page
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(".gc-skip")).to_be_focused()
    expect(page.locator(".gc-skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    tab_to(page, "发起事项")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_a_task_is_done_without_a_mouse(at_screen: Callable[..., Person], story: Story) -> None:
    with_the_deputy(story)
    page = at_screen().page
    page.goto("/sign-in")
    page.keyboard.type("dsg1")
    page.keyboard.press("Tab")
    page.keyboard.type("Guicheng-2023")
    page.keyboard.press("Enter")
    page.wait_for_selector("details.gc-menu")
    tab_to(page, "关于做好防汛工作的通知")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tasks/*")
    tab_to(page, identity="comment")
    page.keyboard.type("同意，呈景舟同志批示。")
    tab_to(page, identity="confirm")
    page.keyboard.type("Guicheng-2023")
    tab_to(page, "同意呈送")
    page.keyboard.press("Enter")
    expect(page.locator(".gc-notice-done").first).to_contain_text("贺景舟")
    assert "同意，呈景舟同志批示。" in [each.text for each in story.see().opinions]


def test_a_menu_opens_and_closes_with_the_keyboard(
    at_screen: Callable[..., Person], story: Story
) -> None:
    with_the_deputy(story)
    page = at_screen("dsg1").page
    page.goto(f"/tasks/{story.item('dsg1', 'UT_dsg').id}")
    tab_to(page, "更多")
    page.keyboard.press("Enter")
    keep = page.locator(".gc-decide .gc-menu:not(.gc-say) button[value=draft]")
    expect(keep).to_be_visible()
    page.keyboard.press("Escape")
    expect(keep).to_be_hidden()
    expect(page.locator(".gc-decide .gc-menu:not(.gc-say) > summary")).to_be_focused()


def test_after_a_refusal_the_focus_stands_on_what_is_wrong(
    at_screen: Callable[..., Person], story: Story
) -> None:
    story.start()
    page = at_screen("gov_clerk").page
    page.goto(f"/tasks/{story.item('gov_clerk', 'UT_prepare').id}")
    page.locator(".gc-decide .btn-primary").click()
    expect(page.locator("[data-summary]")).to_be_focused()
    tab_to(page, "标题")
    page.keyboard.press("Enter")
    expect(page.locator("#f-title")).to_be_focused()
