"""What the security administrator demands of and ends for others: factors, sessions, tokens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine import duties
from engine.errors import Conflict, Invalid, NotFound
from engine.identity import second_factor, sessions, tokens
from engine.identity.actors import account_named
from engine.identity.administering import PAGE
from engine.identity.guards import of_id, others
from engine.identity.noting import note
from engine.identity.roles import ROLES, named
from engine.identity.sessions import SessionRow
from engine.identity.tokens import TokenRow
from engine.model import Actor, Page
from engine.storage import accounts as rows
from engine.storage import sessions as session_rows

if TYPE_CHECKING:
    from engine.startup import Engine

# ---- the second factor -------------------------------------------------------------------------


def demanded_roles(engine: Engine, actor: Actor) -> frozenset[str]:
    """The roles that need a second factor."""
    duties.require(actor, duties.ACCOUNTS)
    with engine.database.read() as connection:
        return rows.demanded(connection)


def demand_of_roles(engine: Engine, actor: Actor, roles: Iterable[str]) -> None:
    """From the next sign-in on these roles need a second factor, and no other role."""
    duties.require(actor, duties.ACCOUNTS)
    chosen = [role for role in ROLES if role in set(roles)]
    with engine.database.write() as connection:
        rows.demand(connection, chosen, engine.system_clock.now(), actor.person_id)
        words = named(chosen) or "（不要求）"
        note(engine, connection, "access.demand_changed", actor.person_id, roles=words)


def demand_of_account(engine: Engine, actor: Actor, account_id: str, wanted: bool) -> None:
    """Whether this person needs a second factor, whatever his roles."""
    with engine.database.write() as connection:
        one = others(connection, actor, account_id)
        rows.update(connection, one.id, {"factor_demanded": wanted})
        kind = "account.factor_demanded" if wanted else "account.factor_undemanded"
        note(engine, connection, kind, actor.person_id, username=one.username)


def reset_factor(engine: Engine, actor: Actor, account_id: str) -> None:
    """The phone is lost: the second factor is taken away and every session ends."""
    with engine.database.write() as connection:
        one = others(connection, actor, account_id)
        if one.factor_since is None:
            raise Conflict("这个账号没有启用第二因素。")
        second_factor.remove(connection, one.id)
        session_rows.end_all(connection, one.id, engine.system_clock.now())
        told = {"username": one.username}
        note(engine, connection, "account.factor_reset", actor.person_id, **told)


# ---- sessions and tokens -----------------------------------------------------------------------


def all_sessions(
    engine: Engine, actor: Actor, token: str, account_id: str | None = None
) -> list[SessionRow]:
    """The open sessions, the latest seen first; of everybody or of one account."""
    duties.require(actor, duties.ACCOUNTS)
    with engine.database.read() as connection:
        return sessions.listed(engine, connection, account_id, token)


def end_session(engine: Engine, actor: Actor, session_id: str) -> None:
    """End one session of anybody."""
    duties.require(actor, duties.ACCOUNTS)
    with engine.database.write() as connection:
        now = engine.system_clock.now()
        account_id = session_rows.account_of(connection, session_id)
        if account_id is None or not session_rows.end_one(connection, account_id, session_id, now):
            raise NotFound("没有找到这个登录，可能已经退出。")
        told = {"username": of_id(connection, account_id).username, "count": "1"}
        note(engine, connection, "account.sessions_ended", actor.person_id, **told)


def end_sessions(engine: Engine, actor: Actor, account_id: str) -> int:
    """End every session of an account; how many."""
    with engine.database.write() as connection:
        one = others(connection, actor, account_id)
        count = session_rows.end_all(connection, one.id, engine.system_clock.now())
        told = {"username": one.username, "count": str(count)}
        note(engine, connection, "account.sessions_ended", actor.person_id, **told)
        return count


def tokens_page(engine: Engine, actor: Actor, *, page: int = 1, size: int = PAGE) -> Page[TokenRow]:
    """A page of tokens, the newest first."""
    duties.require(actor, duties.ACCOUNTS)
    with engine.database.read() as connection:
        return tokens.listed(engine, connection, page, size)


def grant_token(
    engine: Engine, actor: Actor, username: str, *, name: str, scope: Iterable[str], days: int
) -> str:
    """Issue a token for somebody else's account; shown once."""
    duties.require(actor, duties.ACCOUNTS)
    with engine.database.write() as connection:
        one = others(connection, actor, account_named(connection, username).id)
        if one.disabled_at is not None:
            raise Conflict("这个账号已经停用，不能签发令牌。")
        purpose = name.strip()
        if not 2 <= len(purpose) <= 60:
            raise Invalid(message="请写明令牌的用途，2到60个字，如“与财政系统对接”。")
        return tokens.issued(engine, connection, one, scope, days, purpose, actor.person_id)


def withdraw_token(engine: Engine, actor: Actor, token_id: str) -> None:
    """Take a token back."""
    duties.require(actor, duties.ACCOUNTS)
    with engine.database.write() as connection:
        token = session_rows.token_by_id(connection, token_id)
        if token is None:
            raise NotFound
        if not session_rows.revoke_token(connection, token.token_hash, engine.system_clock.now()):
            raise Conflict("这个令牌已经撤回。")
        told = {"username": token.username, "purpose": token.name}
        note(engine, connection, "token.revoked", actor.person_id, **told)
