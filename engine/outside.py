"""What leaves the system: one notice as a mail, or as a call of the webhook.

Looked up at the moment of sending: to whom the title is open, whether it was read meanwhile, the
address. Each returns None, or why there was nothing to send.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine import mail as smtp
from engine import notices
from engine import webhook as http
from engine.identity.actors import actor_of
from engine.model import Actor
from engine.notices import Notice
from engine.storage import accounts
from engine.storage import notices as rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

READ = "收件人已经看过或办完"
NO_ACCOUNT = "收件人没有可用的账号"
NO_ADDRESS = "没有登记邮箱，或本人不收邮件"
FOOT = "本邮件由系统自动发出，请勿回复。不收邮件可在“我的账号”里关闭。"


def mail(engine: Engine, row: Any) -> str | None:
    """Send a notice to its person's address. Raises MailRefused."""
    with engine.database.read() as connection:
        reader, notice = _reader(engine, connection, row)
        reached = rows.contact_of(connection, reader.person_id) if reader else None
    if reader is None:
        return NO_ACCOUNT
    if notice is None or not notice.unread:
        return READ
    if reached is None or reached.mail_off or not reached.email:
        return NO_ADDRESS
    subject = f"【规程】{notice.name}：{notice.text}"
    lines = (f"{reader.name}：", notice.text, *_about(notice), _address(engine, notice), FOOT)
    message = smtp.compose(engine.settings, reached.email, row.id, subject, lines)
    smtp.send(engine.settings, message)
    return None


def webhook(engine: Engine, row: Any) -> str | None:
    """Call the webhook with a notice, or with a message of a procedure. Raises WebhookRefused."""
    event = row.payload.get("event")
    if event is None:
        with engine.database.read() as connection:
            reader, notice = _reader(engine, connection, row)
        if reader is None or notice is None:
            return NO_ACCOUNT
        event = {
            "kind": notice.kind,
            "name": notice.name,
            "person": reader.username,
            "text": notice.text,
            "title": notice.title,
            "number": notice.number,
            "url": _address(engine, notice),
        }
    told = {"id": row.id, "at": row.created_at.isoformat(), **event}
    seconds = int(engine.system_clock.now().timestamp())
    http.post(engine.settings, row.id, told, seconds)
    return None


def _reader(engine: Engine, connection: Connection, row: Any) -> tuple[Actor | None, Notice | None]:
    """Whose notice it is, as far as the person may come in, and the notice as he would see it."""
    identity = row.payload["notice"]
    person = rows.person_of(connection, identity)
    found = accounts.of_person(connection, person) if person else []
    if not found:
        return None, None
    actor = actor_of(engine, connection, found[0])
    return actor, notices.one(connection, actor, identity)


def _about(notice: Notice) -> tuple[str, ...]:
    number = f"（{notice.number}）" if notice.number else ""
    return (f"事项：{notice.title}{number}",) if notice.title else ()


def _address(engine: Engine, notice: Notice) -> str:
    base = engine.settings.url.rstrip("/")
    if notice.work_item_id:
        return f"{base}/tasks/{notice.work_item_id}"
    return f"{base}/instances/{notice.instance_id}" if notice.instance_id else f"{base}/notices"
