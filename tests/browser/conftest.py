"""A served demo installation, a real Chromium, and people at its screens."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser

from engine.startup import Engine
from tests.browser.person import Person
from tests.live import chromium, served
from tests.story import Story
from web.app import create_app

MANY = 1_000_000  # requests a minute: these tests are not about haste


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a worker; every person has a profile of its own in it."""
    with chromium() as found:
        yield found


@pytest.fixture
def demo(engine: Engine) -> Engine:
    """The engine of this test as a demo installation, whose clock may be moved by form."""
    settings = dataclasses.replace(engine.settings, demo=True, rate_limit=MANY)
    return dataclasses.replace(engine, settings=settings)


@pytest.fixture
def address(demo: Engine) -> Iterator[str]:
    """Where the pages of this test are served."""
    app: Flask = create_app(demo)
    with served(app) as found:
        yield found


@pytest.fixture
def story(demo: Engine) -> Story:
    """A document to tell a story about."""
    return Story(demo)


@pytest.fixture
def at_screen(browser: Browser, address: str) -> Iterator[Callable[..., Person]]:
    """Seats somebody at a screen of their own: at_screen("docs", script=False)."""
    seated: list[Person] = []

    def seat(username: str | None = None, *, script: bool = True, width: int = 1440) -> Person:
        context = browser.new_context(
            base_url=address,
            locale="zh-CN",
            java_script_enabled=script,
            reduced_motion="reduce",
            viewport={"width": width, "height": 900},
        )
        person = Person(context.new_page(), script=script)
        seated.append(person)
        if username is not None:
            person.sign_in(username)
        return person

    yield seat
    for person in seated:
        person.page.context.close()
