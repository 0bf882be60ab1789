"""What does not belong in a field: a sentence that names the field, the right status, all kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.story import Story
from tests.web.desk import Desk

AtDesk = Callable[[str], Desk]
REGISTERED = {"v.received_at": "2026-02-11T10:00", "v.copies": "1", "v.class_checked": "none"}


@pytest.fixture
def where(story: Story) -> str:
    """The address of the registration."""
    story.start()
    story.prepare()
    return f"/tasks/{story.item('docs', 'UT_register').id}"


@pytest.mark.parametrize(
    ("field", "typed", "label"),
    [
        ("copies", "三份", "份数"),
        ("copies", "1.5", "份数"),
        ("copies", "9" * 400, "份数"),
        ("received_at", "昨天", "收到时间"),
        ("received_at", "2026-02-30T10:00", "收到时间"),
        ("class_checked", "typename", "核对密级"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named_and_kept(
    story: Story, at_desk: AtDesk, where: str, field: str, typed: str, label: str
) -> None:
    desk = at_desk("docs")
    desk.open(where)
    page = desk.submit(where, do="complete", **{**REGISTERED, f"v.{field}": typed})
    assert page.status == 422
    assert f"“{label}”" in page.main()
    assert page.values(where)["v.copies"] == (typed if field == "copies" else "1")
    assert [step for step, _ in story.open_steps()] == ["UT_register"]


def test_an_opinion_that_is_too_long_is_refused_whole(story: Story, at_desk: AtDesk) -> None:
    story.start()
    story.to_initial()
    story.initial()
    story.draft()
    where = f"/tasks/{story.item('office_director', 'UT_office_head').id}"
    desk = at_desk("office_director")
    desk.open(where)
    page = desk.submit(where, do="complete:pass", comment="长" * 50_000)
    assert page.status == 422
    assert "字" in page.main()
    assert len(page.values(where)["comment"]) == 50_000
    assert [step for step, _ in story.open_steps()] == ["UT_office_head"]


@pytest.mark.parametrize("name", ["typename", "v.typename", "v.__class__", "override.typename"])
def test_fields_that_no_form_has_change_nothing(
    story: Story, at_desk: AtDesk, where: str, name: str
) -> None:
    desk = at_desk("docs")
    desk.open(where)
    page = desk.submit(where, do="refresh", **{**REGISTERED, name: "x"})
    assert page.status == 200
    assert [step for step, _ in story.open_steps()] == ["UT_register"]


def test_a_moment_that_can_not_be_read_does_not_move_the_clock(at_desk: AtDesk) -> None:
    desk = at_desk("gov_clerk")
    data = desk.open("/").values("/sign-out").to_dict()
    assert desk.post("/demo/clock", {**data, "to": "昨天"}).status == 404


def test_a_calendar_year_that_is_not_published_shows_as_provisional(
    story: Story, at_desk: AtDesk, move_clock: Callable[[str], object]
) -> None:
    move_clock("2027-12-30T10:00:00+08:00")
    story.start()
    story.to_initial()
    page = at_desk("sec1").open(f"/tasks/{story.item('sec1', 'UT_initial').id}")
    assert "不可靠" in page.main()
