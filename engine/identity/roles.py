"""What an account may be. 三员分立: the three administrators and the designers stand alone."""

from __future__ import annotations

from collections.abc import Iterable

from engine.errors import Invalid

ROLES = {
    "staff": "工作人员",
    "designer": "流程设计人员",
    "manager": "流程管理者",
    "system_admin": "系统管理员",
    "security_admin": "安全保密管理员",
    "audit_admin": "安全审计员",
}
EXCLUSIVE = frozenset({"designer", "system_admin", "security_admin", "audit_admin"})


def named(roles: Iterable[str]) -> str:
    """The roles as people read them, in their usual order."""
    chosen = set(roles)
    return "、".join(words for role, words in ROLES.items() if role in chosen)


def checked(roles: Iterable[str], elsewhere: Iterable[str] = ()) -> list[str]:
    """The roles, sorted; Invalid when they exclude each other.

    elsewhere: what other accounts of the same person are, since a second account must not join
    what one account may not.
    """
    chosen = set(roles)
    if not chosen or chosen - ROLES.keys():
        raise Invalid(message="请至少选择一个账号角色。")
    together = chosen | set(elsewhere)
    alone = EXCLUSIVE & together
    if alone and len(together) > 1:
        raise Invalid(
            message=f"“{named(together)}”不能由同一人兼任：系统管理员、安全保密管理员、安全审计员"
            "和流程设计人员各自独立（三员分立，GB/T 22239-2019）。请只选一项，或改由他人担任。"
        )
    return sorted(chosen)
