"""One picture of the album, and what is often done before it is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

Doing = Callable[[Page], object]


@dataclass(frozen=True)
class Picture:
    """One page of the album: who looks at which address, after doing what."""

    name: str
    who: str | None
    path: str
    doing: Doing | None = None


def menu(selector: str) -> Doing:
    """Open a menu and leave it open."""
    return lambda page: page.locator(f"{selector} > summary").click()


def press(words: str) -> Doing:
    """Press the button with these words."""
    return lambda page: page.locator("main button", has_text=words).first.click()
