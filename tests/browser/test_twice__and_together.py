"""Two clicks, the way back, two people at once, a session that runs out: once, and nothing lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from engine import instances
from engine.startup import Engine
from tests.browser.person import Person
from tests.story import Story

pytestmark = pytest.mark.browser

SAID = "同意呈送。请水利局核对数字。"


@pytest.fixture
def story(story: Story) -> Story:
    """A document before the head of the office."""
    story.start()
    story.to_initial()
    story.initial()
    story.draft()
    return story


def times_done(engine: Engine, story: Story, element: str) -> int:
    told = instances.history(engine, story.who("manager"), story.instance_id)
    return [(each.kind, each.element_id) for each in told].count(("item.completed", element))


@pytest.mark.parametrize("script", [True, False])
def test_two_clicks_submit_once(
    at_screen: Callable[..., Person], story: Story, demo: Engine, script: bool
) -> None:
    head = at_screen("office_director", script=script)
    head.open(f"/tasks/{story.item('office_director', 'UT_office_head').id}")
    head.page.fill("#comment", SAID)
    head.confirm()
    head.page.locator(".gc-decide .btn-primary").dblclick()
    expect(head.told).to_contain_text("已提交")
    assert times_done(demo, story, "UT_office_head") == 1
    assert [step for step, _ in story.open_steps()] == ["UT_dsg"]


def test_going_back_and_submitting_again_applies_once(
    at_screen: Callable[..., Person], story: Story, demo: Engine
) -> None:
    head = at_screen("office_director", script=False)
    task = story.item("office_director", "UT_office_head").id
    head.open(f"/tasks/{task}")
    head.page.fill("#comment", SAID)
    head.act("pass")
    expect(head.told).to_contain_text("已提交")
    head.page.go_back()
    head.page.wait_for_url(f"**/tasks/{task}")
    again = head.page.locator(".gc-decide .btn-primary")
    if again.count():
        head.confirm()
        again.click()
        expect(head.told).to_contain_text("已提交")
    else:
        assert "已由郗明哲" in head.text
    assert times_done(demo, story, "UT_office_head") == 1
    assert [step for step, _ in story.open_steps()] == ["UT_dsg"]


def test_of_two_at_once_the_second_reads_why_and_keeps_what_was_typed(
    at_screen: Callable[..., Person], demo: Engine
) -> None:
    story = Story(demo)
    story.start()
    story.prepare()
    task = story.item("docs", "UT_register").id
    first, second = at_screen("docs"), at_screen("docs2")
    entered = {"received_at": "2026-02-11T10:00", "class_checked": "none"}
    for person, copies in ((first, 3), (second, 7)):
        person.open(f"/tasks/{task}")
        person.fill({**entered, "copies": copies, "paper_seal_ok": True})
    first.act()
    expect(first.told).to_contain_text("已提交")
    second.act()
    refused = second.page.locator("[data-summary]")
    expect(refused).to_contain_text("邢以宁")
    expect(refused).to_contain_text("您填写的内容还在下面")
    assert "份数 7" in second.text
    assert second.page.locator(".gc-decide").count() == 0
    assert times_done(demo, story, "UT_register") == 1


@pytest.mark.parametrize("script", [True, False])
def test_a_session_that_runs_out_while_typing_loses_nothing(
    at_screen: Callable[..., Person], story: Story, demo: Engine, script: bool
) -> None:
    head = at_screen("office_director", script=script)
    head.open(f"/tasks/{story.item('office_director', 'UT_office_head').id}")
    head.page.fill("#comment", SAID)
    head.page.context.clear_cookies(name="guicheng_session")
    head.act("pass")
    expect(head.page.locator("main")).to_contain_text("登录已过期，内容没有丢")
    head.sign_in("office_director")
    expect(head.page.locator("main")).to_contain_text("您刚才填写的内容没有丢")
    head.page.get_by_role("button", name="回到刚才的页面").click()
    expect(head.page.locator("#comment")).to_have_value(SAID)
    assert times_done(demo, story, "UT_office_head") == 0
    head.act("pass")
    expect(head.told).to_contain_text("已提交")
    assert times_done(demo, story, "UT_office_head") == 1
    assert SAID in [each.text for each in story.see().opinions]


def test_a_draft_is_kept_by_itself_and_found_again(
    at_screen: Callable[..., Person], story: Story
) -> None:
    head = at_screen("office_director")
    task = story.item("office_director", "UT_office_head").id
    head.open(f"/tasks/{task}")
    head.page.locator("#comment").press_sequentially(SAID)
    expect(head.page.locator("[data-saved]")).to_contain_text("草稿已保存")
    other = at_screen("office_director", script=False)
    other.open("/?tab=drafts")
    other.page.locator("a.gc-title").click()
    expect(other.page.locator("#comment")).to_have_value(SAID)
    assert [step for step, _ in story.open_steps()] == ["UT_office_head"]


def test_who_gets_it_next_changes_with_the_button_in_focus(
    at_screen: Callable[..., Person], story: Story
) -> None:
    head = at_screen("office_director")
    head.open(f"/tasks/{story.item('office_director', 'UT_office_head').id}")
    following = head.page.locator("[data-next]")
    expect(following).to_contain_text("副秘书长审核　乔文岚")
    head.page.locator(".gc-decide-acts > button:not(.btn-primary)").first.focus()
    expect(following).to_contain_text("提出拟办意见")
