"""Pictures of one's own access and of the accounts: passwords, sessions, second factor, phrases."""

from __future__ import annotations

from collections.abc import Iterator

from engine import accounts
from engine.startup import Engine
from tests.screens.picture import Picture, press


def pictures(engine: Engine) -> Iterator[Picture]:
    """What everybody sees of the own access, and the security administrator of the others'."""
    yield Picture("03-own-password", "dsg1", "/account/password")
    yield Picture("03-own-password-errors", "dsg1", "/account/password", press("修改"))
    yield Picture("03-own-sessions", "dsg1", "/account/sessions")
    yield Picture("03-own-factor", "dsg1", "/account/factor")
    yield Picture("03-own-phrases", "dsg1", "/account/phrases")
    secadmin = accounts.actor_named(engine, "secadmin")
    first = accounts.accounts_page(engine, secadmin).items[0].id
    yield Picture("86-account-new", "secadmin", "/admin/accounts/new")
    yield Picture("86-account", "secadmin", f"/admin/accounts/{first}")
