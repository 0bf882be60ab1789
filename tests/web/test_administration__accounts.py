"""The security administrator's rooms, without a script: accounts, sessions, tokens."""

from __future__ import annotations

from flask import Flask

from engine import accounts
from engine.startup import Engine
from tests.web.desk import Desk

GOOD = "Hutuo-River-88"


def id_of(engine: Engine, username: str) -> str:
    return accounts.actor_named(engine, username).account_id


def test_an_account_is_opened_and_its_link_leads_its_owner_in(app: Flask, engine: Engine) -> None:
    desk = Desk(app, "secadmin")
    person = accounts.actor_named(engine, "xinfu_clerk").person_id
    desk.open("/admin/accounts/new")
    wrong = desk.submit(
        "/admin/accounts/new", person=person, username="new.clerk", role=["staff", "designer"]
    )
    assert (wrong.status, "三员分立" in wrong.text) == (422, True)
    assert wrong.values("/admin/accounts/new")["username"] == "new.clerk"
    page = desk.submit(
        "/admin/accounts/new", person=person, username="new.clerk", role="staff", way="link"
    )
    assert "账号已开设" in page.heading
    link = page.tree.xpath("string(//code)")
    assert link not in desk.open("/admin/accounts").source
    owner = Desk(app)
    owner.open(link.partition("localhost")[2])
    owner.submit("/entry", new=GOOD, again=GOOD)
    assert owner.submit("/sign-in", username="new.clerk", password=GOOD).heading == "工作台"
    assert "new.clerk" in desk.open("/admin/accounts?q=new.c").text


def test_an_account_is_changed_closed_and_opened_again(app: Flask, engine: Engine) -> None:
    desk, clerk = Desk(app, "secadmin"), Desk(app, "gov_clerk")
    path = f"/admin/accounts/{id_of(engine, 'gov_clerk')}"
    desk.open(path)
    page = desk.submit(f"{path}/roles", role=["staff", "manager"])
    assert "角色已修改" in page.text
    assert clerk.open("/").heading == "登录"
    assert "下次登录起生效" in desk.submit(f"{path}/factor", do="demand").text
    page = desk.submit(f"{path}/disable")
    assert "账号已停用" in page.text
    assert "用户名或密码不对" in clerk.sign_in("gov_clerk").text
    assert "账号已启用" in desk.submit(f"{path}/enable").text
    desk.open(path)
    page = desk.submit(f"{path}/reset", way="password")
    given = page.tree.xpath("string(//code)")
    assert clerk.sign_in("gov_clerk", given).heading == "先设置新密码"


def test_a_locked_account_is_seen_and_unlocked(app: Flask, engine: Engine) -> None:
    for _ in range(5):
        Desk(app).sign_in("gov_clerk", "wrong")
    desk = Desk(app, "secadmin")
    path = f"/admin/accounts/{id_of(engine, 'gov_clerk')}"
    assert "锁定至" in desk.open(path).text
    assert "已解除锁定" in desk.submit(f"{path}/unlock").text
    assert Desk(app, "gov_clerk").open("/").heading == "工作台"


def test_his_own_account_he_leaves_alone(app: Flask, engine: Engine) -> None:
    desk = Desk(app, "secadmin")
    path = f"/admin/accounts/{id_of(engine, 'secadmin')}"
    page = desk.open(path)
    assert "另一位安全保密管理员" in page.text
    assert page.tree.xpath(f"//form[starts-with(@action, '{path}')]") == []
    token = page.values("/sign-out")["csrf_token"]
    refused = desk.post(f"{path}/roles", {"csrf_token": token, "role": "system_admin"})
    assert (refused.status, "自己的账号" in refused.text) == (403, True)


def test_roles_that_need_a_second_factor_are_ticked(app: Flask) -> None:
    desk = Desk(app, "secadmin")
    desk.open("/admin/accounts")
    page = desk.submit("/admin/accounts/demand", role=["system_admin", "audit_admin"])
    assert "已保存" in page.text
    assert page.tree.xpath("//input[@name='role'][@checked]/@value") == [
        "system_admin",
        "audit_admin",
    ]
    assert Desk(app).sign_in("auditadmin").heading == "先登记第二因素"


def test_sessions_are_seen_and_ended(app: Flask, engine: Engine) -> None:
    clerk, desk = Desk(app, "gov_clerk"), Desk(app, "secadmin")
    page = desk.open(f"/admin/sessions?account={id_of(engine, 'gov_clerk')}")
    page = desk.submit("/admin/sessions/")
    assert "已经结束" in page.text
    assert clerk.open("/").heading == "登录"
    Desk(app, "gov_clerk")
    path = f"/admin/accounts/{id_of(engine, 'gov_clerk')}"
    desk.open(path)
    assert "已退出1处登录" in desk.submit(f"{path}/sessions/end").text


def test_a_token_is_issued_shown_once_and_taken_back(app: Flask) -> None:
    desk = Desk(app, "secadmin")
    desk.open("/admin/tokens")
    wrong = desk.submit("/admin/tokens", name="对接", username="nobody", days="30")
    assert (wrong.status, "没有账号" in wrong.text) == (404, True)
    page = desk.submit("/admin/tokens", name="与财政对接", username="gov_clerk", days="30")
    token = page.tree.xpath("string(//code)")
    asked = {"headers": {"Authorization": f"Bearer {token}"}}
    assert app.test_client().get("/api/v1/tasks", **asked).status_code == 200
    page = desk.open("/admin/tokens")
    assert token not in page.source
    assert "没有用过" not in page.text
    assert "令牌已撤回" in desk.submit("/admin/tokens/").text
    assert app.test_client().get("/api/v1/tasks", **asked).status_code == 401
