"""The sign-in page: refusals that give nothing away, the lock, the accounts of a demo."""

from __future__ import annotations

import pytest
from flask import Flask

from engine.startup import Engine
from tests.web.desk import Desk
from web.app import create_app
from web.demo import office


@pytest.mark.parametrize(("username", "password"), [("gov_clerk", "wrong"), ("nobody", "wrong")])
def test_a_wrong_password_and_a_wrong_name_read_the_same(
    app: Flask, username: str, password: str
) -> None:
    page = Desk(app).sign_in(username, password)
    assert page.status == 401
    assert "用户名或密码不对。" in page.main()
    assert page.values("/sign-in")["username"] == username
    assert page.values("/sign-in").get("password") is None


def test_after_five_wrong_passwords_even_the_right_one_waits(app: Flask) -> None:
    desk = Desk(app)
    for _ in range(5):
        desk.sign_in("gov_clerk", "wrong")
    page = desk.sign_in("gov_clerk")
    assert page.status == 401
    assert "锁定" in page.main()


def test_signing_out_ends_the_session(app: Flask) -> None:
    desk = Desk(app, "gov_clerk")
    desk.open("/")
    assert desk.submit("/sign-out").path == "/sign-in"
    assert desk.open("/").path == "/sign-in"


def test_only_a_demo_installation_tells_its_accounts(engine: Engine, app: Flask) -> None:
    assert "Guicheng-2023" not in Desk(app).open("/sign-in").source
    demo = create_app(engine)
    office.invite(demo, engine)
    page = Desk(demo).open("/sign-in")
    assert "密码都是 Guicheng-2023" in page.main()
    assert "gov_clerk" in page.main()
    assert "市政府办公室经办人" in page.main()
