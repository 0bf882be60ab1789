"""事项调度: who may steer finds any running instance, and reads no more of it than before."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine import steering, verbs
from engine.errors import NotAllowed
from engine.startup import Engine
from tests.api.statements import counting
from tests.story import PREPARED, Story
from tests.web.desk import Desk, Page

AtDesk = Callable[[str], Desk]
PLACE = "/steering"


@pytest.fixture
def of_water(story: Story) -> Story:
    """A document of the water bureau, before the clerk who drafts it."""
    story.start("water_clerk", submitter_org="water_bureau", submitter_type="dept")
    return story


def rows(page: Page) -> int:
    return len(page.tree.xpath("//main//tbody/tr"))


@pytest.mark.parametrize("who", ["sysadmin", "office_director", "sg"])
def test_who_may_steer_finds_what_is_not_his_and_reads_nothing_of_it(
    of_water: Story, at_desk: AtDesk, who: str
) -> None:
    desk = at_desk(who)
    assert PLACE in desk.open("/").links("事项调度")
    page = desk.open(PLACE)
    assert rows(page) == 1
    assert of_water.who("water_clerk").name in page.main()
    assert page.links("改派") == [
        f"/tasks/{of_water.item('water_clerk', 'UT_prepare').id}/verbs/reassign"
    ]
    assert page.tree.find_class("gc-title") == []
    assert desk.open(f"/instances/{of_water.instance_id}").status == 404


@pytest.mark.parametrize(
    "who", ["water_clerk", "mayor", "manager", "designer", "secadmin", "auditadmin"]
)
def test_nobody_else_is_let_in_or_shown_the_way(of_water: Story, at_desk: AtDesk, who: str) -> None:
    desk = at_desk(who)
    assert desk.open("/").links("事项调度") == []
    page = desk.open(PLACE)
    assert page.status == 403
    assert "只有秘书长、办公室主任和系统管理员可以这样做" in page.main()
    with pytest.raises(NotAllowed):
        steering.listing(of_water.engine, of_water.who(who))


def test_a_title_is_told_to_whom_it_concerns_for_another_reason(
    story: Story, at_desk: AtDesk
) -> None:
    story.start()
    story.prepare()  # the office director signs it
    [title] = at_desk("office_director").open(PLACE).tree.find_class("gc-title")
    assert title.text_content() == PREPARED["title"]
    assert PREPARED["title"] not in at_desk("sysadmin").open(PLACE).source


def test_it_is_narrowed_by_number_state_and_lateness(
    story: Story, at_desk: AtDesk, move_clock: Callable[[str], object]
) -> None:
    story.start()
    story.prepare(doc_number="忻政办〔2026〕10号")
    other = Story(story.engine)
    other.start()
    desk = at_desk("sysadmin")
    assert rows(desk.open(PLACE)) == 2
    assert rows(desk.open(f"{PLACE}?q=〔2026〕10号")) == 1
    assert rows(desk.open(f"{PLACE}?q=防汛")) == 0  # no word of a title is found
    assert rows(desk.open(f"{PLACE}?q=%25")) == 0
    assert rows(desk.open(f"{PLACE}?state=resting")) == 0
    why = {"reason": "等上级明确口径。"}
    sysadmin = story.who("sysadmin")
    verbs.do(
        story.engine, sysadmin, "suspend", other.instance_id, values=why, key="s", on="instance"
    )
    resting = desk.open(f"{PLACE}?state=resting")
    assert (rows(resting), len(resting.links("恢复")), resting.links("改派")) == (1, 1, [])
    assert rows(desk.open(f"{PLACE}?overdue=1")) == 0
    move_clock("2026-03-02T09:00:00+08:00")
    assert rows(desk.open(f"{PLACE}?overdue=1")) == 1
    nothing = desk.open(f"{PLACE}?overdue=1&state=resting")
    assert "没有符合条件的事项" in nothing.main()
    assert nothing.links("去掉条件再查") == [PLACE]


def test_an_administrator_steers_from_here_and_comes_back_here(
    of_water: Story, at_desk: AtDesk
) -> None:
    desk = at_desk("sysadmin")
    [sheet] = desk.open(PLACE).links("挂起")
    desk.open(sheet)
    desk.submit(sheet, do="preview", **{"v.reason": "等上级明确口径。"})
    done = desk.submit(sheet, do="complete")
    assert (done.path, rows(done)) == (PLACE, 1)
    assert "已挂起" in done.text
    assert len(done.links("恢复")) == 1


def test_what_has_ended_is_not_there(story: Story, at_desk: AtDesk) -> None:
    story.start()
    why = {"reason": "重复报送。"}
    director = story.who("office_director")
    verbs.do(
        story.engine, director, "terminate", story.instance_id, values=why, key="t", on="instance"
    )
    assert rows(at_desk("sysadmin").open(PLACE)) == 0


def test_a_page_asks_as_little_for_many_as_for_few(any_engine: Engine) -> None:
    for _ in range(23):
        Story(any_engine).start()
    director = Story(any_engine).who("office_director")
    steering.listing(any_engine, director)
    asked = []
    for size in (2, 20):
        with counting(any_engine) as statements:
            found = steering.listing(any_engine, director, size=size)
        assert (len(found.items), found.total) == (size, 23)
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 8
    assert len(steering.listing(any_engine, director, page=2).items) == 3
