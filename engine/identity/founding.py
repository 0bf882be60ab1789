"""The first accounts of a new installation, and accounts brought in with a file of people.

Two people come first, since neither can do without the other: the system administrator registers
people but opens no accounts, the security administrator opens accounts but registers nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import Conflict, Invalid
from engine.identity import links, passwords
from engine.identity.administering import USERNAME, blank
from engine.identity.links import Invitation
from engine.identity.noting import note
from engine.identity.roles import checked, named
from engine.ids import new_id
from engine.storage import accounts as rows
from engine.storage import directory as directory_rows

if TYPE_CHECKING:
    from engine.startup import Engine


@dataclass(frozen=True, slots=True)
class Founder:
    """Somebody who comes in first."""

    name: str
    username: str
    role: str


def is_founded(engine: Engine) -> bool:
    """Whether there is an account."""
    with engine.database.read() as connection:
        return rows.any_there(connection)


def check_founders(founders: Sequence[Founder]) -> None:
    """Invalid unless they are different people with usable names."""
    for each in founders:
        if not each.name.strip():
            raise Invalid(
                message=f"缺少{named([each.role])}的姓名。请写明两位管理员的姓名："
                "guicheng init --system-admin 姓名 --security-admin 姓名"
            )
        if not USERNAME.fullmatch(each.username):
            raise Invalid(message=f"用户名“{each.username}”不能用：应为小写英文字母开头。")
    if len({each.name.strip() for each in founders}) < len(founders):
        raise Invalid(message="两位管理员须是不同的人：三员各自独立，不能由一人兼任。")
    if len({each.username for each in founders}) < len(founders):
        raise Invalid(message="两位管理员的用户名须不同。")


def found(engine: Engine, founders: Sequence[Founder]) -> list[Invitation]:
    """Make the first people and their accounts, each with a one-time link. Conflict when there is
    an office already."""
    check_founders(founders)
    with engine.database.write() as connection:
        if rows.any_there(connection):
            raise Conflict("这里已经有账号，不能再初始化；没有改动任何数据。")
        invitations = []
        for each in founders:
            person_id, name = new_id(), each.name.strip()
            person = {"id": person_id, "name": name, "is_demo": False}
            directory_rows.put(connection, "person", [person])
            values = blank(engine, each.username, person_id, checked([each.role]))
            rows.put(connection, values)
            told = {"username": each.username, "roles": named([each.role])}
            note(engine, connection, "account.founded", None, **told)
            invitations.append(links.made(engine, connection, rows.by_id(connection, values["id"])))
        directory_rows.bump(connection)
        return invitations


def add(
    engine: Engine,
    username: str,
    person_id: str,
    password: str,
    roles: Iterable[str],
    *,
    is_demo: bool = False,
) -> None:
    """Bring an account in with its password; one with this username is left alone."""
    values = blank(engine, username, person_id, checked(roles))
    stored = passwords.hashed(password, demo=engine.settings.demo)
    changed = {"password_hash": stored, "must_change": False, "is_demo": is_demo}
    with engine.database.write() as connection:
        rows.put(connection, values | changed)
