"""The office kept with the keyboard alone, on a phone, without a script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.person import Person
from tests.story import Story

pytestmark = pytest.mark.browser

FARTHEST = 60  # presses of the tab key


def reach(page: Page, selector: str) -> None:
    """Press Tab until this element has the focus."""
    for _ in range(FARTHEST):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached")


def test_somebody_leaves_and_the_work_goes_on_without_a_mouse(
    at_screen: Callable[..., Person], story: Story
) -> None:
    story.start()
    story.to_countersign("finance_bureau")
    admin = at_screen("sysadmin", script=False, width=390)
    admin.open("/admin/people/finance_head")
    reach(admin.page, "a[href$='/finance_head/leave']")
    admin.page.keyboard.press("Enter")
    admin.page.wait_for_selector("#f-evidence")
    reach(admin.page, "#f-evidence")
    admin.page.keyboard.type("2026-2")
    admin.page.keyboard.press("Enter")
    admin.page.wait_for_selector("button[value=confirm]")
    assert "转交 1 件" in admin.text
    reach(admin.page, "button[value=confirm]")
    admin.page.keyboard.press("Enter")
    admin.page.wait_for_selector(".gc-notice-done")
    assert "1件未办的任务已按职务转交" in admin.told.inner_text()
    assert story.item("office_director", "UT_reply").alert
