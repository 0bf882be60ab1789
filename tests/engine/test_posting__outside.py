"""Mail and webhook against real servers: sent after the commit, marked after sending, under a fixed
name; what fails is tried again, then an incident; nothing goes where it must not."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine import contacts, incidents, notices, posting, webhook
from engine.clock import ManualClock
from engine.errors import NotAllowed, SettingRefused
from engine.settings import Settings
from engine.startup import Engine
from engine.storage import outbox, tables
from tests.engine.outward import Listener, Mailbox, mail_server, web_server
from tests.story import PREPARED, Story

ADDRESS = "docs@example.gov.cn"


@pytest.fixture
def mailbox(any_engine: Engine) -> Iterator[Mailbox]:
    """The engine sends mail to a server of this machine; the document section has an address."""
    with mail_server() as (box, port):
        any_engine.settings = replace(
            any_engine.settings,
            mail_host="127.0.0.1",
            mail_port=port,
            mail_tls="none",
            mail_from="规程 <guicheng@example.gov.cn>",
            url="https://guicheng.example.gov.cn/",
        )
        give_address(any_engine)
        yield box


@pytest.fixture
def listener(engine: Engine) -> Iterator[Listener]:
    """The engine calls a webhook of this machine, which a setting allows."""
    with web_server() as (heard, port):
        engine.settings = replace(
            engine.settings,
            webhook_url=f"http://localhost:{port}/in?from=guicheng",
            webhook_hosts="localhost",
            webhook_networks="127.0.0.0/8,::1/128",
            webhook_secret="shared",
        )
        yield heard


def give_address(engine: Engine, email: str = ADDRESS) -> None:
    story = Story(engine)
    person = story.who("docs").person_id
    contacts.set_email(engine, story.who("sysadmin"), person, email, key=email or "none")


def urge(engine: Engine, instance_id: str | None = None) -> None:
    """Somebody urges the document section."""
    clerk = Story(engine).who("docs")
    with engine.database.write() as connection:
        told = notices.told(
            "urged",
            [clerk.person_id],
            at=engine.clock.now(),
            step="签收登记",
            by="王立",
            instance_id=instance_id,
        )
        outbox.add(connection, [told])


def left(engine: Engine, kind: str) -> list[Any]:
    query = sa.select(tables.outbox).where(tables.outbox.c.kind == kind)
    with engine.database.read() as connection:
        return list(connection.execute(query.order_by(tables.outbox.c.created_at)))


def later(engine: Engine, pause: timedelta) -> None:
    assert isinstance(engine.system_clock, ManualClock)
    engine.system_clock.advance(seconds=pause.total_seconds() + 1)


def test_a_notice_goes_out_as_one_mail_that_says_the_step_and_the_title(
    any_engine: Engine, mailbox: Mailbox
) -> None:
    story = Story(any_engine)
    story.start()
    story.prepare()
    urge(any_engine, story.instance_id)
    posting.deliver_due(any_engine)
    urged = next(each for each in mailbox.taken if "催办" in each["Subject"])
    assert urged["Subject"] == "【规程】催办：王立催办：请尽快办理“签收登记”。"
    assert urged["To"] == ADDRESS
    assert "guicheng@example.gov.cn" in urged["From"]
    assert urged["Auto-Submitted"] == "auto-generated"
    body = urged.get_content()
    assert f"事项：{PREPARED['title']}" in body
    assert f"https://guicheng.example.gov.cn/instances/{story.instance_id}" in body
    assert posting.deliver_due(any_engine) == 0
    ids = [each["Message-ID"] for each in mailbox.taken]
    assert len(set(ids)) == len(ids)


def test_the_title_is_not_sent_to_whom_the_instance_is_not_open(
    any_engine: Engine, mailbox: Mailbox
) -> None:
    story = Story(any_engine)
    story.start()  # the document section has no part in it yet
    urge(any_engine, story.instance_id)
    posting.deliver_due(any_engine)
    [mail] = mailbox.taken
    assert str(PREPARED["title"]) not in mail.get_content()
    assert "https://guicheng.example.gov.cn/notices" in mail.get_content()


def test_what_is_sent_twice_after_a_crash_bears_the_same_name(
    any_engine: Engine, mailbox: Mailbox
) -> None:
    urge(any_engine)
    posting.deliver_due(any_engine)
    with any_engine.database.write() as connection:  # the process died before it could mark it
        lost = tables.outbox.update().where(tables.outbox.c.kind == "mail")
        connection.execute(lost.values(sent_at=None))
    assert posting.deliver_due(any_engine) == 1
    first, second = mailbox.taken
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@example.gov.cn>")


def test_who_stood_still_while_sending_cannot_mark_it_any_more(
    any_engine: Engine, mailbox: Mailbox
) -> None:
    urge(any_engine)
    any_engine.settings, kept = replace(any_engine.settings, mail_port=1), any_engine.settings
    posting.deliver_due(any_engine)
    [row] = left(any_engine, "mail")
    any_engine.settings = kept
    later(any_engine, posting.PAUSES[0])
    assert posting.deliver_due(any_engine) == 1
    with any_engine.database.write() as connection:
        assert not outbox.sent(connection, row.id, any_engine.clock.now(), row.attempts)
        told = {"attempts": row.attempts, "retry_at": None, "now": any_engine.clock.now()}
        assert not outbox.fail(connection, row.id, "late", **told)
    assert left(any_engine, "mail")[0].failed_at is None


def test_no_mail_to_who_wants_none_or_has_read_it_or_may_not_come_in(
    any_engine: Engine, mailbox: Mailbox
) -> None:
    clerk = Story(any_engine).who("docs")
    contacts.want_mail(any_engine, clerk, False)
    urge(any_engine)
    posting.deliver_due(any_engine)
    contacts.want_mail(any_engine, clerk, True)
    with any_engine.database.write() as connection:
        account = tables.account.update().where(tables.account.c.username == "docs")
        connection.execute(account.values(disabled_at=any_engine.clock.now()))
    urge(any_engine)
    posting.deliver_due(any_engine)
    assert mailbox.taken == []
    said = {row.last_error for row in left(any_engine, "mail") if row.sent_at}
    assert said == {"没有登记邮箱，或本人不收邮件", "收件人没有可用的账号"}


def test_a_server_that_refuses_is_tried_again_after_growing_pauses_then_an_incident(
    any_engine: Engine, mailbox: Mailbox
) -> None:
    mailbox.refusing = "451 not now"
    urge(any_engine)
    assert posting.deliver_due(any_engine) == 1  # the notice itself
    for pause in posting.PAUSES:
        assert posting.deliver_due(any_engine) == 0
        later(any_engine, pause)
    assert posting.deliver_due(any_engine) == 1  # the administrators are told
    admin = Story(any_engine).who("sysadmin")
    [found] = incidents.listing(any_engine, admin).items
    assert (found.kind, found.reason) == ("送出通知", "邮件没有送出：服务器答复 451。")
    assert ADDRESS not in found.reason
    assert [each.kind for each in notices.listing(any_engine, admin).items] == ["called"]
    assert notices.unread(any_engine, Story(any_engine).who("docs")) == 1  # seen here in any case


def test_only_the_system_administrator_enters_addresses_and_only_allowed_ones(
    engine: Engine,
) -> None:
    story = Story(engine)
    person = story.who("docs").person_id
    with pytest.raises(NotAllowed):
        contacts.set_email(engine, story.who("docs"), person, ADDRESS, key="1")
    engine.settings = replace(engine.settings, mail_domains="example.gov.cn, sx.gov.cn")
    for wrong in ("a@b", "a@example.com", "a b@example.gov.cn", "a@example.gov.cn\nBcc: b@c.cn"):
        with pytest.raises(contacts.AddressRefused):
            contacts.set_email(engine, story.who("sysadmin"), person, wrong, key="2")
    give_address(engine)
    assert contacts.of(engine, person).email == ADDRESS
    give_address(engine, "")
    assert contacts.of(engine, person).email is None


# ---- webhook ---------------------------------------------------------------------------------


def test_the_webhook_gets_each_notice_signed_and_under_one_key(
    engine: Engine, listener: Listener
) -> None:
    urge(engine)
    posting.deliver_due(engine)
    [(headers, body)] = listener.heard
    event = json.loads(body)
    assert (event["kind"], event["person"]) == ("urged", "docs")
    assert event["text"] == "王立催办：请尽快办理“签收登记”。"
    assert headers["Idempotency-Key"] == event["id"] == left(engine, "webhook")[0].id
    at, _, signed = headers["X-Guicheng-Signature"].partition(",v1=")
    expected = hmac.new(b"shared", at.removeprefix("t=").encode() + b"." + body, hashlib.sha256)
    assert signed == expected.hexdigest()
    assert headers["Host"].startswith("localhost:")


def test_a_redirect_is_not_followed_and_counts_as_refused(
    engine: Engine, listener: Listener
) -> None:
    listener.status, listener.location = 302, "http://169.254.169.254/latest"
    urge(engine)
    posting.deliver_due(engine)
    assert len(listener.heard) == 1
    [row] = left(engine, "webhook")
    assert (row.sent_at, row.last_error) == (None, "另一系统没有收下通知：答复 302。")
    listener.status, listener.location = 200, None
    later(engine, posting.PAUSES[0])
    assert posting.deliver_due(engine) == 1
    assert {headers["Idempotency-Key"] for headers, _ in listener.heard} == {row.id}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254"])
def test_a_private_address_is_refused_unless_a_setting_names_its_range(
    engine: Engine, host: str
) -> None:
    settings = replace(
        engine.settings,
        webhook_url=f"http://{host}:9/",
        webhook_hosts=host.strip("[]"),
        webhook_secret="shared",
    )
    with pytest.raises(webhook.WebhookRefused, match="内部网段"):
        webhook.post(settings, "1", {}, 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"webhook_hosts": "other.example.cn"},
        {"webhook_secret": ""},
        {"webhook_networks": "ten"},
        {"webhook_url": "ftp://hook.example.cn/"},
        {"webhook_url": "https://me:secret@hook.example.cn/"},
    ],
)
def test_settings_that_cannot_be_meant_refuse_to_start(wrong: dict[str, str]) -> None:
    good = {
        "webhook_url": "https://hook.example.cn/in",
        "webhook_hosts": "hook.example.cn",
        "webhook_secret": "shared",
    }
    Settings(**good).check()  # type: ignore[arg-type]
    with pytest.raises(SettingRefused):
        Settings(**{**good, **wrong}).check()  # type: ignore[arg-type]


def test_mail_without_sender_or_address_of_the_system_refuses_to_start() -> None:
    with pytest.raises(SettingRefused, match="GUICHENG_MAIL_FROM"):
        Settings(mail_host="mail.example.cn").check()
    with pytest.raises(SettingRefused, match="GUICHENG_MAIL_TLS"):
        Settings(mail_tls="ssl").check()


def test_a_message_of_a_procedure_reaches_the_other_system(
    engine: Engine, listener: Listener
) -> None:
    row = {"id": "5" * 32, "kind": "message", "name": "MSG_paid", "payload": {"sum": "五百元"}}
    with engine.database.write() as connection:
        outbox.add(connection, [{**row, "created_at": engine.clock.now()}])
    assert posting.deliver_due(engine) == 2
    [(_, body)] = listener.heard
    assert json.loads(body)["message"] == "MSG_paid"
    assert json.loads(body)["payload"] == {"sum": "五百元"}
