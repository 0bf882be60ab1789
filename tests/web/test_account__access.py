"""我的账号, without a script: password, sessions, second factor, phrases on a task."""

from __future__ import annotations

from collections.abc import Callable

import pyotp
from flask import Flask

from engine import phrases
from engine.clock import ManualClock
from engine.startup import Engine
from tests.story import Story
from tests.web.desk import Desk
from web.demo import office

RIGHT = office.read()["password"]
GOOD = "Hutuo-River-88"
PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile Safari/537.36"}


def test_the_password_is_changed_and_other_places_are_signed_out(
    app: Flask, at_desk: Callable[[str], Desk]
) -> None:
    here, there = at_desk("gov_clerk"), at_desk("gov_clerk")
    here.open("/account/password")
    wrong = here.submit("/account/password", old="wrong", new=GOOD, again=GOOD)
    assert (wrong.status, "现在的密码不对" in wrong.text) == (422, True)
    [marked] = wrong.tree.xpath("//input[@aria-invalid='true']/@name")
    assert marked == "old"
    weak = here.submit("/account/password", old=RIGHT, new="Aa123456", again="Aa123456")
    assert "太常见" in weak.text
    done = here.submit("/account/password", old=RIGHT, new=GOOD, again=GOOD)
    assert "密码已修改。另外1处登录已经退出。" in done.text
    assert there.open("/").heading == "登录"
    assert Desk(app).sign_in("gov_clerk", GOOD).heading == "工作台"


def test_my_sessions_are_listed_by_device_and_ended(app: Flask) -> None:
    phone, here = Desk(app), Desk(app, "gov_clerk")
    page = phone.open("/sign-in")
    data = dict(page.values("/sign-in")) | {"username": "gov_clerk", "password": RIGHT}
    phone.post("/sign-in", data, **PHONE)
    page = here.open("/account/sessions")
    assert "安卓手机 · Chrome 浏览器" in page.text
    assert page.text.count("这里") == 1
    page = here.submit("/account/sessions/")
    assert "这处登录已经退出" in page.text
    assert phone.open("/").heading == "登录"
    assert "没有别处的登录" in here.submit("/account/sessions/end-others").text


def test_the_second_factor_is_enrolled_shown_once_and_stopped(app: Flask, engine: Engine) -> None:
    desk = Desk(app, "gov_clerk")
    desk.open("/account/factor")
    assert "现在的密码不对" in desk.submit("/account/factor/begin", confirm="wrong").text
    page = desk.submit("/account/factor/begin", confirm=RIGHT)
    assert page.tree.xpath("//img/@src")[0].startswith("data:image/svg+xml")
    secret = "".join(page.tree.xpath("string(//code)").split())
    code = pyotp.TOTP(secret).at(int(engine.system_clock.now().timestamp()))
    page = desk.submit("/account/factor/confirm", code=code)
    codes = page.tree.xpath("//main//li/code/text()")
    assert len(codes) == 10
    page = desk.open("/account/factor")
    assert codes[0] not in page.source
    assert secret not in page.source
    assert "已启用" in page.text
    page = desk.submit("/account/factor/codes", confirm=RIGHT)
    assert not set(codes) & set(page.tree.xpath("//main//li/code/text()"))
    desk.open("/account/factor")
    assert isinstance(engine.system_clock, ManualClock)
    engine.system_clock.advance(seconds=30)
    code = pyotp.TOTP(secret).at(int(engine.system_clock.now().timestamp()))
    assert "第二因素已停用" in desk.submit("/account/factor/stop", confirm=code).text
    assert Desk(app).sign_in("gov_clerk").heading == "工作台"


def test_phrases_are_kept_and_put_into_an_opinion(app: Flask, engine: Engine, story: Story) -> None:
    desk = Desk(app, "office_director")
    desk.open("/account/phrases")
    for text in ("同意。", "请按程序办理。"):
        page = desk.submit("/account/phrases/new", text=text)
    second = phrases.mine(engine, story.who("office_director"))[1].id
    page = desk.submit(f"/account/phrases/{second}", do="up")
    shown = page.tree.xpath("//li//input[@name='text']/@value")
    assert shown == ["请按程序办理。", "同意。"]
    page = desk.submit(f"/account/phrases/{second}", do="save", text="请抓紧办理。")
    assert "已保存" in page.text
    assert "最多200个字" in desk.submit("/account/phrases/new", text="长" * 201).text

    story.start()
    story.prepare()
    story.register()
    story.initial()
    story.draft()
    task = story.item("office_director", "UT_office_head").id
    page = desk.open(f"/tasks/{task}")
    assert "请抓紧办理。" in page.buttons(f"/tasks/{task}")
    page = desk.submit(f"/tasks/{task}", do=f"phrase:{second}", comment="拟同意。")
    assert page.values(f"/tasks/{task}")["comment"].strip() == "拟同意。请抓紧办理。"
    page = desk.submit(f"/tasks/{task}", do="phrase:somebody-elses")
    assert page.values(f"/tasks/{task}")["comment"].strip() == "拟同意。请抓紧办理。"
    desk.open("/account/phrases")
    page = desk.submit("/account/phrases/new", org="not-mine", text="不属于我。")
    assert page.status == 404
    (unit,) = phrases.of_units(engine, story.who("office_director"))
    desk.open("/account/phrases")
    page = desk.submit("/account/phrases/new", org=unit.org, text="本室统一用语。")
    assert "本室统一用语。" in page.source
    assert "本室统一用语。" in desk.open(f"/tasks/{task}").buttons(f"/tasks/{task}")
    desk.open("/account/phrases")
    desk.submit(f"/account/phrases/{second}", do="delete")
    assert len(phrases.mine(engine, story.who("office_director"))) == 1
