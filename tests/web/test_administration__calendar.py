"""The administrator takes the notice of 2027 on a page: preview, confirm, and what it moved."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask

from engine import instances, timers
from engine.startup import Engine
from tests.engine.notices import LONGER_NEW_YEAR, NOTICE_2027
from tests.rows import responses_of
from tests.story import Story
from tests.web.desk import Desk
from web.app import create_app

PLACE = "/admin/calendar"


@pytest.fixture
def any_app(any_engine: Engine) -> Flask:
    return create_app(any_engine)


def test_a_notice_is_previewed_confirmed_and_seen_in_the_history(
    any_app: Flask, any_engine: Engine
) -> None:
    story = Story(any_engine)
    story.at("2026-12-28T10:00:00+08:00")
    story.start()
    story.to_countersign("judicial_bureau")
    desk = Desk(any_app, "sysadmin")
    page = desk.open("/admin")
    assert "2027年节假日安排尚未维护" in page.main()
    page = desk.open(PLACE)
    assert "依据：国务院办公厅2025年11月4日通知" in page.main()
    assert "全年248个工作日" in page.main()
    assert "2月15日至23日放假；2月14日、28日上班" in page.main()

    page = desk.submit(f"{PLACE}/preview", table=LONGER_NEW_YEAR)
    assert page.status == 200
    assert page.heading == "导入2027年安排：预览"
    assert "国办发明电〔2026〕100号" in page.main()
    assert "部门会签（市司法局）" in page.main()
    assert "2027年1月6日 18:00" in page.main()
    assert "2027年1月11日 18:00" in page.main()
    assert "由暂定转为确定" in page.main()
    assert story.see().row.title not in page.text
    assert story.view("judicial_head", "UT_reply").row.due.provisional

    page = desk.submit(f"{PLACE}/import")
    assert page.path == PLACE
    assert "已导入2027年工作日历" in page.main()
    assert "正在按2027年的安排重算时限" in page.main()
    timers.fire_due(any_engine)
    page = desk.open(f"{PLACE}?year=2027")
    assert "最近一次重算（2027年的安排）已完成，改动了2项时限" in page.main()
    assert "尚未维护" not in page.main()
    told = [
        each.text for each in instances.history(any_engine, story.who("manager"), story.instance_id)
    ]
    assert any("现2027年1月11日18:00，由暂定转为确定" in text for text in told)
    assert story.at("2027-01-11T18:00:01+08:00") == 1
    assert len(responses_of(any_engine, story.instance_id)) == 1


def test_a_wrong_table_comes_back_with_every_line_that_is_wrong(
    at_desk: Callable[[str], Desk],
) -> None:
    desk = at_desk("sysadmin")
    desk.open(PLACE)
    page = desk.submit(f"{PLACE}/preview", table=NOTICE_2027 + "放假,元旦,2月30日\n调整,春节")
    assert page.status == 422
    assert "第14行：应为" in page.main()
    assert "第15行：“调整”读不懂" in page.main()
    assert "2月30日" in page.tree.xpath("string(//textarea)")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_file_of_a_spreadsheet_is_taken_as_it_is(
    at_desk: Callable[[str], Desk], encoding: str
) -> None:
    desk = at_desk("sysadmin")
    page = desk.open(PLACE)
    file = (io.BytesIO(NOTICE_2027.replace("〔2026〕", "").encode(encoding)), "2027.csv")
    page = desk.submit(f"{PLACE}/preview", file=file)
    assert "国办发明电99号" in page.main()
    assert "没有时限会改动" in page.main()


def test_a_year_that_is_not_known_is_shown_as_such(at_desk: Callable[[str], Desk]) -> None:
    page = at_desk("sysadmin").open(f"{PLACE}?year=2027")
    assert "尚未公布" in page.main()
    assert "暂按周一至周五计算" in page.main()
    assert at_desk("sysadmin").open(f"{PLACE}?year=1999").status == 404


@pytest.mark.parametrize("who", ["gov_clerk", "secadmin", "auditadmin", "designer", "manager"])
def test_nobody_else_comes_in(at_desk: Callable[[str], Desk], who: str) -> None:
    desk = at_desk(who)
    for room, words in (
        ("calendar", "工作日历"),
        ("conventions", "约定参数"),
        ("incidents", "运行故障"),
    ):
        page = desk.open(f"/admin/{room}")
        assert page.status == 403
        assert f"{words}由系统管理员管理" in page.text
