"""Pictures of who is away and who acts for whom: rooms, sheets with their effect, the list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from playwright.sync_api import Page

from engine import accounts, signing_lists, whereabouts
from tests.screens.office import Office
from tests.screens.picture import Picture, press

NOBODY = "0" * 32
ROOM, DIVISION = "/admin/substitution", "/admin/division"


def pictures(office: Office) -> Iterator[Picture]:
    """Every sheet, empty and with its effect."""
    yield from _absences(office)
    yield from _mandates(office)
    yield from _division(office)
    yield from _own(office)


def _first(rows: Sequence[Any]) -> str:
    return rows[0].id if rows else NOBODY


def _absences(office: Office) -> Iterator[Picture]:
    sg = accounts.actor_named(office.engine, "sg")
    away = f"{ROOM}/absences/{_first(whereabouts.absences(office.engine, sg))}"
    yield Picture("82-absence-new", "sg", f"{ROOM}/absences/new")
    yield Picture("82-absence-errors", "sg", f"{ROOM}/absences/new", press("下一步"))
    yield Picture("82-absence-effect", "sg", f"{ROOM}/absences/new", _evm_leaves)
    yield Picture("82-absence-correct", "sg", away)
    yield Picture("82-absence-end", "sg", f"{away}/end")


def _evm_leaves(page: Page) -> None:
    page.select_option("#f-person_id", "evm")
    page.select_option("#f-kind", "business_trip")
    _span(page)
    press("下一步")(page)


def _span(page: Page) -> None:
    page.fill("#f-starts_at", "2026-02-26T08:00")
    page.fill("#f-ends_at", "2026-02-27T18:00")


def _mandates(office: Office) -> Iterator[Picture]:
    sg = accounts.actor_named(office.engine, "sg")
    given = f"{ROOM}/mandates/{_first(whereabouts.substitutions(office.engine, sg))}"
    yield Picture("83-mandate-new", "sg", f"{ROOM}/mandates/new")
    yield Picture("83-mandate-refused", "sg", f"{ROOM}/mandates/new", _another_vice_mayor)
    yield Picture("83-mandate", "sg", given)
    yield Picture("83-mandate-revoke", "sg", f"{given}/revoke")
    yield Picture("83-mandate-evidence", "sg", f"{given}/evidence")
    yield Picture("83-designation-new", "sg", f"{ROOM}/designations/new")


def _another_vice_mayor(page: Page) -> None:
    page.select_option("#f-substitute_id", "vm3")
    page.check('[name="v.scope"][value="instruct"]')
    _span(page)
    page.fill("#f-evidence", "市长2月25日当面委托。")
    press("下一步")(page)


def _division(office: Office) -> Iterator[Picture]:
    engine = office.engine
    yield Picture("84-charge-new", "sysadmin", f"{DIVISION}/charges/new")
    yield Picture("84-charge-effect", "sysadmin", f"{DIVISION}/charges/new", _new_charge)
    charge, link = whereabouts.charges(engine)[0].id, whereabouts.links(engine)[0].id
    yield Picture("84-charge-end", "sysadmin", f"{DIVISION}/charges/{charge}/end")
    yield Picture("84-ab-role-new", "sysadmin", f"{DIVISION}/ab-roles/new")
    role = whereabouts.b_roles(engine)[0].id
    yield Picture("84-ab-role-end", "sysadmin", f"{DIVISION}/ab-roles/{role}/end", press("下一步"))
    yield Picture("84-link-new", "sysadmin", f"{DIVISION}/links/new")
    yield Picture("84-link-end", "sysadmin", f"{DIVISION}/links/{link}/end")


def _new_charge(page: Page) -> None:
    page.select_option("#f-field", "general")
    page.select_option("#f-person_id", "vm1")
    page.fill("#f-evidence", "忻政办函〔2026〕3号")
    press("下一步")(page)


def _own(office: Office) -> Iterator[Picture]:
    mayor = accounts.actor_named(office.engine, "mayor")
    own = _first(whereabouts.absences(office.engine, mayor))
    made = _first(signing_lists.find(office.engine, accounts.actor_named(office.engine, "vm2")))
    yield Picture("85-account-away", "mayor", "/account")
    yield Picture("85-absence-new", "evm", "/account/absences/new")
    yield Picture("85-absence-correct", "mayor", f"/account/absences/{own}")
    yield Picture("85-absence-end", "mayor", f"/account/absences/{own}/end")
    yield Picture("86-workbench-unread", "vm2", "/")
    yield Picture("86-signing-list", "vm2", f"/signing-lists/{made}")
