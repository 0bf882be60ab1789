"""Pictures of coming in and of one's own access, and the rooms of accounts as they fill."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyotp
from playwright.sync_api import Page

from engine import accounts, phrases
from engine.clock import ManualClock
from engine.startup import Engine
from tests.screens.picture import Doing, Picture
from web.demo import office as demo

if TYPE_CHECKING:
    from tests.screens.office import Office

WITH_FACTOR, MUST_ENROL, NEWCOMER = "vm1", "judicial_clerk", "xinfu_clerk"


def tell(engine: Engine) -> dict[str, str]:
    """Second factors, phrases, tokens, a lock; what was handed over once, by name."""
    password = demo.read()["password"]
    secadmin = accounts.actor_named(engine, "secadmin")
    leader = accounts.actor_named(engine, WITH_FACTOR)
    accounts.begin_factor(engine, leader, password)
    enrolling = accounts.my_factor(engine, leader).enrolling
    assert enrolling is not None
    assert isinstance(engine.system_clock, ManualClock)
    at = int(engine.system_clock.now().timestamp())
    accounts.confirm_factor(engine, leader, pyotp.TOTP(enrolling.secret).at(at))
    accounts.begin_factor(engine, accounts.actor_named(engine, "dsg2"), password)
    person = accounts.actor_named(engine, MUST_ENROL)
    accounts.demand_of_account(engine, secadmin, person.account_id, True)
    for text in ("同意。", "拟同意，呈景舟同志批示。", "请按程序办理。", "请抓紧研究，提出意见。"):
        phrases.add(engine, accounts.actor_named(engine, "dsg1"), text)
    accounts.grant_token(
        engine, secadmin, "finance_clerk", name="与财政一体化系统对接", scope=["read"], days=90
    )
    newcomer = accounts.actor_named(engine, NEWCOMER).account_id
    given = accounts.reset_password(engine, secadmin, newcomer, by_link=False).secret
    return {"password": given, "link": accounts.renewed(engine, "xinfu_head").secret}


def pictures(office: Office) -> Iterator[Picture]:
    """Every page of access."""
    yield Picture("03-step-code", None, "/sign-in", _as(WITH_FACTOR))
    yield Picture("03-step-code-wrong", None, "/sign-in", _wrong_code)
    yield Picture("03-step-enrol", None, "/sign-in", _as(MUST_ENROL))
    yield Picture("03-step-password", None, "/sign-in", _as(NEWCOMER, office.once["password"]))
    yield Picture("03-link", None, f"/entry/{office.once['link']}")
    yield Picture("03-link-spent", None, "/entry/spent")
    yield Picture("04-password", "dsg1", "/account/password")
    yield Picture("04-password-wrong", "dsg1", "/account/password", _weak)
    yield Picture("04-sessions", "dsg1", "/account/sessions")
    yield Picture("04-factor", "dsg1", "/account/factor")
    yield Picture("04-factor-enrolling", "dsg2", "/account/factor")
    yield Picture("04-phrases", "dsg1", "/account/phrases")
    yield Picture("04-phrases-empty", "evm", "/account/phrases")
    mayor = accounts.actor_named(office.engine, "mayor").account_id
    own = accounts.actor_named(office.engine, "secadmin").account_id
    rooms = "/admin/accounts"
    yield Picture("86-accounts-found", "secadmin", f"{rooms}?q=财政")
    yield Picture("86-accounts-none", "secadmin", f"{rooms}?q=没有这个人")
    yield Picture("86-account", "secadmin", f"{rooms}/{mayor}")
    yield Picture("86-account-own", "secadmin", f"{rooms}/{own}")
    yield Picture("86-account-new", "secadmin", f"{rooms}/new")
    yield Picture("86-account-new-refused", "secadmin", f"{rooms}/new", _excluded)
    yield Picture("87-sessions-one", "secadmin", f"/admin/sessions?account={mayor}")
    yield Picture("87-token-issued", "secadmin", "/admin/tokens", _issue)
    yield Picture("88-audit-number", "auditadmin", "/admin/audit?area=flow&since=2026-02-01")
    yield Picture("88-audit-none", "auditadmin", "/admin/audit?number=没有这个号")
    yield Picture("88-audit-verified", "auditadmin", "/admin/audit", _verify)


def _as(username: str, password: str | None = None) -> Doing:
    def doing(page: Page) -> None:
        page.fill("#username", username)
        page.fill("#password", password or demo.read()["password"])
        page.click("main button")

    return doing


def _wrong_code(page: Page) -> None:
    _as(WITH_FACTOR)(page)
    page.fill("#code", "000000")
    page.click("main button")


def _weak(page: Page) -> None:
    page.fill("#old", demo.read()["password"])
    for name in ("#new", "#again"):
        page.fill(name, "Aa123456")
    page.get_by_role("button", name="修改密码").click()


def _excluded(page: Page) -> None:
    page.select_option("#person", index=1)
    page.fill("#username", "new.one")
    page.check("#r-staff")
    page.check("#r-designer")
    page.get_by_role("button", name="开设", exact=True).click()


def _issue(page: Page) -> None:
    page.fill("#name", "与档案系统对接")
    page.fill("#username", "docs")
    page.get_by_role("button", name="签发", exact=True).click()


def _verify(page: Page) -> None:
    page.get_by_role("button", name="核验全部记录").click()
