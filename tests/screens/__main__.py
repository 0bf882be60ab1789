"""Pictures of every page at 1440 and 390 px: python -m tests.screens [folder] [part of a name]."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext

from engine.clock import ManualClock, parse_moment
from engine.settings import Settings
from engine.startup import Engine, build
from processes import discover
from tests.conftest import furnish
from tests.live import chromium, served
from tests.screens.album import album
from tests.screens.office import tell
from tests.screens.picture import Picture
from web.app import create_app
from web.demo import office as demo

SIZES = ((1440, 900), (390, 844))
START = parse_moment("2026-02-02T09:00:00+08:00")


def main(arguments: list[str]) -> int:
    """Write the album; 1 when a page shows an error of the browser or scrolls sideways."""
    folder = Path(arguments[0] if arguments else "screens")
    wanted = arguments[1] if len(arguments) > 1 else ""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        engine = furnished(Path(place))
        office = tell(engine)
        app = create_app(engine)
        demo.invite(app, engine)
        app.add_url_rule("/fault", "fault", fault)
        pictures = [each for each in album(office) if wanted in each.name]
        with served(app) as address, chromium() as browser:
            faults = photograph(browser, address, pictures, folder)
        engine.close()
    print("\n".join(faults))
    print(f"{len(pictures) * len(SIZES)} pictures in {folder}")
    return 1 if faults else 0


def furnished(place: Path) -> Engine:
    """A demo office of its own with a clock that stands still until told to move."""
    settings = Settings(data=place, secret="only-for-pictures", demo=True)
    furnish(settings)
    clocks = {"clock": ManualClock(START), "system_clock": ManualClock(START)}
    return build(settings, discover(), **clocks)


def photograph(browser: Browser, address: str, pictures: list[Picture], folder: Path) -> list[str]:
    """Take every picture at every size; what was wrong with pages on the way."""
    faults: list[str] = []
    for width, height in SIZES:
        cookies: dict[str, list[object]] = {}
        for picture in pictures:
            context = browser.new_context(
                viewport={"width": width, "height": height}, base_url=address, locale="zh-CN"
            )
            if picture.who is not None:
                _sign_in(context, picture.who, cookies)
            faults += _take(context, picture, folder / f"{picture.name}-{width}.png", width)
            context.close()
    return faults


def _sign_in(context: BrowserContext, who: str, cookies: dict[str, list[object]]) -> None:
    if who not in cookies:
        page = context.new_page()
        page.goto("/sign-in")
        page.fill("#username", who)
        page.fill("#password", demo.read()["password"])
        page.click("main button")
        page.wait_for_selector("details.gc-menu")
        cookies[who] = list(context.cookies())
    context.add_cookies(cookies[who])  # type: ignore[arg-type]


def _take(context: BrowserContext, picture: Picture, file: Path, width: int) -> list[str]:
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(picture.path)
    if picture.doing is not None:
        picture.doing(page)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=file)
    page.screenshot(path=file.with_name(f"{file.stem}-full.png"), full_page=True)
    found = [f"{file.name}: {words}" for words in said if "status of" not in words]
    wide = page.evaluate("document.documentElement.scrollWidth")
    if wide > width:
        found.append(f"{file.name}: scrolls sideways, {wide} px")
    return found


def fault() -> str:
    """A page that breaks, to see what is said then."""
    raise RuntimeError("a fault on purpose, to see its page")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
