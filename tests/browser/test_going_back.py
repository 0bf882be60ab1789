"""Withdrawing and returning as people see it: choose, see what it undoes, confirm — with and
without JavaScript, on a desk and on a telephone, without barriers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from engine.startup import Engine
from tests.browser.person import Person
from tests.browser.visits import barriers
from tests.diagrams import flow
from tests.engine.desks import begin, done, step
from tests.story import Story

pytestmark = pytest.mark.browser
LINE = (
    step("A", "gov_clerk")
    + step("B", "docs")
    + step("C", "sec1", verbs="return,withdraw")
    + flow("S", "A", "B", "C", "E")
)


@pytest.fixture
def line(demo: Engine, tmp_path: Path) -> Story:
    """A has been done, B lies before the document section."""
    story = begin(demo, tmp_path, LINE)
    story.do("gov_clerk", "A", note="初稿")
    return story


def menu(person: Person, words: str, where: str = ".gc-decide") -> None:
    """Choose a verb from the menu of further things to do."""
    person.page.locator(f"{where} .gc-menu:not(.gc-say) > summary").first.click()
    person.page.locator(f"{where} .gc-menu-list a", has_text=words).first.click()


def look(person: Person) -> None:
    """See what it will do; the page has no barriers."""
    person.page.get_by_role("button", name="下一步", exact=True).last.click()
    if person.script:
        assert barriers(person.page, colours=False) == []


@pytest.mark.parametrize("script", [True, False])
def test_one_takes_back_what_one_has_just_submitted(
    at_screen: Callable[..., Person], line: Story, script: bool
) -> None:
    clerk = at_screen("gov_clerk", script=script)
    clerk.open(f"/tasks/{done(line, 'gov_clerk', 'A')}")
    menu(clerk, "撤回", ".gc-head-acts")
    look(clerk)
    assert "“B步”作废，会通知到人" in clerk.text
    clerk.page.get_by_role("button", name="确认撤回").click()
    expect(clerk.told).to_contain_text("已撤回，“A步”回到您名下")
    expect(clerk.page.locator('[name="v.note"]')).to_have_value("初稿")
    assert line.open_steps() == [("A", line.who("gov_clerk").name)]


@pytest.mark.parametrize(("script", "width"), [(True, 1440), (False, 390)])
def test_one_gives_it_back_to_a_step_one_chooses(
    at_screen: Callable[..., Person], line: Story, script: bool, width: int
) -> None:
    line.do("docs", "B", note="核过")
    section = at_screen("sec1", script=script, width=width)
    section.open(f"/tasks/{line.item('sec1', 'C').id}")
    menu(section, "退回")
    look(section)
    assert "退回理由" in section.text  # what is missing is said
    choose(section, "#f-target", "A步")
    section.page.select_option("#f-mode", "walk")
    section.page.fill("#f-reason", "附件不全，请补齐。")
    look(section)
    assert f"“A步”重新送{line.who('gov_clerk').name}办理" in section.text
    assert f"已办的“B步”（{line.who('docs').name}）作废" in section.text
    section.page.get_by_role("button", name="确认退回").click()
    expect(section.told).to_contain_text("已退回到“A步”")
    assert line.open_steps() == [("A", line.who("gov_clerk").name)]
    clerk = at_screen("gov_clerk", script=script, width=width)
    clerk.open(f"/tasks/{line.item('gov_clerk', 'A').id}")
    assert "附件不全，请补齐。" in clerk.text


def test_corrected_alone_it_comes_back_to_who_asked(
    at_screen: Callable[..., Person], line: Story
) -> None:
    line.do("docs", "B", note="核过")
    section = at_screen("sec1")
    section.open(f"/tasks/{line.item('sec1', 'C').id}")
    menu(section, "退回")
    choose(section, "#f-target", "A步")
    section.page.select_option("#f-mode", "direct")
    section.page.fill("#f-reason", "请改正金额。")
    look(section)
    section.page.get_by_role("button", name="确认退回").click()
    expect(section.told).to_contain_text("改好后回到您这里")
    clerk = at_screen("gov_clerk")
    clerk.open(f"/tasks/{line.item('gov_clerk', 'A').id}")
    clerk.page.fill('[name="v.note"]', "改过")
    clerk.act()
    expect(clerk.told).to_contain_text("已提交")
    assert line.open_steps() == [("C", line.who("sec1").name)]


def choose(person: Person, place: str, words: str) -> None:
    """Select the option that begins with these words."""
    options = person.page.locator(f"{place} option")
    label = next(each for each in options.all_inner_texts() if each.startswith(words))
    person.page.select_option(place, label=label)
