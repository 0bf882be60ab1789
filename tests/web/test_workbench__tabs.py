"""The workbench: tabs whose counts open as many rows, what is late first, search, pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine import verbs
from tests.story import PREPARED, Story
from tests.web.desk import Desk, Page

AtDesk = Callable[[str], Desk]
TABS = ("todo", "to_read", "done", "completed", "started", "drafts", "delegated")


def count(page: Page, tab: str) -> int:
    [shown] = page.tree.xpath(f"//nav[@aria-label='事项分类']//span[@data-count='{tab}']")
    return int(shown.text_content())


def titles(page: Page) -> list[str]:
    return [" ".join(link.text_content().split()) for link in page.tree.find_class("gc-title")]


def with_the_deputy(story: Story, title: str) -> None:
    story.start()
    story.to_initial(title=title)
    story.initial()
    story.draft()
    story.do("office_director", "UT_office_head", "pass", comment="同意呈送。")


def test_every_count_opens_as_many_rows(story: Story, at_desk: AtDesk) -> None:
    story.start()
    story.start()
    story.prepare()
    desk = at_desk("gov_clerk")
    for tab in TABS:
        page = desk.open(f"/?tab={tab}")
        assert len(titles(page)) == count(page, tab), tab
    assert [count(page, tab) for tab in TABS] == [1, 0, 1, 0, 2, 0, 0]


def test_what_a_group_may_claim_counts_as_to_do(story: Story, at_desk: AtDesk) -> None:
    story.start()
    story.prepare()
    page = at_desk("docs").open("/")
    assert count(page, "todo") == 1
    assert page.links(PREPARED["title"]) == [f"/tasks/{story.item('docs', 'UT_register').id}"]
    assert "认领" in page.main()


def test_what_is_late_stands_first_in_words_of_working_days(
    story: Story, at_desk: AtDesk, move_clock: Callable[[str], object]
) -> None:
    with_the_deputy(story, "忻州市人民政府办公室关于先到的事项的通知")
    move_clock("2026-02-13T09:00:00+08:00")
    with_the_deputy(story, "忻州市人民政府办公室关于后到的事项的通知")
    due = story.item("dsg1", "UT_dsg").due.at
    assert due is not None
    move_clock("2026-02-25T09:00:00+08:00")
    page = at_desk("dsg1").open("/")
    words = page.main()
    assert titles(page)[0].endswith("先到的事项的通知")
    assert words.index("已逾期") < words.index("先到的事项")
    assert "逾期" in words
    assert "个工作日" in words
    [heading, *_] = page.tree.find_class("gc-count-overdue")
    assert heading.text_content() == str(len(page.tree.find_class("gc-due-overdue")))


def test_the_list_of_what_one_started_says_how_far_it_is(story: Story, at_desk: AtDesk) -> None:
    story.start()
    story.prepare()
    page = at_desk("gov_clerk").open("/?tab=started")
    step = story.item("docs", "UT_register").step
    assert step in page.main()
    assert "截止" in page.main()
    assert "等待" not in page.main()


def test_search_finds_by_part_of_a_title_and_says_when_nothing_fits(
    story: Story, at_desk: AtDesk
) -> None:
    story.start()
    story.prepare()
    desk = at_desk("gov_clerk")
    assert len(titles(desk.open("/?tab=started&q=防汛"))) == 1
    nothing = desk.open("/?tab=started&q=没有这样的事")
    assert titles(nothing) == []
    assert "没有符合条件的事项" in nothing.main()
    assert "没有这样的事" in nothing.main()
    assert nothing.links("去掉条件再看") == ["/?tab=started"]


def test_percent_and_underscore_are_searched_as_themselves(story: Story, at_desk: AtDesk) -> None:
    story.start()
    story.prepare()
    for sign in ("%", "_"):
        assert titles(at_desk("gov_clerk").open(f"/?tab=started&q={sign}")) == []


def test_long_lists_come_in_pages(story: Story, at_desk: AtDesk) -> None:
    for _ in range(23):
        story.start()
    desk = at_desk("gov_clerk")
    first = desk.open("/?tab=started")
    assert (len(titles(first)), "共 23 件" in first.main()) == (20, True)
    [following] = list(first.links("下一页"))
    second = desk.open(following)
    assert (len(titles(second)), second.links("下一页")) == (3, [])
    assert second.links("上一页")
    assert titles(desk.open(second.links("上一页")[0])) == titles(first)
    assert titles(desk.open("/?tab=started&at=anywhere")) == titles(first)


@pytest.mark.parametrize(
    ("tab", "says", "offers"),
    [
        ("todo", "送到您名下的事项会按时限排在这里", "看已办的事项"),
        ("done", "您办完的每一步都列在这里", "去看待办"),
        ("started", "您发起的事项列在这里", "发起事项"),
        ("drafts", "没写完的内容会留在这里", "去看待办"),
        ("completed", "办结后列在这里", "看我发起的事项"),
        ("to_read", "送您传阅、抄送的事项列在这里", "去看待办"),
        ("delegated", "请同事先办的步骤列在这里", "去看待办"),
    ],
)
def test_an_empty_list_says_what_would_be_here_and_what_to_do(
    at_desk: AtDesk, tab: str, says: str, offers: str
) -> None:
    page = at_desk("vm3").open(f"/?tab={tab}")
    assert says in page.main()
    assert page.links(offers)


def test_an_account_without_a_post_is_told_that_nothing_will_come(at_desk: AtDesk) -> None:
    page = at_desk("auditadmin").open("/")
    assert "这个账号没有待办" in page.main()


def test_the_counts_are_asked_for_again_only_when_they_changed(
    story: Story, at_desk: AtDesk
) -> None:
    desk = at_desk("gov_clerk")
    first = desk.client.get("/workbench/counts")
    assert first.json is not None
    assert first.json["mine"] == 0
    again = desk.client.get("/workbench/counts", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    story.start()
    changed = desk.client.get("/workbench/counts", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.json is not None
    assert changed.json["mine"] == 1


def test_an_unknown_tab_is_not_found(at_desk: AtDesk) -> None:
    assert at_desk("gov_clerk").open("/?tab=secret").status == 404


def test_what_was_sent_to_be_read_stands_there_until_it_is_read(
    story: Story, at_desk: AtDesk
) -> None:
    story.start()
    story.prepare()
    clerk, docs = story.who("gov_clerk"), story.who("docs")
    sent = {"persons": [docs.person_id]}
    verbs.do(
        story.engine, clerk, "circulate", story.instance_id, values=sent, key="k1", on="instance"
    )
    page = at_desk("docs").open("/?tab=to_read")
    assert (count(page, "to_read"), titles(page)) == (1, [PREPARED["title"]])
    verbs.do(story.engine, docs, "acknowledge", story.instance_id, key="k2", on="instance")
    assert count(at_desk("docs").open("/?tab=to_read"), "to_read") == 0


def test_what_is_to_be_read_says_who_sent_it_and_the_newest_sent_stands_first(
    story: Story, at_desk: AtDesk, move_clock: Callable[[str], object]
) -> None:
    older = Story(story.engine)
    for each, title in ((older, "关于先发起的事项的通知"), (story, "关于后发起的事项的通知")):
        each.start()
        each.prepare(title=title)
    clerk, docs = story.who("gov_clerk"), story.who("docs").person_id
    for day, each in (("02", story), ("03", older)):
        move_clock(f"2026-03-{day}T09:30:00+08:00")
        sent = {"persons": [docs], "note": f"请{day}日阅。"}
        verbs.do(
            story.engine, clerk, "circulate", each.instance_id, values=sent, key=day, on="instance"
        )
    page = at_desk("docs").open("/?tab=to_read")
    assert titles(page) == ["关于先发起的事项的通知", "关于后发起的事项的通知"]
    for words in (clerk.name, "请03日阅。", "3月2日"):
        assert words in page.main()
    assert titles(at_desk("docs").open("/?tab=to_read&until=2026-03-02")) == titles(page)[1:]
    assert count(page, "to_read") == 2


def test_what_was_given_to_somebody_to_prepare_says_who_has_it(
    story: Story, at_desk: AtDesk
) -> None:
    story.start()
    item, other = story.item("gov_clerk", "UT_prepare"), story.who("docs")
    given = {"person": other.person_id, "reason": "请先起草。"}
    verbs.do(story.engine, story.who("gov_clerk"), "delegate", item.id, values=given, key="k1")
    page = at_desk("gov_clerk").open("/?tab=delegated")
    assert count(page, "delegated") == 1
    assert other.name in page.main()


def test_filters_stand_in_the_address_and_are_taken_away_one_by_one(
    story: Story, at_desk: AtDesk
) -> None:
    story.start()
    story.prepare()
    desk = at_desk("docs")
    page = desk.open("/?procedure=document_approval&due=week&since=2026-02-11&urgency=extra")
    assert titles(page) == []
    assert "没有符合条件的事项" in page.main()
    for words in ("公文呈批", "7天内到期", "送达自2月11日起", "特急"):
        assert words in page.main()
    [less] = page.links("特急，去掉这个条件")
    assert "urgency" not in less
    assert "since=2026-02-11" in less
    found = desk.open("/?procedure=document_approval&since=2026-02-11")
    assert titles(found) == [PREPARED["title"]]
    assert titles(desk.open("/?since=never&due=soon&procedure=")) == [PREPARED["title"]]
