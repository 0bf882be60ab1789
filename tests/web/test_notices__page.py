"""The notices page and the number in the head of every page, without a script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask

from engine import accounts, notices, posting
from engine.clock import ManualClock
from engine.startup import Engine
from engine.storage import outbox
from tests.engine.test_notices__told import disable
from tests.story import PREPARED, Story
from tests.web.desk import Desk


@pytest.fixture
def story(engine: Engine) -> Story:
    """A document that has come to the document section."""
    told = Story(engine)
    told.start()
    told.prepare()
    posting.deliver_due(engine)
    return told


def badge(desk: Desk) -> str | None:
    """The number in the head of a page; None when it is not shown."""
    page = desk.open("/notices")
    [found] = page.tree.xpath("//*[@data-unread]")
    return None if found.get("hidden") is not None else " ".join(found.text_content().split())


def test_a_notice_opens_what_it_tells_of_and_counts_no_more(
    story: Story, at_desk: Callable[[str], Desk]
) -> None:
    desk = at_desk("docs")
    assert badge(desk) == "未读 1"
    page = desk.open("/notices")
    assert "请办理“签收登记”。" in page.main()
    assert str(PREPARED["title"]) in page.main()
    [told] = notices.listing(story.engine, story.who("docs")).items
    opened = desk.submit(f"/notices/{told.id}", do="open")
    assert opened.path.startswith("/tasks/")
    assert badge(desk) is None
    assert "没有未读的通知" in desk.open("/notices?show=unread").main()


def test_all_are_marked_at_once(story: Story, at_desk: Callable[[str], Desk]) -> None:
    desk = at_desk("docs")
    desk.open("/notices")
    page = desk.submit("/notices/read")
    assert "已把1条通知标为已读" in page.text
    assert badge(desk) is None


def test_the_number_is_asked_for_with_the_tag_of_the_last_answer(
    story: Story, at_desk: Callable[[str], Desk]
) -> None:
    client = at_desk("docs").client
    first = client.get("/notices/unread")
    assert first.json == {"unread": 1}
    again = client.get("/notices/unread", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    notices.read_all(story.engine, story.who("docs"))
    changed = client.get("/notices/unread", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.json == {"unread": 0}


def test_the_api_lists_and_marks(story: Story, app: Flask) -> None:
    token = accounts.issue_token(story.engine, "docs")
    client, headers = app.test_client(), {"Authorization": f"Bearer {token}"}
    found = client.get("/api/v1/notices?unread=true", headers=headers).json
    assert found is not None
    [told] = found["items"]
    assert (told["kind"], told["unread"]) == ("opened", True)
    keyed = {**headers, "Idempotency-Key": "1"}
    read = client.post(f"/api/v1/notices/{told['id']}/read", headers=keyed).json
    assert read is not None
    assert read["unread"] is False
    marked = client.post("/api/v1/notices/read", headers={**headers, "Idempotency-Key": "2"}).json
    assert marked == {"count": 0}


def test_the_system_administrator_sees_on_every_page_that_something_is_stuck(
    engine: Engine, at_desk: Callable[[str], Desk]
) -> None:
    at, system = engine.clock.now(), engine.system_clock
    assert isinstance(system, ManualClock)
    disable(engine, "secadmin", at)
    with engine.database.write() as connection:
        row = notices.called("security_admin", "请知悉。", at=at, instance_id=None)
        outbox.add(connection, [row])
    for pause in (*posting.PAUSES, posting.PAUSES[0]):
        posting.deliver_due(engine)
        system.advance(seconds=pause.total_seconds() + 1)
    posting.deliver_due(engine)
    desk = at_desk("sysadmin")
    assert "有1项处理没有办成" in desk.open("/admin/people").text
    assert badge(desk) == "未读 1"
    assert "有1项处理没有办成" not in at_desk("gov_clerk").open("/").text


def test_an_address_is_entered_by_the_administrator_and_switched_off_by_oneself(
    engine: Engine, at_desk: Callable[[str], Desk]
) -> None:
    engine.settings = replace(
        engine.settings, mail_host="127.0.0.1", mail_from="g@example.gov.cn", url="http://g"
    )
    admin = at_desk("sysadmin")
    place = "/admin/people/docs"
    admin.open(place)
    refused = admin.submit(f"{place}/contact", email="这不是邮箱")
    assert refused.status == 422
    assert "电子邮箱写得不对" in refused.main()
    admin.open(place)
    done = admin.submit(f"{place}/contact", email="docs@example.gov.cn")
    assert "已登记" in done.text
    desk = at_desk("docs")
    assert "通知同时发到 docs@example.gov.cn" in desk.open("/account").main()
    assert "通知不再发邮件" in desk.submit("/account/mail", mail="off").text
    assert "通知不发邮件" in desk.open("/account").main()
