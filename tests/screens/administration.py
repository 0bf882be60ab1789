"""The rooms of the system administrator: calendar, conventions, incidents."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from engine.calendar import published_years
from engine.storage import jobs
from tests.rows import jobs_of
from tests.screens.office import Office
from tests.screens.picture import Doing, Picture, press


def pictures(office: Office) -> Iterator[Picture]:
    """Each room with data, empty, with a refusal."""
    who = "sysadmin"
    yield Picture("82-calendar-unknown", who, "/admin/calendar?year=2027")
    yield Picture("82-calendar-refused", who, "/admin/calendar", _typed("放假,元旦,2月30日"))
    yield Picture("82-calendar-preview", who, "/admin/calendar", _typed(adjusted()))
    place = "/admin/conventions/cancel_reason_length"
    yield Picture("82-convention", who, place)
    yield Picture("82-convention-refused", who, place, press("改为新值"))
    _fail_a_job(office)
    yield Picture("82-incidents-reason", who, "/admin/incidents", _giving_up)


def adjusted() -> str:
    """The arrangement of 2026 with two more days off in February, as a notice would change it."""
    year = published_years()[2026]
    lines = ["年份,2026", "文号,国办发明电〔2026〕2号"]
    lines += [f"放假,{name},{day}" for day, name in sorted(year.off.items())]
    lines += [f"上班,{name},{day}" for day, name in sorted(year.extra.items())]
    return "\n".join([*lines, "放假,抗寒潮,2026-02-26,2026-02-27"])


def _typed(table: str) -> Doing:
    def do(page: Page) -> None:
        page.fill("#table", table)
        page.locator("main button", has_text="先看哪些时限会变").click()

    return do


def _giving_up(page: Page) -> None:
    page.locator("summary", has_text="放弃处理").first.click()


def _fail_a_job(office: Office) -> None:
    """As if a timer had failed too often."""
    waiting = jobs_of(office.engine, office.told["countersigning"].instance_id)
    reason = "流程在“记录视为无不同意见”的计算没有成功：缺少变量。请告诉流程设计人员。"
    with office.engine.database.write() as connection:
        for job in waiting[:1]:
            jobs.fail(connection, job.id, reason, None, before=job.attempts, attempts=6)
