"""What every command on the account of somebody else asks first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine import duties
from engine.errors import Conflict, NotAllowed, NotFound
from engine.model import Actor
from engine.storage import accounts as rows
from engine.storage.database import Connection


def of_id(connection: Connection, account_id: str) -> Any:
    """An account, locked until the transaction ends; NotFound without one."""
    found = rows.by_id(connection, account_id)
    if found is None:
        raise NotFound
    return found


def others(connection: Connection, actor: Actor, account_id: str) -> Any:
    """An account of somebody else, locked."""
    duties.require(actor, duties.ACCOUNTS)
    found = of_id(connection, account_id)
    not_oneself(actor, found.person_id)
    return found


def not_oneself(actor: Actor, person_id: str) -> None:
    """Refuse what would change the actor's own access, on whichever account of his."""
    if person_id == actor.person_id:
        raise NotAllowed(
            "自己的账号不能由自己管理：角色、停用和重置须由另一位安全保密管理员办理。"
            "改自己的密码和第二因素，请到“我的账号”。"
        )


def keep_one(connection: Connection, found: Any, roles: Iterable[str]) -> None:
    """Refuse to take the last security administrator away: nobody could open accounts then.

    It takes two who close each other's account at one moment; the rows are locked.
    """
    if "security_admin" not in found.roles or "security_admin" in set(roles):
        return
    rest = [each for each in rows.enabled(connection) if each.id != found.id]
    if not any("security_admin" in each.roles for each in rest):
        raise Conflict("这是最后一个安全保密管理员账号。请先开设另一个，再停用或改这个的角色。")
