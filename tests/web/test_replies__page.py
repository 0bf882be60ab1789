"""The page of asked parties, without JavaScript: late opinions and who must answer."""

from __future__ import annotations

from flask import Flask

from engine.startup import Engine
from tests.engine.test_replies__late import AFTER, must_answer, silent
from tests.web.desk import Desk

TYPED = {"party": "judicial_bureau", "received_at": "2026-02-20T09:00", "opinion": "请缓行。"}


def test_a_late_opinion_is_registered_and_what_was_typed_stays_when_refused(
    app: Flask, engine: Engine
) -> None:
    story = silent(engine)
    desk = Desk(app, "gov_clerk")
    [address] = desk.open(f"/instances/{story.instance_id}").links("会签、征求意见情况")
    page = desk.open(address)
    assert "逾期未回复，视为无不同意见" in page.text
    assert "系统记录，无人签字" in page.text
    late = f"{address}/late"
    page = desk.submit(late, **TYPED)
    assert page.status == 422
    assert "来文时间在时限之内" in page.text
    assert page.values(late)["opinion"] == "请缓行。"
    page = desk.submit(late, received_at="")
    assert page.status == 422
    assert "请填写日期和时间" in page.text
    page = desk.submit(late, received_at="2026-03-02T09:30", handling="另行研究。")
    assert page.status == 200
    assert "已登记迟到意见，流程不变。" in page.text
    assert "2026年3月2日09:30收到；主办意见：另行研究。" in page.text


def test_the_host_ends_the_wait_for_who_must_answer(app: Flask, engine: Engine) -> None:
    story = must_answer(engine)
    story.at(AFTER)
    desk = Desk(app, "gov_clerk")
    address = f"/instances/{story.instance_id}/replies"
    close = f"{address}/close"
    pressed = desk.open(address).values(close)
    assert desk.submit(close).status == 200
    assert story.open_steps() == [("UT_summary", "阮一苇")]
    again = desk.post(close, {**pressed, "key": "another", "csrf_token": pressed["csrf_token"]})
    assert again.status == 409
    assert "已经办理" in again.text


def test_the_asked_department_finds_no_form(app: Flask, engine: Engine) -> None:
    story = silent(engine)
    page = Desk(app, "judicial_head").open(f"/instances/{story.instance_id}/replies")
    assert "登记迟到意见" not in page.text
