"""Which pages are photographed, and how to get there."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from engine import accounts
from tests.screens import access, administration, going_back, standing_in, who_is_who
from tests.screens.office import Office
from tests.screens.picture import Picture, menu, press
from web.pages.administration import rooms_of

ADMINISTRATORS = ("sysadmin", "secadmin", "auditadmin", "sg")


def album(office: Office) -> Iterator[Picture]:
    """Every page: with data, empty, with errors."""
    yield from _doors()
    yield from _lists()
    yield from _starting()
    yield from _tasks(office)
    yield from _verbs(office)
    yield from going_back.pictures(office)
    yield from _instances(office)
    yield from _administration(office)
    yield from who_is_who.pictures(office)
    yield from standing_in.pictures(office)
    yield from _errors(office)


def _doors() -> Iterator[Picture]:
    yield Picture("01-sign-in", None, "/sign-in")
    yield Picture("01-sign-in-refused", None, "/sign-in", _wrong_password)
    yield Picture("01-sign-in-accounts", None, "/sign-in", menu("details"))
    yield Picture("01-sign-in-expired", None, "/sign-in?expired=1&next=/")
    yield Picture("02-account", "dsg1", "/account")
    yield Picture("02-account-acting", "evm", "/account")


def _wrong_password(page: Page) -> None:
    page.fill("#username", "dsg1")
    page.fill("#password", "wrong")
    page.click("main button")


def _lists() -> Iterator[Picture]:
    yield Picture("10-workbench-deadlines", "dsg1", "/")
    yield Picture("10-workbench-clerk", "gov_clerk", "/")
    yield Picture("10-workbench-group", "docs", "/")
    yield Picture("10-workbench-empty", "vm3", "/")
    narrowed = "/?due=overdue&unit=市水利局&since=2026-02-01"
    yield Picture("10-workbench-narrowed", "dsg1", narrowed)
    yield Picture("10-workbench-conditions", "dsg1", "/", menu(".gc-filters-more"))
    yield Picture("11-to-read", "docs", "/?tab=to_read")
    yield Picture("11-to-read-empty", "vm3", "/?tab=to_read")
    yield Picture("11-delegated-empty", "vm3", "/?tab=delegated")
    yield Picture("11-done", "docs", "/?tab=done")
    yield Picture("12-started", "gov_clerk", "/?tab=started")
    yield Picture("12-started-empty", "vm3", "/?tab=started")
    yield Picture("13-drafts", "gov_clerk", "/?tab=drafts")
    yield Picture("13-drafts-empty", "vm3", "/?tab=drafts")
    yield Picture("14-completed", "gov_clerk", "/?tab=completed")
    yield Picture("15-search-nothing", "dsg1", "/?q=没有这样的事")
    yield Picture("16-help", "gov_clerk", "/help")
    yield Picture("16-search", "manager", "/search?q=水利 2026")
    yield Picture("16-search-nothing", "vm3", "/search?q=没有这样的事")
    yield Picture("16-instances", "manager", "/instances")
    yield Picture("16-instances-search", "manager", "/instances?q=水利&state=running")
    yield Picture("19-steering-unread", "sysadmin", "/steering")
    yield Picture("19-steering", "office_director", "/steering?overdue=1")
    yield Picture("19-steering-nothing", "sysadmin", "/steering?q=没有这个&state=resting")
    yield Picture("18-registers", "manager", "/registers")
    yield Picture("18-register", "manager", "/registers/received_document")
    yield Picture("18-register-empty", "gov_clerk", "/registers/dispute")
    yield Picture("17-large-workbench", "dsg1", "/", _large)
    yield Picture("18-notices", "docs", "/notices")
    yield Picture("18-notices-empty", "vm3", "/notices?show=unread")
    yield Picture("17-name-menu", "manager", "/", menu(".gc-top-tools .gc-menu"))
    yield Picture("17-demo-clock", "manager", "/", lambda page: page.click(".gc-demo summary"))


def _large(page: Page) -> None:
    page.locator(".gc-top-tools [name=size]").click()
    page.wait_for_selector("html[data-size=large]")


def _starting() -> Iterator[Picture]:
    yield Picture("20-start", "gov_clerk", "/start")
    yield Picture("20-start-nothing", "auditadmin", "/start")
    yield Picture("21-start-form", "gov_clerk", "/start/document_approval")
    yield Picture("21-start-form-errors", "gov_clerk", "/start/document_approval", press("提交"))
    yield Picture("21-start-classified", "gov_clerk", "/start/document_approval", _classified)


def _classified(page: Page) -> None:
    page.select_option("#f-classification", "secret")
    press("提交")(page)


def _tasks(office: Office) -> Iterator[Picture]:
    def task(story: str, who: str, element: str) -> str:
        return f"/tasks/{office.told[story].item(who, element).id}"

    yield Picture("30-task-prepare", "gov_clerk", task("draft", "gov_clerk", "UT_prepare"))
    yield Picture(
        "30-task-prepare-errors",
        "gov_clerk",
        task("draft", "gov_clerk", "UT_prepare"),
        lambda page: page.locator(".gc-decide .btn-primary").click(),
    )
    yield Picture("31-task-fix", "gov_clerk", task("returned", "gov_clerk", "UT_fix"))
    yield Picture("32-task-register-group", "docs", task("at_registry", "docs", "UT_register"))
    yield Picture("33-task-initial", "sec1", task("at_check", "sec1", "UT_initial"))
    yield Picture("34-task-summary", "gov_clerk", task("deemed", "gov_clerk", "UT_summary"))
    yield Picture(
        "35-task-reply", "judicial_head", task("countersigning", "judicial_head", "UT_reply")
    )
    yield Picture("36-task-deputy-overdue", "dsg1", task("overdue", "dsg1", "UT_dsg"))
    yield Picture("36-task-deputy-urgent", "dsg1", task("urgent", "dsg1", "UT_dsg"))
    yield Picture(
        "36-task-deputy-menu",
        "dsg1",
        task("soon", "dsg1", "UT_dsg"),
        menu(".gc-decide .gc-menu:not(.gc-say)"),
    )
    yield Picture("36-task-deputy-large", "dsg1", task("overdue", "dsg1", "UT_dsg"), _large)
    yield Picture("37-task-acting-mayor", "evm", task("acting", "evm", "UT_mayor"))
    yield Picture("38-task-only-looking", "manager", task("overdue", "dsg1", "UT_dsg"))


def _verbs(office: Office) -> Iterator[Picture]:
    """One page for every verb, with the sheet, its refusals and what will happen."""
    draft = office.told["draft"].item("gov_clerk", "UT_prepare").id
    yield Picture("47-verb-transfer", "gov_clerk", f"/tasks/{draft}/verbs/transfer")
    yield Picture(
        "47-verb-transfer-refused", "gov_clerk", f"/tasks/{draft}/verbs/transfer", press("下一步")
    )
    yield Picture("47-verb-add-signer", "gov_clerk", f"/tasks/{draft}/verbs/add-signer")
    yield Picture(
        "47-verb-transfer-confirm", "gov_clerk", f"/tasks/{draft}/verbs/transfer", _to_a_colleague
    )
    overdue = f"/instances/{office.told['overdue'].instance_id}"
    yield Picture("48-verb-circulate", "dsg1", f"{overdue}/verbs/circulate")
    yield Picture("48-verb-circulate-confirm", "dsg1", f"{overdue}/verbs/circulate", _to_some)
    yield Picture("48-verb-comment", "dsg1", f"{overdue}/verbs/comment")
    yield Picture("48-verb-suspend", "sg", f"{overdue}/verbs/suspend")
    yield Picture("48-instance-menu", "dsg1", overdue, menu(".gc-head-acts .gc-menu"))


def _to_a_colleague(page: Page) -> None:
    page.locator("#f-person").select_option(index=1)
    page.fill("#f-reason", "本周外出调研，请代为拟稿。")
    press("下一步")(page)


def _to_some(page: Page) -> None:
    for box in page.locator('[data-field="persons"] input[type=checkbox]').all()[:3]:
        box.check()
    page.fill("#f-note", "请阅。")
    press("下一步")(page)


def _instances(office: Office) -> Iterator[Picture]:
    def instance(story: str) -> str:
        return f"/instances/{office.told[story].instance_id}"

    yield Picture("40-instance-deemed", "manager", instance("deemed"), _diagram)
    yield Picture("40-instance-countersign-diagram", "manager", instance("deemed"), _second_diagram)
    yield Picture("41-instance-overdue", "manager", instance("overdue"), _diagram)
    yield Picture("42-instance-finished", "manager", instance("finished"), _diagram)
    yield Picture("43-instance-acting", "manager", instance("acting"), _diagram)
    yield Picture("44-instance-may-cancel", "gov_clerk", instance("draft"), _diagram)
    yield Picture("44-instance-cancel-refused", "gov_clerk", instance("draft"), press("撤销办理"))
    yield Picture("44-instance-confirm-cancel", "gov_clerk", instance("draft"), _cancelling)
    replies = instance("deemed") + "/replies"
    yield Picture("46-replies", "gov_clerk", replies)
    yield Picture("46-replies-refused", "gov_clerk", replies, press("登记"))
    yield Picture("45-instance-cancelled", "gov_clerk", instance("cancelled"), _diagram)


def _cancelling(page: Page) -> None:
    page.fill("#reason", "选错了报文单位，重新发起。")
    press("撤销办理")(page)


def _diagram(page: Page) -> None:
    page.wait_for_selector("[data-diagrams][data-ready]")


def _second_diagram(page: Page) -> None:
    _diagram(page)
    page.locator("[data-tabs] button").nth(1).click()


def _administration(office: Office) -> Iterator[Picture]:
    """Every room of the administration, as each of these finds them."""
    yield Picture("80-administration-refused", "dsg1", "/admin")
    for who in ADMINISTRATORS:
        rooms = rooms_of(accounts.actor_named(office.engine, who))
        if rooms:
            yield Picture(f"80-administration-{who}", who, "/admin")
        for room in rooms:
            yield Picture(f"81-{room.key}", who, f"/admin/{room.key}")
    yield from administration.pictures(office)
    yield from access.pictures(office)


def _errors(office: Office) -> Iterator[Picture]:
    task = office.told["overdue"].item("dsg1", "UT_dsg").id
    yield Picture("90-not-found", "vm3", f"/tasks/{task}")
    yield Picture("91-not-allowed", "auditadmin", "/start/document_approval")
    yield Picture("92-conflict", "dsg1", f"/tasks/{task}", _stale)
    yield Picture("93-broken", "dsg1", "/fault")
    yield Picture("90-rules", "gov_clerk", "/rules")
    yield Picture("94-forged", "dsg1", "/account", _forged)
    yield Picture("95-session-over", "dsg1", f"/tasks/{task}", _session_over)
    yield Picture("95-welcome-back", "dsg1", f"/tasks/{task}", _signed_in_again)


def _stale(page: Page) -> None:
    page.fill("#comment", "拟同意，呈景舟同志批示。")
    page.evaluate("document.querySelector('[name=version]').value = '999'")
    page.locator(".gc-decide .btn-primary").click()


def _forged(page: Page) -> None:
    page.evaluate("document.querySelectorAll('[name=csrf_token]').forEach((it) => it.remove())")
    page.locator("main button").first.click()


def _session_over(page: Page) -> None:
    page.fill("#comment", "拟同意，呈景舟同志批示。")
    page.context.clear_cookies(name="guicheng_session")
    page.locator(".gc-decide .btn-primary").click()


def _signed_in_again(page: Page) -> None:
    from web.demo import office

    _session_over(page)
    page.fill("#username", "dsg1")
    page.fill("#password", office.read()["password"])
    page.click("main button")
