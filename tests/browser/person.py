"""Somebody at a browser: signs in, opens steps, fills in what a page shows, presses buttons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Locator, Page, expect

from web.demo import office

ROUNDS = 6  # of filling in what has come into view


class Person:
    """One person with one page. script: whether the browser runs JavaScript."""

    def __init__(self, page: Page, *, script: bool = True) -> None:
        self.page = page
        self.script = script

    # ---- coming and going ----

    def sign_in(self, username: str, password: str | None = None) -> None:
        if not self.page.locator("#username").count():
            self.page.goto("/sign-in")
        self.page.fill("#username", username)
        self.page.fill("#password", password or office.read()["password"])
        self.page.click("main button")

    def open(self, path: str) -> None:
        self.page.goto(path)

    @property
    def text(self) -> str:
        """What stands on the page, in one line."""
        return " ".join(self.page.locator("main").inner_text().split())

    @property
    def told(self) -> Locator:
        """The sentence after something was done."""
        return self.page.locator(".gc-notice-done").first

    # ---- filling in ----

    def press(self, words: str) -> None:
        """Press the button with just these words, in the bar or in its menu."""
        found = self.page.get_by_role("button", name=words, exact=True)
        if not found.first.is_visible():
            self.page.locator(".gc-decide .gc-menu:not(.gc-say) > summary").click()
        found.locator("visible=true").first.click()

    def confirm(self) -> None:
        """A signature asks once more for the password."""
        if self.page.locator("#confirm").count():
            self.page.fill("#confirm", office.read()["password"])

    def act(self, outcome: str | None = None) -> None:
        """Press the button that submits this outcome; the main one without."""
        self.confirm()
        chosen = f'[data-outcome="{outcome}"]' if outcome else ".btn-primary"
        self.page.locator(f".gc-decide .gc-decide-acts > button{chosen}").click()

    def fill(self, values: Mapping[str, Any], comment: str | None = None) -> None:
        """Enter values by key. What shows only after something else was entered comes later."""
        if comment is not None:
            self.page.fill("#comment", comment)
        left = dict(values)
        for folded in self.page.locator(".gc-fold:not([open]) > summary").all():
            folded.click()
        for _ in range(ROUNDS):
            for key in [key for key in left if self._place(key).is_visible()]:
                self._enter(key, left.pop(key))
            if not left:
                return
            self._look_again(next(iter(left)))
        raise AssertionError(f"never shown: {sorted(left)}")

    def _place(self, key: str) -> Locator:
        return self.page.locator(f'[data-field="{key}"]')

    def _look_again(self, key: str) -> None:
        """Wait for the script to show the field; without script ask for the page again."""
        if self.script:
            expect(self._place(key)).to_be_visible()
        elif self.page.locator(".gc-decide").count():
            self.page.locator(".gc-decide .gc-menu:not(.gc-say) > summary").click()
            self.page.locator('.gc-decide .gc-menu:not(.gc-say) [value="refresh"]').click()
        else:
            self.page.locator('main .btn-bare[value="refresh"]').click()

    def _enter(self, key: str, value: Any) -> None:
        place, name = self._place(key), f"v.{key}"
        if isinstance(value, bool):
            place.locator(f'[name="{name}"]').set_checked(value)
        elif isinstance(value, Mapping):
            place.locator('input[type="file"]').set_input_files(dict(value))  # type: ignore[arg-type]
        elif isinstance(value, list):
            for each in value:
                place.locator(f'[name="{name}"][value="{each}"]').check()
        elif place.locator("select").count():
            place.locator("select").select_option(str(value))
        else:
            place.locator(f'[name="{name}"]').fill(str(value))

    # ---- looking ----

    def at_work(self, element_words: str) -> None:
        """Open the first task of the workbench whose row speaks of these words."""
        self.open("/")
        self.page.locator("tr", has_text=element_words).locator("a.gc-title").first.click()
