"""A document from the sign-in page to the archive, every step through its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person
from tests.story import CHECKED, DRAFTED, LETTER, PREPARED, START, Story

pytestmark = pytest.mark.browser

NOW = "2026-02-11T10:00"
OPINIONS = ("suggestion",)  # written in the opinion at the foot of the page
BODY = {"name": "正文.txt", "mimeType": "text/plain", "buffer": LETTER.encode()}


def test_a_document_goes_from_sign_in_to_the_archive_through_the_pages(
    at_screen: Callable[..., Person], story: Story
) -> None:
    clerk = at_screen("gov_clerk")
    clerk.page.get_by_role("link", name="发起事项").first.click()
    clerk.page.get_by_role("link", name="公文呈批").click()
    clerk.fill(START)
    clerk.page.get_by_role("button", name="提交").click()
    clerk.page.wait_for_url("**/tasks/*")
    assert "已发起" in clerk.told.inner_text()
    clerk.fill({**PREPARED, "body_file": BODY})
    clerk.act()
    expect(clerk.told).to_contain_text("郗明哲")
    [story.instance_id] = clerk.page.url.rpartition("/")[2:]

    def done(username: str, element: str, outcome: str | None = None, **values: Any) -> None:
        person = at_screen(username)
        person.open(f"/tasks/{story.item(username, element).id}")
        if person.page.locator("#comment").count():
            person.page.fill("#comment", "同意。")
        person.fill({key: value for key, value in values.items() if key not in OPINIONS})
        person.act(outcome)
        expect(person.told).to_contain_text("已提交")
        person.page.context.close()

    done("office_director", "UT_prepare")
    received = {"received_at": NOW, "copies": 1, "class_checked": "none", "paper_seal_ok": True}
    done("docs", "UT_register", **received)
    done("sec1", "UT_initial", "accept", **CHECKED)
    done("sec1", "UT_draft_opinion", **DRAFTED)
    done("office_director", "UT_office_head", "pass")
    done("dsg1", "UT_dsg", "pass")
    done("evm", "UT_vm", "approve")
    done("docs", "UT_notify", reply_way="system", reply_sent_at=NOW)
    done("docs", "UT_archive", retention="permanent", archive_complete=True)

    assert story.see().row.state == "completed"
    clerk.open(f"/instances/{story.instance_id}")
    assert "已办结" in clerk.text
    clerk.open("/?tab=completed")
    assert PREPARED["title"] in clerk.text
