"""Large type: one press, kept by the browser, back to the page one came from."""

from __future__ import annotations

from collections.abc import Callable

from tests.web.desk import Desk

AtDesk = Callable[[str], Desk]


def size(desk: Desk, path: str = "/") -> str | None:
    return desk.open(path).tree.get("data-size")


def test_large_type_is_switched_on_and_off_from_every_page(at_desk: AtDesk) -> None:
    desk = at_desk("gov_clerk")
    assert size(desk, "/start") is None
    page = desk.submit("/account/size", size="large")
    assert (page.path, page.tree.get("data-size")) == ("/start", "large")
    assert size(desk, "/instances") == "large"
    assert desk.submit("/account/size", size="normal").tree.get("data-size") is None


def test_large_type_outlives_the_session(at_desk: AtDesk) -> None:
    desk = at_desk("gov_clerk")
    desk.submit("/account/size", size="large")
    desk.submit("/sign-out")
    assert size(desk, "/sign-in") == "large"


def test_the_way_back_leads_to_no_other_site(at_desk: AtDesk) -> None:
    desk = at_desk("gov_clerk")
    page = desk.submit("/account/size", size="large", next="//example.org/")
    assert page.path == "/"
