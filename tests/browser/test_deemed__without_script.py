"""A countersigning falls silent, seen by people whose browser runs no JavaScript at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.startup import Engine
from tests.browser.person import Person
from tests.rows import responses_of
from tests.story import Story

pytestmark = pytest.mark.browser

SENT = "2026-02-11T10:00"
DEPTS = ("finance_bureau", "judicial_bureau")
NOBODY = ("尚怀瑾", "卫书宁", "温如故", "水长庚")  # heads and clerks of the silent departments


def move_clock(person: Person, to: str) -> None:
    """Fill in the form of the demo clock at the head of the page."""
    person.page.locator(".gc-demo summary").click()
    person.page.fill("#demo-to", to)
    person.page.get_by_role("button", name="拨动").click()


def test_silence_is_deemed_a_second_after_the_last_and_nobody_signed(
    at_screen: Callable[..., Person], story: Story, demo: Engine
) -> None:
    story.start()
    story.to_initial()
    story.initial(countersign_extra_depts=list(DEPTS))
    story.do("gov_clerk", "UT_select", depts=list(DEPTS), must_reply_depts=[])
    head = at_screen("office_director", script=False)
    head.open(f"/tasks/{story.item('office_director', 'UT_host_sign').id}")
    head.fill({"host_signed": True, "host_signer_head": True, "sent_at": SENT})
    head.act()
    assert "已提交" in head.told.inner_text()

    watching = at_screen("gov_clerk", script=False)
    watching.open(f"/instances/{story.instance_id}")
    assert "2月27日18:00 截止" in watching.text
    move_clock(watching, "2026-02-27T18:00:00")
    assert "演示时钟现在是2026年2月27日 18:00" in watching.told.inner_text()
    assert watching.page.locator(".gc-timeline .is-deemed").count() == 0
    assert {step for step, _ in story.open_steps()} == {"UT_reply"}

    move_clock(watching, "2026-02-27T18:00:01")
    silences = watching.page.locator(".gc-timeline .is-deemed")
    assert silences.count() == len(DEPTS)
    for said in silences.all_inner_texts():
        assert "逾期未回复，视为无不同意见" in said
        assert "系统记录，无人签字" in said
        assert "工作规则第三十三条第二款" in said
        assert not any(name in said for name in NOBODY)
        assert "同意" not in said.replace("视为无不同意见", "")
    assert {step for step, _ in story.open_steps()} == {"UT_summary"}
    kept = [row for row in responses_of(demo, story.instance_id) if row.party in DEPTS]
    assert [(row.person_id, row.signature, row.recorded_by) for row in kept] == [
        (None, None, "system")
    ] * len(DEPTS)


def test_a_department_that_answers_in_the_last_second_is_not_deemed(
    at_screen: Callable[..., Person], story: Story
) -> None:
    story.start()
    story.to_countersign(*DEPTS)
    watching = at_screen("gov_clerk", script=False)
    watching.open("/")
    move_clock(watching, "2026-02-27T17:59:59")
    answering = at_screen("finance_head", script=False)
    answering.open(f"/tasks/{story.item('finance_head', 'UT_reply').id}")
    assert "剩1分钟" in answering.text or "剩0分钟" in answering.text
    answering.act("agree")
    assert "已提交" in answering.told.inner_text()
    move_clock(watching, "2026-02-27T18:00:01")
    watching.open(f"/instances/{story.instance_id}")
    silences = watching.page.locator(".gc-timeline .is-deemed")
    assert silences.count() == 1
    assert "市司法局" in silences.first.inner_text()
