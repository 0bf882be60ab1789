"""The page of an instance, and cancelling it: asked twice, refused to others."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.story import Story
from tests.web.desk import Desk

AtDesk = Callable[[str], Desk]
WHY = "选错了报文单位，重新发起。"


@pytest.fixture
def story(story: Story) -> Story:
    story.start()
    return story


def test_before_cancelling_one_reads_what_ends_and_what_stays(
    story: Story, at_desk: AtDesk
) -> None:
    desk, here = at_desk("gov_clerk"), f"/instances/{story.instance_id}"
    desk.open(here)
    page = desk.submit(f"{here}/cancel", reason=WHY)
    assert "撤销后不能恢复" in page.main()
    assert WHY in page.main()
    [ending] = page.tree.find_class("gc-lost")
    assert story.see().open_items[0].step in ending.text_content()
    assert page.links("不撤销，返回") == [here]
    assert story.see().row.state == "running"
    done = desk.submit(f"{here}/cancel", do="confirmed")
    assert (done.path, story.see().row.state) == (here, "cancelled")


def test_a_cancellation_without_a_reason_is_refused_at_its_field(
    story: Story, at_desk: AtDesk
) -> None:
    desk, here = at_desk("gov_clerk"), f"/instances/{story.instance_id}"
    desk.open(here)
    page = desk.submit(f"{here}/cancel", reason="错了")
    assert page.status == 422
    assert "撤销须写明理由" in page.main()
    assert page.values(f"{here}/cancel")["reason"] == "错了"
    assert page.tree.xpath("//textarea[@id='reason'][@aria-invalid='true']")
    assert story.see().row.state == "running"


def test_nobody_but_the_starter_comes_as_far_as_the_question(story: Story, at_desk: AtDesk) -> None:
    desk, here = at_desk("manager"), f"/instances/{story.instance_id}"
    data = desk.open("/").values("/sign-out")
    page = desk.post(f"{here}/cancel", {**data.to_dict(), "reason": WHY, "key": "k"})
    assert page.status == 403
    assert "只有发起人可以撤销这件" in page.main()


def test_what_others_have_acted_on_is_not_cancelled(story: Story, at_desk: AtDesk) -> None:
    desk, here = at_desk("gov_clerk"), f"/instances/{story.instance_id}"
    page = desk.open(here)
    data = page.values(f"{here}/cancel").to_dict()
    story.prepare()
    refused = desk.post(f"{here}/cancel", {**data, "reason": WHY, "do": "confirmed"})
    assert refused.status == 403
    assert "请联系当前办理人退回" in refused.main()
    assert story.see().row.state == "running"


def test_the_timeline_tells_who_when_how_long_and_what(
    story: Story, at_desk: AtDesk, move_clock: Callable[[str], object]
) -> None:
    move_clock("2026-02-11T12:30:00+08:00")
    story.to_initial()
    story.initial(comment="符合行文规则，受理。")
    page = at_desk("gov_clerk").open(f"/instances/{story.instance_id}")
    [timeline] = page.tree.find_class("gc-timeline")
    words = " ".join(timeline.text_content().split())
    for part in (
        "初审",
        "蔺若川",
        "秘书科",
        "受理",
        "符合行文规则，受理。",
        "2 小时 30 分",
        "发起",
    ):
        assert part in words
    assert "正在办理" in words or "待认领" in words


def test_the_diagram_has_its_text_list_and_says_so_without_script(
    story: Story, at_desk: AtDesk
) -> None:
    page = at_desk("gov_clerk").open(f"/instances/{story.instance_id}")
    assert "浏览器没有启用脚本，流程图不显示" in page.tree.xpath("string(//noscript)")
    [now] = page.tree.xpath("//ol[contains(@class,'gc-steps')]/li[contains(@class,'is-now')]")
    assert "阮一苇" in now.text_content()
    answer = at_desk("gov_clerk").client.get(f"/instances/{story.instance_id}/elements").json
    assert answer is not None
    assert answer["diagrams"][0]["elements"]["UT_prepare"] == "active"
