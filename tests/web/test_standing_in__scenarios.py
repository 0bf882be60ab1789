"""Acting for others, told through the pages: scenarios 4 and 9 of document approval, 6 of meetings.

A registrar fills in the sheets, sees what moves, confirms; the substitute signs and it shows; who
was away is back and finds the list.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine import instances, timers
from engine.startup import Engine
from tests import diagrams
from tests.story import Story
from tests.web.desk import Desk, Page

At = Callable[[str], Desk]
ROOM = "/admin/substitution"
TRIP = {"v.starts_at": "2026-05-11T00:00", "v.ends_at": "2026-05-16T00:00"}
TITLE = "忻州市人民政府办公室关于做好防汛工作的通知"


def fill(desk: Desk, path: str, **fields: Any) -> Page:
    """A sheet filled in, its effect looked at, confirmed."""
    desk.open(path)
    shown = desk.submit(path, do="preview", **fields)
    assert "确认后的影响" in shown.text, shown.text
    return desk.submit(path, do="complete")


def away(desk: Desk, person: str, **fields: str) -> Page:
    span = {**TRIP, "v.kind": "business_trip", "v.person_id": person, **fields}
    return fill(desk, f"{ROOM}/absences/new", **span)


def entrust(desk: Desk, *scope: str, **fields: Any) -> Page:
    given = {**TRIP, "v.substitute_id": "evm", "v.scope": list(scope)}
    given |= {"v.evidence": "市长5月10日当面委托，秘书长记录。", **fields}
    return fill(desk, f"{ROOM}/mandates/new", **given)


def sign(desk: Desk, story: Story, username: str, step: str) -> Page:
    """Open the task, agree with words."""
    address = f"/tasks/{story.item(username, step).id}"
    desk.open(address)
    return desk.submit(address, do="complete:approve", comment="同意，抓好落实。")


def test_scenario_4_the_acting_mayor_signs_as_such(
    at_desk: At, story: Story, engine: Engine
) -> None:
    story.at("2026-05-10T09:00:00+08:00")
    registrar = at_desk("sg")
    assert "已登记卫承远出差" in away(registrar, "mayor").text
    given = entrust(registrar, "instruct", "sign_off")
    assert "已登记贺景舟代行，编号代2026-1" in given.text
    story.at("2026-05-12T09:00:00+08:00")
    story.to_the_mayor()
    acting = at_desk("evm")
    page = acting.open(f"/tasks/{story.item('evm', 'UT_mayor').id}")
    assert "以常务副市长身份（代行市长职务）批示，委托编号代2026-1" in page.text
    assert "贺景舟（代行市长职务，委托编号代2026-1）" in page.text
    sign(acting, story, "evm", "UT_mayor")
    seen = acting.open(f"/instances/{story.instance_id}").text
    assert "贺景舟（代行市长职务，委托编号代2026-1）" in seen
    assert "贺景舟（代行市长职务，委托编号代2026-1）" in acting.open("/?tab=done").text
    told = instances.history(engine, story.who("evm"), story.instance_id)
    words = next(
        each.text for each in told if each.kind == "item.completed" and "“市长批示”" in each.text
    )
    assert words.startswith("贺景舟（代行市长职务，委托编号代2026-1）办理了“市长批示”")


def test_scenario_4_the_substitute_leaves_and_the_mayor_has_it_with_a_sentence(
    at_desk: At, story: Story
) -> None:
    story.at("2026-05-10T09:00:00+08:00")
    registrar = at_desk("sg")
    away(registrar, "mayor")
    entrust(registrar, "instruct")
    story.at("2026-05-12T09:00:00+08:00")
    story.to_the_mayor()
    registrar.open(f"{ROOM}/absences/new")
    day = {"v.starts_at": "2026-05-13T00:00", "v.ends_at": "2026-05-14T00:00"}
    looked = registrar.submit(
        f"{ROOM}/absences/new",
        do="preview",
        **day,
        **{"v.kind": "business_trip", "v.person_id": "evm"},
    )
    assert "1 项未办的任务换人" in looked.text
    assert "市长外出期间无代行委托记录" in looked.text
    registrar.submit(f"{ROOM}/absences/new", do="complete")
    story.at("2026-05-13T08:00:00+08:00")
    assert story.open_steps() == [("UT_mayor", "卫承远")]
    assert "市长外出期间无代行委托记录，请补登委托或待市长返回" in registrar.open(ROOM).text
    assert "有 1 件事项没有人能办" in registrar.open("/").text
    assert "无代行委托记录" in at_desk("mayor").open("/").text


def test_scenario_4_back_from_the_trip_the_mayor_notes_what_was_signed(
    at_desk: At, story: Story
) -> None:
    story.at("2026-05-10T09:00:00+08:00")
    registrar = at_desk("sg")
    away(registrar, "mayor")
    entrust(registrar, "instruct")
    story.at("2026-05-12T09:00:00+08:00")
    story.to_the_mayor()
    sign(at_desk("evm"), story, "evm", "UT_mayor")
    story.at("2026-05-16T00:00:01+08:00")
    mayor = at_desk("mayor")
    [address] = mayor.open("/").links("代行期间签批事项清单")
    shown = mayor.open(address)
    assert shown.heading == "代行期间签批事项清单"
    for words in (TITLE, "贺景舟（代行市长职务）", "同意，抓好落实。", "共 1 件", "代2026-1"):
        assert words in shown.text
    assert shown.links(TITLE) == [f"/instances/{story.instance_id}"]
    assert "待 卫承远 阅知" in registrar.open(address).text
    assert "已于" in mayor.open(address).text or mayor.submit(f"{address}/read")
    assert "阅知。" in registrar.open(address).text
    assert mayor.open("/").links("代行期间签批事项清单") == []
    assert at_desk("vm1").open(address).status == 404


def test_scenario_9_b_acts_for_a_and_a_gets_the_list(at_desk: At, story: Story) -> None:
    story.at("2026-05-10T09:00:00+08:00")
    back = {"v.ends_at": "2026-05-14T00:00"}
    away(at_desk("office_director"), "vm2", **back)
    story.at("2026-05-12T09:00:00+08:00")
    story.start()
    story.to_initial()
    story.initial()
    story.draft(field="education")
    story.stations("office_director", "dsg3")
    b, a = story.who("vm1").name, story.who("vm2").name
    desk = at_desk("vm1")
    page = desk.open(f"/tasks/{story.item('vm1', 'UT_vm').id}")
    assert f"以副市长身份（B角代办，代{a}）批示" in page.text
    sign(desk, story, "vm1", "UT_vm")
    assert f"{b}（B角代办，代{a}）" in desk.open(f"/instances/{story.instance_id}").text
    story.at("2026-05-14T00:00:01+08:00")
    mine = at_desk("vm2")
    [address] = mine.open("/").links("B角代办事项清单")
    assert f"{b}（B角代办）" in mine.open(address).text


def test_scenario_9_both_away_it_waits_and_the_secretary_general_designates(
    at_desk: At, story: Story, engine: Engine
) -> None:
    story.at("2026-05-10T09:00:00+08:00")
    registrar = at_desk("sg")
    for person in ("vm2", "vm1"):
        away(registrar, person)
    story.at("2026-05-12T09:00:00+08:00")
    story.start()
    story.to_initial()
    story.initial()
    story.draft(field="education")
    story.stations("office_director", "dsg3")
    a = story.who("vm2").name
    assert story.open_steps() == [("UT_vm", a)]
    assert "分管领导和B角均外出，请秘书长报市长指定" in registrar.open(ROOM).text
    named = {**TRIP, "v.principal_id": "vm2", "v.substitute_id": "vm3"}
    made = fill(
        registrar,
        f"{ROOM}/designations/new",
        **{**named, "v.starts_at": "2026-05-12T09:00", "v.evidence": "市长5月12日电话指定。"},
    )
    assert "编号指2026-1" in made.text
    timers.fire_due(engine)
    assert story.open_steps() == [("UT_vm", story.who("vm3").name)]
    page = at_desk("vm3").open(f"/tasks/{story.item('vm3', 'UT_vm').id}")
    assert f"以副市长身份（受指定代办，代{a}）批示，委托编号指2026-1" in page.text


MEETING = (
    diagrams.start_end()
    + diagrams.user("UT_convene", "mayor", org="", scope="chair_meeting")
    + diagrams.user("UT_leave", "mayor", org="", scope="approve_leave")
    + diagrams.flow("S", "UT_convene", "UT_leave", "E")
)


@pytest.fixture
def meeting(engine: Engine, tmp_path: Path, story: Story) -> Story:
    """A standing meeting that the mayor convenes, and a leave from it, as a small procedure."""
    diagrams.install(engine, tmp_path, "meeting", MEETING)
    story.at("2026-05-10T09:00:00+08:00")
    return story


def test_scenario_6_who_presides_for_the_mayor_grants_leave(at_desk: At, meeting: Story) -> None:
    registrar = at_desk("sg")
    away(registrar, "mayor")
    entrust(registrar, "chair_meeting")
    meeting.at("2026-05-12T09:00:00+08:00")
    meeting.begin("gov_clerk", "meeting", {})
    meeting.do("evm", "UT_convene")
    desk = at_desk("evm")
    page = desk.open(f"/tasks/{meeting.item('evm', 'UT_leave').id}")
    assert "以常务副市长身份（代行市长职务）审批请假，委托编号代2026-1" in page.text
    meeting.do("evm", "UT_leave")
    done = meeting.see().opinions[0]
    assert done.signed_as == "贺景舟（代行市长职务，委托编号代2026-1）"


def test_scenario_6_without_a_mandate_nobody_convenes(at_desk: At, meeting: Story) -> None:
    away(at_desk("sg"), "mayor")
    meeting.at("2026-05-12T09:00:00+08:00")
    meeting.begin("gov_clerk", "meeting", {})
    assert meeting.open_steps() == [("UT_convene", "卫承远")]
    page = at_desk("sg").open(ROOM)
    assert "市长外出且无代行委托，不能召集常务会议（工作规则第五条、第二十一条）" in page.text
