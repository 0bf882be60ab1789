"""The mayor leaves, the executive vice-mayor signs for him, the mayor is back: in a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person
from tests.story import Story

pytestmark = pytest.mark.browser

Seat = Callable[..., Person]


def span(person: Person) -> None:
    person.page.fill("#f-starts_at", "2026-05-11T00:00")
    person.page.fill("#f-ends_at", "2026-05-16T00:00")


def confirm(person: Person, words: str) -> None:
    """Look at the effect, then press the button."""
    person.page.get_by_role("button", name="下一步：看影响").click()
    expect(person.page.locator("#effect")).to_be_visible()
    person.page.get_by_role("button", name=words).click()


@pytest.mark.parametrize("script", [True, False])
def test_a_trip_from_its_registration_to_the_list_read_on_return(
    at_screen: Seat, story: Story, script: bool
) -> None:
    story.at("2026-05-10T09:00:00+08:00")
    registrar = at_screen("sg", script=script)
    registrar.open("/admin/substitution/absences/new")
    registrar.page.select_option("#f-person_id", "mayor")
    registrar.page.select_option("#f-kind", "business_trip")
    span(registrar)
    confirm(registrar, "确认登记")
    expect(registrar.told).to_contain_text("已登记卫承远出差")
    registrar.open("/admin/substitution/mandates/new")
    registrar.page.select_option("#f-substitute_id", "evm")
    registrar.page.get_by_label("批示", exact=True).check()
    span(registrar)
    registrar.page.fill("#f-evidence", "市长5月10日当面委托。")
    confirm(registrar, "确认登记")
    expect(registrar.told).to_contain_text("编号代2026-1")

    story.at("2026-05-12T09:00:00+08:00")
    story.to_the_mayor()
    acting = at_screen("evm", script=script)
    acting.at_work("关于做好防汛工作的通知")
    expect(acting.page.locator("main")).to_contain_text(
        "以常务副市长身份（代行市长职务）批示，委托编号代2026-1"
    )
    acting.page.fill("#comment", "同意，抓好落实。")
    acting.act("approve")

    story.at("2026-05-16T00:00:01+08:00")
    mayor = at_screen("mayor", script=script, width=390)
    mayor.page.get_by_role("link", name="《代行期间签批事项清单》").click()
    expect(mayor.page.locator("h1")).to_have_text("代行期间签批事项清单")
    expect(mayor.page.locator("main")).to_contain_text("贺景舟（代行市长职务）")
    assert mayor.page.get_by_role("button", name="打印").count() == (1 if script else 0)
    mayor.page.get_by_role("button", name="已阅").click()
    expect(mayor.told).to_contain_text("已阅《代行期间签批事项清单》")
    mayor.open("/")
    expect(mayor.page.get_by_role("link", name="《代行期间签批事项清单》")).to_have_count(0)


def test_one_registers_and_ends_ones_own_absence(at_screen: Seat) -> None:
    person = at_screen("vm1")
    person.open("/account")
    expect(person.page.locator("main")).to_contain_text("AB角（全部分管领域）")
    person.page.get_by_role("link", name="登记外出").click()
    person.page.select_option("#f-kind", "leave")
    person.page.fill("#f-starts_at", "2026-02-12T08:00")
    person.page.fill("#f-ends_at", "2026-02-13T18:00")
    confirm(person, "确认登记")
    expect(person.told).to_contain_text("已登记闻人岚休假")
    person.page.get_by_role("link", name="取消").click()
    person.page.get_by_role("button", name="确认取消").click()
    expect(person.told).to_contain_text("已取消闻人岚的外出登记")
