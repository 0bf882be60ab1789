"""The list of what was signed in somebody's place: made on return, once, for whom it concerns."""

from __future__ import annotations

from uuid import uuid4

import pytest

from engine import signing_lists
from engine.clock import parse_moment
from engine.errors import NotAllowed, NotFound
from engine.startup import Engine
from engine.substitution import AddAbsence, GiveMandate, RevokeMandate
from tests.engine.test_substitution__changes import DURING, END, START, make
from tests.story import Story


@pytest.fixture
def story(any_engine: Engine) -> Story:
    """The mayor is away and has entrusted the executive vice-mayor."""
    told = Story(any_engine)
    told.at("2026-05-10T09:00:00+08:00")
    make(told, "sg", AddAbsence("mayor", "business_trip", START, END))
    mandate = GiveMandate("mayor", "evm", ("instruct",), START, END, "市长当面委托")
    told.mandate = str(make(told, "sg", mandate)["id"])  # type: ignore[attr-defined]
    told.at(DURING)
    return told


def signed(story: Story) -> None:
    story.to_the_mayor()
    story.do("evm", "UT_mayor", "approve", comment="同意。")


def lists(story: Story, username: str) -> list[str]:
    return [each.id for each in signing_lists.find(story.engine, story.who(username))]


def test_on_return_there_is_one_list_with_every_signature(story: Story) -> None:
    signed(story)
    signed(story)
    assert lists(story, "mayor") == []
    story.at("2026-05-16T00:00:00+08:00")
    story.at("2026-05-20T00:00:00+08:00")
    [made] = lists(story, "mayor")
    found = signing_lists.get(story.engine, story.who("mayor"), made)
    assert (found.name, found.number, len(found.signings)) == (
        "代行期间签批事项清单",
        "代2026-1",
        2,
    )
    row = found.signings[0]
    assert (row.signature, row.decision, row.opinion) == (
        "贺景舟（代行市长职务）",
        "同意",
        "同意。",
    )
    assert row.link


def test_revoking_makes_the_list_at_once_and_later_signatures_go_on_the_next(story: Story) -> None:
    signed(story)
    make(story, "sg", RevokeMandate(story.mandate))  # type: ignore[attr-defined]
    story.at("2026-05-12T10:00:00+08:00")
    assert len(lists(story, "mayor")) == 1
    again = GiveMandate(
        "mayor", "evm", ("instruct",), parse_moment("2026-05-13T00:00:00+08:00"), END, "再次委托"
    )
    make(story, "sg", again)
    story.at("2026-05-13T09:00:00+08:00")
    signed(story)
    story.at("2026-05-16T00:00:00+08:00")
    found = signing_lists.find(story.engine, story.who("mayor"))
    assert [each.number for each in found] == ["代2026-2", "代2026-1"]


def test_nothing_signed_makes_no_list(story: Story) -> None:
    story.at("2026-05-16T00:00:00+08:00")
    assert lists(story, "mayor") == []


def test_who_was_away_notes_it_and_nobody_else_can(story: Story) -> None:
    signed(story)
    story.at("2026-05-16T00:00:00+08:00")
    engine = story.engine
    [made] = lists(story, "sg")
    assert [each.id for each in signing_lists.unread(engine, story.who("mayor"))] == [made]
    for username in ("sg", "evm"):
        with pytest.raises(NotAllowed):
            signing_lists.mark_read(engine, story.who(username), made, key=uuid4().hex)
    for username in ("vm1", "gov_clerk", "manager", "sysadmin"):
        with pytest.raises(NotFound):
            signing_lists.get(engine, story.who(username), made)
    first, again = (
        signing_lists.mark_read(engine, story.who("mayor"), made, key="read") for _ in range(2)
    )
    assert (first["repeated"], again["repeated"]) == (False, True)
    assert signing_lists.unread(engine, story.who("mayor")) == ()


def test_registrars_see_titles_on_the_list_but_no_way_into_what_is_not_theirs(
    story: Story,
) -> None:
    signed(story)
    story.at("2026-05-16T00:00:00+08:00")
    [made] = lists(story, "sg")
    director = signing_lists.get(story.engine, story.who("sg"), made)
    assert director.signings[0].link  # the secretary-general has handled it himself
    assert director.signings[0].title
