"""Pictures of the rooms that keep the office: organisations, people, posts, tables."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from engine import accounts, reforms
from engine.clock import parse_moment
from engine.org_reforms import Merge
from engine.sheet_reform import ORG_HEADINGS, ORGS, STAFF, STAFF_HEADINGS
from engine.sheets.writing import Sheet, write
from tests.screens.office import Office
from tests.screens.picture import Doing, Picture, press
from web.pages.administration.sheets import XLSX


def pictures(office: Office) -> Iterator[Picture]:
    """The pages of organisations, people and posts, and what follows a change of them."""
    orgs, people = "/admin/organisations", "/admin/people"
    _order_a_merger(office)
    old = f"{orgs}/rural_revitalisation_bureau"
    yield Picture("82-organisation-waiting", "sysadmin", old)
    yield Picture("82-organisations-found", "sysadmin", f"{orgs}?q=五台")
    yield Picture("82-organisations-none", "sysadmin", f"{orgs}?q=没有这个")
    yield Picture("82-organisation", "sysadmin", f"{orgs}/gov_office")
    yield Picture("82-organisation-new", "sysadmin", f"{orgs}/-/new")
    yield Picture("82-organisation-new-errors", "sysadmin", f"{orgs}/-/new", press("保存"))
    yield Picture("82-organisation-correct", "sysadmin", f"{orgs}/data_bureau/correct")
    yield Picture("82-organisation-rename", "sysadmin", f"{orgs}/data_bureau/rename")
    yield Picture("82-organisation-end", "sysadmin", f"{orgs}/media_centre/end")
    yield Picture("82-organisation-merge", "sysadmin", f"{orgs}/finance_bureau/merge")
    yield Picture(
        "82-organisation-merge-follows", "sysadmin", f"{orgs}/finance_bureau/merge", _merge
    )
    yield Picture(
        "82-organisation-merge-later", "sysadmin", f"{orgs}/media_centre/merge", _merge_later
    )
    yield Picture("83-coming", "sysadmin", "/admin/coming")
    yield Picture("84-people-found", "sysadmin", f"{people}?q=财政局")
    yield Picture("84-person", "sysadmin", f"{people}/evm")
    yield Picture("84-person-new", "sysadmin", f"{people}/-/new")
    yield Picture("84-person-new-errors", "sysadmin", f"{people}/-/new", press("保存"))
    yield Picture("84-person-correct", "sysadmin", f"{people}/docs/correct")
    yield Picture("84-person-move", "sysadmin", f"{people}/docs/move")
    yield Picture("84-person-leave", "sysadmin", f"{people}/dsg1/leave")
    yield Picture("84-person-leave-follows", "sysadmin", f"{people}/dsg1/leave", press("下一步"))
    yield Picture("85-post", "sysadmin", "/admin/posts/doc_section")
    yield Picture("85-post-new", "sysadmin", "/admin/posts/-/new")
    yield Picture("85-post-correct", "sysadmin", "/admin/posts/doc_section/correct")

    yield Picture(
        "86-sheets-errors", "sysadmin", "/admin/sheets", upload(("n-1", "某人", "no_such"))
    )
    new = ("n-1", "鲁知新", "audit_bureau", "", "经办人")
    yield Picture("86-sheets-follows", "sysadmin", "/admin/sheets", upload(new))


def upload(*staff: tuple[str, ...]) -> Doing:
    """Send a table with these rows of people."""
    rows = [tuple((*row, *[""] * 8)[:8]) for row in staff]
    sheets = [Sheet(ORGS, ORG_HEADINGS, []), Sheet(STAFF, STAFF_HEADINGS, rows)]
    file = {"name": "人员.xlsx", "mimeType": XLSX, "buffer": write(sheets)}

    def send(page: Page) -> None:
        page.set_input_files("#table", files=[file])  # type: ignore[list-item]
        press("检查表格")(page)

    return send


def _merge(page: Page) -> None:
    page.select_option("#f-successor", "audit_bureau")
    page.fill("#f-evidence", "忻机编〔2026〕3号")
    press("下一步")(page)


def _merge_later(page: Page) -> None:
    page.fill("#f-effective", "2026-03-01")
    _merge(page)


def _order_a_merger(office: Office) -> None:
    """One change that waits for its day."""
    admin = accounts.actor_named(office.engine, "sysadmin")
    old = "rural_revitalisation_bureau"
    if not reforms.coming(office.engine, admin, old):
        day = parse_moment("2026-03-01T00:00:00+08:00")
        merger = Merge(old, "agriculture_bureau", day, "忻机编〔2026〕3号")
        reforms.make(office.engine, admin, merger, key="a-merger")
