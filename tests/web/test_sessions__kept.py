"""A session that runs out while somebody types: sign in again, nothing is lost, nothing is shown to
another person."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.story import Story
from tests.web.desk import Desk, Page
from web.demo import office
from web.sessions import COOKIE

AtDesk = Callable[[str], Desk]
SAID = "同意。\n请抓紧落实“四个到位”&<b>不是标签</b>。"


@pytest.fixture
def where(story: Story) -> str:
    """The address of a step before the head of the office."""
    story.start()
    story.to_initial()
    story.initial()
    story.draft()
    return f"/tasks/{story.item('office_director', 'UT_office_head').id}"


def typed_too_long(desk: Desk, where: str) -> Page:
    """Fill in the opinion, lose the session, press the button."""
    desk.open(where)
    desk.client.delete_cookie(COOKIE)
    return desk.submit(where, do="complete:pass", comment=SAID)


def enter(desk: Desk, username: str) -> Page:
    return desk.submit("/sign-in", username=username, password=office.read()["password"])


def test_what_was_typed_comes_back_to_the_same_step(
    story: Story, at_desk: AtDesk, where: str
) -> None:
    desk = at_desk("office_director")
    asked = typed_too_long(desk, where)
    assert asked.status == 401
    assert "登录已过期，内容没有丢" in asked.text
    welcome = enter(desk, "office_director")
    assert "您刚才填写的内容没有丢，也还没有提交" in welcome.main()
    back = desk.submit(where, do="refresh")
    assert back.values(where)["comment"].replace("\r\n", "\n") == SAID
    assert [step for step, _ in story.open_steps()] == ["UT_office_head"]
    done = desk.submit(where, do="complete:pass")
    assert "已提交" in done.main()
    assert SAID in [each.text for each in story.see().opinions]


def test_a_wrong_password_on_the_way_back_still_loses_nothing(at_desk: AtDesk, where: str) -> None:
    desk = at_desk("office_director")
    typed_too_long(desk, where)
    refused = desk.submit("/sign-in", username="office_director", password="wrong")
    assert refused.status == 401
    enter(desk, "office_director")
    assert desk.submit(where, do="refresh").values(where)["comment"].replace("\r\n", "\n") == SAID


def test_another_person_at_the_same_screen_does_not_get_it(at_desk: AtDesk, where: str) -> None:
    desk = at_desk("office_director")
    typed_too_long(desk, where)
    page = enter(desk, "water_clerk")
    assert "四个到位" not in page.source
    assert page.path == "/" or page.status == 404


def test_what_was_kept_can_not_be_forged(at_desk: AtDesk, where: str) -> None:
    desk = at_desk("office_director")
    asked = typed_too_long(desk, where)
    kept = asked.values("/sign-in")["kept"]
    page = desk.submit(
        "/sign-in",
        username="office_director",
        password=office.read()["password"],
        kept=kept[:-4] + "AAAA",
    )
    assert "四个到位" not in page.source


def test_a_page_asked_for_without_a_session_opens_after_signing_in(
    at_desk: AtDesk, app: object, where: str
) -> None:
    desk = at_desk("office_director")
    desk.client.delete_cookie(COOKIE)
    asked = desk.open(where)
    assert asked.path == "/sign-in"
    assert enter(desk, "office_director").path == where


def test_signing_in_leads_to_no_other_site(at_desk: AtDesk) -> None:
    desk = at_desk("office_director")
    desk.client.delete_cookie(COOKIE)
    for away in ("https://example.org/", "//example.org", "/\\example.org"):
        desk.open(f"/sign-in?next={away}")
        assert enter(desk, "office_director").path == "/"


def test_a_script_is_told_that_the_session_is_over(at_desk: AtDesk, where: str) -> None:
    desk = at_desk("office_director")
    data = desk.open(where).values(where)
    desk.client.delete_cookie(COOKIE)
    answer = desk.client.post(f"{where}/draft", data=data, headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
