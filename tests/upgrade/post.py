"""What stood in the outbox and was not delivered: notices, mails and calls of the webhook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import sqlalchemy as sa

from engine import contacts, posting
from engine.clock import ManualClock
from engine.settings import Settings
from engine.startup import Engine
from engine.storage import tables
from tests.engine.outward import Listener, Mailbox, mail_server, web_server
from tests.story import Story

NOBODY = 1  # a port at which nothing answers
ADDRESS = "docs@example.gov.cn"


def undelivered(engine: Engine) -> None:
    """Neither the mail server nor the webhook answers; both are tried once."""
    person = Story(engine).who("docs").person_id
    contacts.set_email(engine, Story(engine).who("sysadmin"), person, ADDRESS, key="address")
    engine.settings = reaching(engine.settings, NOBODY, NOBODY)
    posting.deliver_due(engine)
    assert {"mail", "webhook"} <= left(engine).keys()


def reaching(settings: Settings, mail: int, webhook: int) -> Settings:
    """Settings that send to these ports of this machine."""
    return replace(
        settings,
        mail_host="127.0.0.1",
        mail_port=mail,
        mail_tls="none",
        mail_from="guicheng@example.gov.cn",
        url="https://guicheng.example.gov.cn/",
        webhook_url=f"http://localhost:{webhook}/in",
        webhook_hosts="localhost",
        webhook_networks="127.0.0.0/8,::1/128",
        webhook_secret="shared",
    )


@contextmanager
def answering(engine: Engine) -> Iterator[tuple[Mailbox, Listener]]:
    """Both answer, and the pause after the last attempt is over."""
    with mail_server() as (mailbox, mail), web_server() as (listener, webhook):
        engine.settings = reaching(engine.settings, mail, webhook)
        assert isinstance(engine.system_clock, ManualClock)
        engine.system_clock.advance(seconds=posting.PAUSES[0].total_seconds() + 1)
        yield mailbox, listener


def left(engine: Engine) -> Counter[str]:
    """How much of each kind is not delivered and not given up."""
    kind, sent = tables.outbox.c.kind, tables.outbox.c.sent_at
    query = sa.select(kind, sa.func.count()).where(sent.is_(None)).group_by(kind)
    with engine.database.read() as connection:
        return Counter({row[0]: row[1] for row in connection.execute(query)})
