"""Where a person is reached by mail. The address is the system administrator's to enter, so that
nothing leaves to where the office does not want it; whether mail comes at all is one's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine import directory
from engine.commands import run_once
from engine.duties import OFFICE, require
from engine.errors import Finding, Invalid, NotFound
from engine.history import record_system
from engine.model import Actor
from engine.storage import notices as rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.settings import Settings
    from engine.startup import Engine

LOCAL, DOMAIN = r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}", r"[a-zA-Z0-9.-]{1,185}\.[a-zA-Z]{2,63}"
ADDRESS = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-zA-Z0-9.-]{1,185}\.[a-zA-Z]{2,63}", re.ASCII
)


class AddressRefused(Invalid):
    """这个电子邮箱不能登记。"""


@dataclass(frozen=True, slots=True)
class Contact:
    """How a person is reached. set_up: this installation sends mail at all."""

    email: str | None
    wanted: bool
    set_up: bool


def of(engine: Engine, person_id: str) -> Contact:
    """How a person is reached."""
    with engine.database.read() as connection:
        found = rows.contact_of(connection, person_id)
    set_up = bool(engine.settings.mail_host)
    if found is None:
        return Contact(None, True, set_up)
    return Contact(found.email, not found.mail_off, set_up)


def set_email(
    engine: Engine, actor: Actor, person_id: str, email: str, *, key: str
) -> dict[str, Any]:
    """Enter somebody's address, or (empty) take it away.

    Raises NotAllowed, NotFound, AddressRefused.
    """
    require(actor, OFFICE)
    address = email.strip()
    if address:
        _check(engine.settings, address)

    def work(connection: Connection) -> dict[str, Any]:
        person = directory.snapshot(engine, connection).person(person_id)
        if person is None:
            raise NotFound
        rows.put_contact(connection, person_id, email=address or None)
        told = {"person": person.name, "email": address or "（删去）"}
        now = engine.clock.now()
        by = actor.person_id
        record_system(connection, at=now, kind="contact.changed", actor_id=by, data=told)
        said = f"已登记{person.name}的电子邮箱。" if address else f"已删去{person.name}的电子邮箱。"
        return {"message": said}

    body = {"person": person_id, "email": address}
    answer, _ = run_once(engine, actor.person_id, key, "contact", body, work)
    return answer


def want_mail(engine: Engine, actor: Actor, wanted: bool) -> None:
    """Have one's own notices sent by mail, or not."""
    with engine.database.write() as connection:
        rows.put_contact(connection, actor.person_id, mail_off=not wanted)


def _check(settings: Settings, address: str) -> None:
    if not ADDRESS.fullmatch(address) or ".." in address:
        raise AddressRefused([Finding("电子邮箱写得不对，应如 wang@example.gov.cn。", "email")])
    allowed = [each.strip().lower() for each in settings.mail_domains.split(",") if each.strip()]
    domain = address.rpartition("@")[2].lower()
    if allowed and domain not in allowed:
        raise AddressRefused([Finding(f"只能登记这些域的邮箱：{'、'.join(allowed)}。", "email")])
