"""Who administers what: the three administrators divide the work and none can do another's part.

三员分立 (GB/T 22239-2019): the system administrator keeps the office and the running of the system,
the security administrator accounts and access, the audit administrator looks at what both did.
Absences and mandates are the business of the office itself: whoever holds a registrar's post.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from engine.errors import NotAllowed
from engine.model import Actor

REGISTRARS = frozenset({"secretary_general", "office_director"})  # 由秘书长或办公室主任登记


@dataclass(frozen=True, slots=True)
class Duty:
    """One part of administering. role: of the account; posts: held by staff instead of a role."""

    key: str
    name: str
    role: str | None = None
    posts: frozenset[str] = frozenset()
    whose: str = ""  # "系统管理员", for the refusal

    def allows(self, actor: Actor) -> bool:
        """Whether this person may."""
        if self.role is not None:
            return actor.has(self.role)
        return actor.has("staff") and any(post in self.posts for post, _ in actor.posts)


def _of(role: str, whose: str, key: str, name: str) -> Duty:
    return Duty(key, name, role=role, whose=whose)


_system = partial(_of, "system_admin", "系统管理员")
_security = partial(_of, "security_admin", "安全保密管理员")
_audit = partial(_of, "audit_admin", "安全审计员")

OFFICE = _system("office", "机构和人员")
CALENDAR = _system("calendar", "工作日历")
CONVENTIONS = _system("conventions", "约定参数")
INCIDENTS = _system("incidents", "运行故障")
ACCOUNTS = _security("accounts", "账号和访问")
AUDIT = _audit("audit", "审计记录")
SUBSTITUTION = Duty("substitution", "外出和代行", posts=REGISTRARS, whose="秘书长或办公室主任")


def require(actor: Actor, duty: Duty) -> None:
    """Raise NotAllowed unless this person has the duty."""
    if not duty.allows(actor):
        raise NotAllowed(f"{duty.name}由{duty.whose}管理，您的账号没有这项权限。")


def may_steer(actor: Actor) -> bool:
    """改派、挂起、终止: the secretary-general, the office director, the system administrator."""
    if actor.has("system_admin"):
        return True
    return actor.has("staff") and any(post in REGISTRARS for post, _ in actor.posts)
