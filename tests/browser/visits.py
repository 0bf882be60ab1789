"""Visits every page of the album and writes down what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from playwright.sync_api import Browser, BrowserContext, Error, Page, Request

from tests.browser.person import Person
from tests.screens.picture import Picture

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
DESK, PHONE = 1440, 390  # pixels
GRAVE = ("serious", "critical")
LISTEN = """
document.addEventListener('securitypolicyviolation', (event) => {
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
});
"""


@dataclass
class Visit:
    """What one page showed at one width."""

    picture: str
    path: str
    said: list[str] = field(default_factory=list)  # errors of the browser's console
    too_wide: int = 0  # pixels of sideways scroll
    barriers: list[str] = field(default_factory=list)  # what axe finds grave
    out_of_reach: list[str] = field(default_factory=list)  # what no Tab comes to, on a desk


class Visitor:
    """Goes through pictures with one profile for each person."""

    def __init__(self, browser: Browser, address: str, width: int) -> None:
        self.browser = browser
        self.address = address
        self.width = width
        self.contexts: dict[str | None, BrowserContext] = {}
        self.cookies: dict[str | None, list[Any]] = {}

    def visit(self, picture: Picture) -> Visit:
        """Open the page as its person, do what the picture asks, and look."""
        context = self._profile(picture.who)
        page = context.new_page()
        found = Visit(picture.name, picture.path)
        page.on("console", lambda message: _note(found, message.type, message.text))
        page.on("pageerror", lambda error: found.said.append(str(error)))
        under_way = watched(page)
        page.goto(picture.path)
        if picture.doing is not None:
            picture.doing(page)
        settle(page, under_way)
        found.too_wide = max(0, page.evaluate("document.documentElement.scrollWidth") - self.width)
        found.barriers = barriers(page, colours=self.width == DESK)
        if self.width == DESK:
            found.out_of_reach = out_of_reach(page)
        page.close()
        return found

    def leave(self) -> None:
        """Close every profile."""
        for context in self.contexts.values():
            context.close()

    def _profile(self, who: str | None) -> BrowserContext:
        """The profile of this person, signed in and as it was at first."""
        if who not in self.contexts:
            context = self.browser.new_context(
                base_url=self.address,
                locale="zh-CN",
                reduced_motion="reduce",
                viewport={"width": self.width, "height": 844},
            )
            context.add_init_script(LISTEN)
            if who is not None:
                person = Person(context.new_page())
                person.sign_in(who)
                person.page.wait_for_selector("details.gc-menu")
                person.page.close()
            self.contexts[who] = context
            self.cookies[who] = cast("list[Any]", context.cookies())
        self.contexts[who].clear_cookies()
        self.contexts[who].add_cookies(self.cookies[who])
        return self.contexts[who]


def _note(found: Visit, kind: str, text: str) -> None:
    """Answers that are refusals on purpose (404, 409, 422 …) are no faults of the page."""
    if kind in ("error", "warning") and "status of" not in text:
        found.said.append(text)


DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
ROUNDS = 300  # of two pictures each, about ten seconds


def watched(page: Page) -> set[Request]:
    """What a page has asked for and not got yet, kept up to date."""
    under_way: set[Request] = set()

    def answered(request: Request) -> None:
        under_way.discard(request)

    page.on("request", lambda request: under_way.add(request))  # a method of a set takes no mark
    page.on("requestfinished", answered)
    page.on("requestfailed", answered)
    return under_way


def settle(page: Page, under_way: set[Request]) -> None:
    """Wait until a page is loaded and drawn and has got all it asked for; to wait for half a second
    of silence instead took a third of all the time."""
    for _ in range(ROUNDS):
        page.wait_for_load_state("load")
        try:
            page.evaluate(DRAWN)
        except Error:  # it is on its way to another page
            continue
        if not under_way:
            return
    raise AssertionError(f"never at rest: {[each.url for each in under_way]}")


WATCH_FOCUS = """() => {
  const shown = (each) => each.checkVisibility({ visibilityProperty: true })
    && each.getClientRects().length && each.tabIndex >= 0 && !each.disabled;
  const stop = (each) => each.type !== 'radio' || each.checked
    || !document.querySelector(`input[name="${each.name}"]:checked`)
    && each === document.querySelector(`input[name="${each.name}"]`);
  const all = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]';
  window.wanted = [...document.querySelectorAll(all)].filter((each) => shown(each) && stop(each));
  window.reached = new Set();
  document.addEventListener('focusin', (event) => window.reached.add(event.target));
  document.body.tabIndex = -1;
  document.body.focus();
  return window.wanted.length;
}"""
MISSING = """() => window.wanted.filter((each) => !window.reached.has(each))
  .map((each) => each.outerHTML.slice(0, 160))"""
A_FEW = 20  # presses between two looks
STOPS_OF_A_DATE = 8  # a field for a date and time is several stops


def out_of_reach(page: Page) -> list[str]:
    """What can be used on a page but is not come to by Tab alone; a trap shows as the rest."""
    presses = page.evaluate(WATCH_FOCUS) * STOPS_OF_A_DATE
    missing = cast("list[str]", page.evaluate(MISSING))
    while missing and presses > 0:
        for _ in range(A_FEW):
            page.keyboard.press("Tab")
        presses -= A_FEW
        missing = cast("list[str]", page.evaluate(MISSING))
    return missing


def barriers(page: Page, *, colours: bool = True) -> list[str]:
    """Rule and element of everything that axe calls serious or critical.

    colours: look at contrast too, which takes longest and is the same at every width.
    """
    page.evaluate(f"{AXE.read_text('utf-8')}; undefined")
    options = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": colours}}}
    result = page.evaluate("(options) => axe.run(options)", options)
    return [
        f"{each['id']}: {node['html'][:160]}"
        for each in result["violations"]
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]
