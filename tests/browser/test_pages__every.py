"""Every page of the album, on a desk and on a phone: policy, barriers, width, keyboard."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.browser.visits import DESK, PHONE, Visit, Visitor
from tests.live import served
from tests.screens.__main__ import fault, furnished
from tests.screens.album import album
from tests.screens.office import tell
from web.app import create_app
from web.demo import office as demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An office with documents in every state, and a page that breaks on purpose."""
    engine = furnished(tmp_path_factory.mktemp("album"))
    office = tell(engine)  # first: it brings a procedure of its own
    settings = dataclasses.replace(engine.settings, rate_limit=1_000_000)
    made = create_app(dataclasses.replace(engine, settings=settings))
    made.config["office"] = office
    demo.invite(made, engine)
    made.add_url_rule("/fault", "fault", fault)
    yield made
    engine.close()


@pytest.fixture(scope="module")
def visits(app: Flask, browser: Browser) -> dict[int, list[Visit]]:
    """All visits, by width."""
    found = {}
    with served(app) as address:
        for width in (DESK, PHONE):
            visitor = Visitor(browser, address, width)
            found[width] = [visitor.visit(each) for each in album(app.config["office"])]
            visitor.leave()
    return found


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_no_page_breaks_the_content_policy_or_a_script(
    visits: dict[int, list[Visit]], width: int
) -> None:
    assert {each.picture: each.said for each in visits[width] if each.said} == {}


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_no_page_has_a_grave_barrier(visits: dict[int, list[Visit]], width: int) -> None:
    assert {each.picture: each.barriers for each in visits[width] if each.barriers} == {}


@pytest.mark.parametrize("width", [DESK, PHONE])
def test_no_page_scrolls_sideways(visits: dict[int, list[Visit]], width: int) -> None:
    assert {each.picture: each.too_wide for each in visits[width] if each.too_wide} == {}


def test_all_of_every_page_is_reached_by_keyboard(visits: dict[int, list[Visit]]) -> None:
    assert {each.picture: each.out_of_reach for each in visits[DESK] if each.out_of_reach} == {}
