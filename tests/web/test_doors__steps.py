"""Coming in through the pages, without a script: steps, links, and what an attacker would try."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pyotp
import pytest
from flask import Flask

from engine import accounts
from engine.clock import ManualClock
from engine.startup import Engine
from tests.story import Story
from tests.web.desk import Desk
from web.app import create_app
from web.demo import office
from web.sessions import COOKIE, STEP

RIGHT = office.read()["password"]
GOOD = "Hutuo-River-88"


def code_of(engine: Engine, secret: str) -> str:
    """What the phone shows half a minute from now; the clock goes there."""
    assert isinstance(engine.system_clock, ManualClock)
    engine.system_clock.advance(seconds=30)
    return pyotp.TOTP(secret).at(int(engine.system_clock.now().timestamp()))


def enrolled(engine: Engine, username: str) -> str:
    """Somebody with a second factor; its secret."""
    actor = accounts.actor_named(engine, username)
    accounts.begin_factor(engine, actor, RIGHT)
    found = accounts.my_factor(engine, actor).enrolling
    assert found is not None
    accounts.confirm_factor(engine, actor, code_of(engine, found.secret))
    return found.secret


def test_the_code_is_asked_after_the_password_and_leads_where_one_wanted(
    app: Flask, engine: Engine
) -> None:
    secret = enrolled(engine, "docs")
    desk = Desk(app)
    desk.open("/instances?q=防汛")
    page = desk.submit("/sign-in", username="docs", password=RIGHT)
    assert page.heading == "输入验证码"
    assert desk.client.get_cookie(COOKIE) is None
    assert desk.open("/").heading == "登录"  # nothing opens half way
    desk.open("/sign-in/code?next=/instances")
    assert "验证码不对" in desk.submit("/sign-in/code", code="000000").text
    page = desk.submit("/sign-in/code", code=code_of(engine, secret))
    assert (page.status, page.heading) == (200, "事项查询")
    assert desk.client.get_cookie(STEP, path="/sign-in") is None


def test_what_was_typed_survives_the_second_factor(
    app: Flask, engine: Engine, story: Story
) -> None:
    story.start()
    task = story.item("gov_clerk", "UT_prepare").id
    secret = enrolled(engine, "gov_clerk")
    desk = Desk(app)
    desk.sign_in("gov_clerk")
    desk.submit("/sign-in/code", code=code_of(engine, secret))
    desk.open(f"/tasks/{task}")
    desk.client.delete_cookie(COOKIE)
    page = desk.submit(f"/tasks/{task}", do="draft", **{"v.title": "写了一半的标题"})
    assert (page.status, "内容没有丢" in page.text) == (401, True)
    page = desk.submit("/sign-in", username="gov_clerk", password=RIGHT)
    assert page.heading == "输入验证码"
    page = desk.submit("/sign-in/code", code="000000")  # a slip keeps it too
    page = desk.submit("/sign-in/code", code=code_of(engine, secret))
    assert "内容都在" in page.text
    page = desk.submit(f"/tasks/{task}", do="refresh")
    assert "写了一半的标题" in page.source


def test_a_demanded_factor_is_enrolled_on_the_way_in(app: Flask, engine: Engine) -> None:
    accounts.demand_of_roles(engine, accounts.actor_named(engine, "secadmin"), ["audit_admin"])
    desk = Desk(app)
    page = desk.sign_in("auditadmin")
    assert page.heading == "先登记第二因素"
    [picture] = page.tree.xpath("//main//img/@src")
    assert picture.startswith("data:image/svg+xml")
    secret = "".join(page.tree.xpath("string(//code)").split())
    assert "手机时间" in desk.submit("/sign-in/enrol", code="000000").text
    page = desk.submit("/sign-in/enrol", code=code_of(engine, secret))
    assert page.heading == "第二因素已启用"
    assert len(page.tree.xpath("//main//li/code")) == 10
    assert desk.open(page.links("已经记下")[0]).heading == "工作台"


def test_a_link_sets_the_password_once(app: Flask, engine: Engine) -> None:
    link = accounts.renewed(engine, "gov_clerk")
    desk = Desk(app)
    page = desk.open(f"/entry/{link.secret}")
    assert "gov_clerk" in page.text
    desk.open(f"/entry/{link.secret}")  # looking uses nothing up
    page = desk.submit("/entry", new="Aa123456", again="Aa123456")
    assert (page.status, "太常见" in page.text) == (422, True)
    page = desk.submit("/entry", new=GOOD, again=GOOD)
    assert "密码已设好" in page.text
    assert desk.submit("/sign-in", username="gov_clerk", password=GOOD).heading == "工作台"
    spent = Desk(app).open(f"/entry/{link.secret}")
    assert (spent.status, "已经用过" in spent.text) == (404, True)
    assert Desk(app).open("/entry/guessed").status == 404


def test_a_temporary_password_is_changed_before_anything_opens(app: Flask, engine: Engine) -> None:
    clerk = accounts.actor_named(engine, "gov_clerk").account_id
    secadmin = accounts.actor_named(engine, "secadmin")
    given = accounts.reset_password(engine, secadmin, clerk, by_link=False).secret
    desk = Desk(app)
    assert desk.sign_in("gov_clerk", given).heading == "先设置新密码"
    assert desk.open("/").heading == "登录"
    desk.sign_in("gov_clerk", given)
    page = desk.submit("/sign-in/password", new=given, again=given)
    assert "不能与现在的密码相同" in page.text
    assert desk.submit("/sign-in/password", new=GOOD, again=GOOD).heading == "工作台"


# ---- what an attacker would try ---------------------------------------------------------------


def test_a_session_cookie_planted_before_is_replaced(app: Flask) -> None:
    desk = Desk(app)
    desk.client.set_cookie(COOKIE, "planted")
    before = desk.open("/sign-in").values("/sign-in")["csrf_token"]
    desk.submit("/sign-in", username="gov_clerk", password=RIGHT)
    cookie = desk.client.get_cookie(COOKIE)
    assert cookie is not None
    assert cookie.value != "planted"
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert desk.page is not None
    after = desk.page.values("/account/size")["csrf_token"]
    refused = desk.post("/account/size", {"csrf_token": before, "size": "large"})
    assert (refused.status, before == after) == (400, False)


@pytest.mark.parametrize("path", ["/sign-in", "/account/password", "/account/factor/begin"])
def test_nothing_is_taken_without_the_pages_own_token(
    at_desk: Callable[[str], Desk], path: str
) -> None:
    data = {"username": "gov_clerk", "password": RIGHT, "old": RIGHT, "new": GOOD, "again": GOOD}
    page = at_desk("gov_clerk").post(path, data)
    assert (page.status, "没有提交" in page.text) == (400, True)


@pytest.mark.parametrize("away", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_no_step_leads_off_to_another_site(app: Flask, engine: Engine, away: str) -> None:
    secret = enrolled(engine, "docs")
    desk = Desk(app)
    desk.open("/sign-in")
    assert desk.page is not None
    data = dict(desk.page.values("/sign-in")) | {
        "username": "docs",
        "password": RIGHT,
        "next": away,
    }
    answer = desk.client.post("/sign-in", data=data)
    assert (answer.status_code, "evil" in answer.location) == (303, False)
    desk.open(f"/sign-in/code?next={away}")
    assert desk.page is not None
    data = dict(desk.page.values("/sign-in/code")) | {"code": code_of(engine, secret), "next": away}
    answer = desk.client.post("/sign-in/code", data=data)
    assert (answer.status_code, answer.location) == (303, "/")


def test_the_door_says_the_same_to_every_name(app: Flask) -> None:
    told = set()
    for name in ("gov_clerk", "nobody.here"):
        page = Desk(app).sign_in(name, "Wrong-guess-1")
        told.add((page.status, page.text))
    assert len(told) == 1


def test_one_password_tried_on_many_names_is_stopped(engine: Engine) -> None:
    few = replace(engine, settings=replace(engine.settings, rate_limit=100))
    app = create_app(few)
    desk = Desk(app)
    seen = [desk.sign_in(f"name{number}", "Guess-2026").status for number in range(21)]
    assert seen == [401] * 20 + [429]
    assert "秒后再试" in Desk(app).sign_in("gov_clerk").text  # for a minute, not for good


def test_no_page_with_a_secret_is_kept_by_the_browser(
    app: Flask, engine: Engine, at_desk: Callable[[str], Desk]
) -> None:
    desk, secadmin = at_desk("docs"), at_desk("secadmin")
    desk.open("/account/factor")
    pages = [desk.submit("/account/factor/begin", confirm=RIGHT)]
    pages.append(Desk(app).open(f"/entry/{accounts.renewed(engine, 'mayor').secret}"))
    clerk = accounts.actor_named(engine, "gov_clerk").account_id
    secadmin.open(f"/admin/accounts/{clerk}")
    pages.append(secadmin.submit(f"/admin/accounts/{clerk}/reset", way="password"))
    secadmin.open("/admin/tokens")
    pages.append(secadmin.submit("/admin/tokens", name="对接", username="docs", days="1"))
    assert [page.headers["Cache-Control"] for page in pages] == ["no-store"] * 4
    assert "no-store" not in desk.open("/").headers["Cache-Control"]
