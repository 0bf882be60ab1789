"""A second factor enrolled on the screen and given at the next sign-in, as a person does it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyotp
import pytest
from playwright.sync_api import expect

from engine.clock import ManualClock
from engine.startup import Engine
from tests.browser.person import Person
from tests.browser.visits import barriers
from web.demo import office

pytestmark = pytest.mark.browser

RIGHT = office.read()["password"]


def shows(engine: Engine, secret: str) -> str:
    """What the phone shows half a minute from now; the clock goes there."""
    assert isinstance(engine.system_clock, ManualClock)
    engine.system_clock.advance(seconds=30)
    return pyotp.TOTP(secret).at(int(engine.system_clock.now().timestamp()))


def test_it_is_enrolled_by_its_picture_and_asked_for_ever_after(
    demo: Engine, at_screen: Callable[..., Person]
) -> None:
    mayor = at_screen("mayor")
    page, said = mayor.page, []
    page.on("console", lambda message: said.append(message.text))
    mayor.open("/account/factor")
    page.fill("input[name=confirm]", RIGHT)
    page.get_by_role("button", name="开始登记").click()
    picture = page.get_by_role("img", name="登记第二因素的二维码")
    expect(picture).to_be_visible()
    assert picture.evaluate("it => it.complete && it.naturalWidth > 100")  # the policy admits it
    assert barriers(page) == []
    secret = "".join((page.locator(".gc-secret").text_content() or "").split())
    assert re.fullmatch("[A-Z2-7]{32}", secret)
    page.fill("#code", shows(demo, secret))
    page.get_by_role("button", name="确认登记").click()
    expect(page.locator(".gc-codes code")).to_have_count(10)
    recovery = page.locator(".gc-codes code").first.text_content() or ""
    assert [each for each in said if "policy" in each.lower()] == []

    at_home = at_screen("mayor", script=False, width=390)
    expect(at_home.page.locator("h1")).to_have_text("输入验证码")
    code = shows(demo, secret)
    at_home.page.fill("#code", code)
    at_home.page.get_by_role("button", name="继续登录").click()
    expect(at_home.page.locator("h1")).to_have_text("工作台")

    thief = at_screen("mayor")
    thief.page.fill("#code", code)  # seen over the shoulder
    thief.page.get_by_role("button", name="继续登录").click()
    expect(thief.page.get_by_role("alert")).to_contain_text("已经用过")

    without_phone = at_screen("mayor")
    without_phone.page.fill("#code", recovery)
    without_phone.page.get_by_role("button", name="继续登录").click()
    expect(without_phone.page.locator("h1")).to_have_text("工作台")


def test_a_phrase_goes_in_where_the_cursor_stands(
    demo: Engine, at_screen: Callable[..., Person]
) -> None:
    from engine import phrases
    from tests.story import Story

    told = Story(demo)
    phrases.add(demo, told.who("office_director"), "请抓紧办理。")
    told.start()
    told.prepare()
    told.register()
    told.initial()
    told.draft()
    director = at_screen("office_director")
    director.open(f"/tasks/{told.item('office_director', 'UT_office_head').id}")
    opinion = director.page.locator("#comment")
    opinion.fill("拟同意。呈报。")
    opinion.evaluate("it => it.setSelectionRange(4, 4)")
    director.page.get_by_text("常用语", exact=True).click()
    director.page.get_by_role("button", name="请抓紧办理。").click()
    expect(opinion).to_have_value("拟同意。请抓紧办理。呈报。")
    expect(director.page.locator("h1")).to_be_visible()
