"""Every refusal is a page in Chinese with a way back; none shows a trace."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from flask import Flask

from engine.startup import Engine
from tests.story import Story
from tests.web.desk import Desk, Page
from web.app import create_app

AtDesk = Callable[[str], Desk]


def assert_leads_back(page: Page) -> None:
    assert page.links("回工作台") == ["/"]
    assert page.heading
    assert not any(each in page.source for each in ("Traceback", "Error:", "File &#34;", "None"))


def test_what_is_not_ones_own_is_not_found(story: Story, at_desk: AtDesk) -> None:
    story.start()
    for path in (f"/tasks/{'0' * 32}", f"/instances/{story.instance_id}", "/no/such/page"):
        page = at_desk("vm3").open(path)
        assert page.status == 404
        assert "无权查看" in page.main()
        assert_leads_back(page)


def test_what_ones_post_may_not_do_is_refused_by_name(at_desk: AtDesk) -> None:
    page = at_desk("auditadmin").open("/start/document_approval")
    assert page.status == 403
    assert "不能发起“公文呈批”" in page.main()
    assert_leads_back(page)


def test_an_address_used_in_another_way_is_refused(at_desk: AtDesk) -> None:
    desk = at_desk("gov_clerk")
    data = desk.open("/").values("/sign-out")
    page = desk.post("/start", data)
    assert page.status == 405
    assert_leads_back(page)


def test_a_form_from_elsewhere_is_refused(at_desk: AtDesk) -> None:
    page = at_desk("gov_clerk").post("/start/document_approval", {"do": "complete"})
    assert page.status == 400
    assert "内容没有提交" in page.main()
    assert_leads_back(page)


def test_a_fault_has_a_number_to_tell_and_no_trace(engine: Engine) -> None:
    app = create_app(engine)

    def broken() -> str:
        raise RuntimeError("secret detail of the inside")

    app.add_url_rule("/broken", "broken", broken)
    page = Desk(app, "gov_clerk").open("/broken")
    assert page.status == 500
    assert "编号 500-" in page.main()
    assert "secret detail" not in page.source
    assert_leads_back(page)


def test_a_form_far_too_large_is_refused_before_it_is_read(engine: Engine) -> None:
    small = dataclasses.replace(engine.settings, upload_mb=1)
    desk = Desk(create_app(dataclasses.replace(engine, settings=small)), "gov_clerk")
    answer = desk.client.post(
        "/start/document_approval",
        data=b"v.title=" + b"x" * 9_000_000,
        content_type="application/x-www-form-urlencoded",
    )
    page = Page(answer)
    assert page.status == 413
    assert_leads_back(page)


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_script_reads_the_same_sentence_as_a_problem(app: Flask, accept: str) -> None:
    client = Desk(app, "gov_clerk").client
    answer = client.get("/no/such/page", headers={"Accept": accept})
    assert answer.status_code == 404
    is_problem = answer.content_type == "application/problem+json"
    assert is_problem == (accept == "application/json")
    told = answer.json["detail"] if is_problem and answer.json else answer.text
    assert "没有找到这一项" in told


def test_a_conflict_is_a_409_with_a_way_on(story: Story, at_desk: AtDesk) -> None:
    story.start()
    desk = at_desk("gov_clerk")
    where = f"/tasks/{story.item('gov_clerk', 'UT_prepare').id}"
    data = desk.open(where).values(where).to_dict()
    page = desk.post(where, {**data, "version": "999", "do": "complete"})
    assert page.status == 409
    assert "您的内容没有提交" in page.main()
    assert page.links("全部过程与流程图")
