"""A step on its page: what is shown, drafts, claiming, who gets it next, refusals, overtaking."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.story import PREPARED, Story
from tests.web.desk import Desk

AtDesk = Callable[[str], Desk]


@pytest.fixture
def story(story: Story) -> Story:
    """A document before its clerk."""
    story.start()
    return story


def to_the_head(story: Story) -> None:
    story.to_initial()
    story.initial()
    story.draft()


def address(story: Story, username: str, element: str) -> str:
    return f"/tasks/{story.item(username, element).id}"


def test_the_page_shows_facts_files_opinions_steps_deadline_and_help(
    story: Story, at_desk: AtDesk
) -> None:
    to_the_head(story)
    page = at_desk("office_director").open(address(story, "office_director", "UT_office_head"))
    words = page.main()
    view = story.view("office_director", "UT_office_head")
    assert page.heading == PREPARED["title"]
    for part in (view.row.step, view.help, view.clause, view.row.due.words, "时限依据", "正文.txt"):
        assert part
        assert part in words
    assert "部署防汛工作。" in words  # the summary of the step before
    assert page.tree.find_class("gc-steps")
    assert page.tree.find_class("gc-timeline")


def test_moments_in_the_facts_read_as_the_office_writes_them(story: Story, at_desk: AtDesk) -> None:
    to_the_head(story)
    words = (
        at_desk("office_director").open(address(story, "office_director", "UT_office_head")).main()
    )
    assert "2026年2月11日10:00" in words
    assert "+08:00" not in words


def test_only_what_one_may_do_is_offered(story: Story, at_desk: AtDesk) -> None:
    to_the_head(story)
    where = address(story, "office_director", "UT_office_head")
    acting = at_desk("office_director").open(where)
    assert len(acting.tree.xpath("//*[@class='gc-decide-acts']//*[contains(@class,'btn-primary')]"))
    looking = at_desk("manager").open(where)
    assert looking.tree.find_class("gc-decide") == []
    assert "您的账号不办理公文，只能查看。" in looking.main()


def test_what_somebody_said_before_is_not_put_into_the_next_mouth(
    story: Story, at_desk: AtDesk
) -> None:
    to_the_head(story)
    story.do("office_director", "UT_office_head", "pass", comment="拟同意，呈文岚同志审核。")
    where = address(story, "dsg1", "UT_dsg")
    assert at_desk("dsg1").open(where).values(where)["comment"] == ""


def test_a_draft_is_kept_without_submitting(story: Story, at_desk: AtDesk) -> None:
    desk, where = at_desk("gov_clerk"), address(story, "gov_clerk", "UT_prepare")
    desk.open(where)
    page = desk.submit(where, do="draft", **{"v.title": "写了一半的标题"})
    assert page.values(where)["v.title"] == "写了一半的标题"
    assert "草稿已保存" in page.main()
    assert [step for step, _ in story.open_steps()] == ["UT_prepare"]
    drafts = desk.open("/?tab=drafts")
    assert drafts.links("公文呈批") or len(drafts.tree.find_class("gc-title")) == 1


def test_claiming_and_giving_back(story: Story, at_desk: AtDesk) -> None:
    story.prepare()
    where = address(story, "docs", "UT_register")
    desk = at_desk("docs")
    desk.open("/")
    taken = desk.submit(f"{where}/claim")
    assert (taken.path, "已认领" in taken.main()) == (where, True)
    other = at_desk("docs2").open(where)
    assert other.tree.find_class("gc-decide") == []
    given = desk.post(f"{where}/release", taken.values(where))
    assert (given.path, "已退还给科室" in given.main()) == ("/", True)
    assert at_desk("docs2").open(where).tree.find_class("gc-decide")


def test_the_next_signer_of_the_same_step_is_named_before_submitting(
    story: Story, at_desk: AtDesk
) -> None:
    page = at_desk("gov_clerk").open(address(story, "gov_clerk", "UT_prepare"))
    [following] = page.tree.xpath("//*[@data-next]")
    assert "郗明哲" in following.text_content()


def test_without_script_one_asks_who_gets_it_next(story: Story, at_desk: AtDesk) -> None:
    to_the_head(story)
    desk, where = at_desk("office_director"), address(story, "office_director", "UT_office_head")
    desk.open(where)
    page = desk.submit(where, do="refresh", comment="同意呈送。")
    [following] = page.tree.xpath("//*[@data-next]")
    assert "副秘书长审核　乔文岚" in following.text_content()
    assert page.values(where)["comment"] == "同意呈送。"
    assert [step for step, _ in story.open_steps()] == ["UT_office_head"]


def test_the_script_reads_who_gets_it_next_and_nothing_while_it_is_open(
    story: Story, at_desk: AtDesk
) -> None:
    desk, where = at_desk("gov_clerk"), address(story, "gov_clerk", "UT_prepare")
    data = desk.open(where).values(where)
    answer = desk.client.post(f"{where}/preview", data=data, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json) == (200, {"next": []})


def test_a_refused_step_keeps_every_word_and_says_what_to_change(
    story: Story, at_desk: AtDesk
) -> None:
    desk, where = at_desk("gov_clerk"), address(story, "gov_clerk", "UT_prepare")
    desk.open(where)
    page = desk.submit(where, do="complete", **{"v.title": "只填了标题"})
    assert page.status == 422
    assert page.values(where)["v.title"] == "只填了标题"
    assert "改后再提交" in page.main()
    assert [step for step, _ in story.open_steps()] == ["UT_prepare"]


def test_who_comes_second_reads_who_was_first_and_keeps_what_was_typed(
    story: Story, at_desk: AtDesk
) -> None:
    to_the_head(story)
    desk, where = at_desk("office_director"), address(story, "office_director", "UT_office_head")
    desk.open(where)
    story.do("office_director", "UT_office_head", "pass", comment="从另一台电脑办理。")
    page = desk.submit(where, do="complete:pass", comment="这一份来晚了。")
    assert page.status == 409
    assert "这一份来晚了。" in page.main()
    assert "您填写的内容还在下面" in page.main()
    assert "流程向前推进" not in page.main()


def test_a_changed_page_is_shown_again_to_be_submitted_again(story: Story, at_desk: AtDesk) -> None:
    to_the_head(story)
    desk, where = at_desk("office_director"), address(story, "office_director", "UT_office_head")
    page = desk.open(where)
    desk.submit(where, do="draft", comment="先存一稿。")
    stale = page.values(where).to_dict()
    refused = desk.post(where, {**stale, "comment": "改过的意见。", "do": "complete:pass"})
    assert refused.status == 409
    done = desk.submit(where, do="complete:pass")
    assert "已提交" in done.main()
    assert "改过的意见。" in [each.text for each in story.see().opinions]


def test_a_step_that_is_done_says_who_did_it(story: Story, at_desk: AtDesk) -> None:
    where = address(story, "gov_clerk", "UT_prepare")
    story.prepare()
    page = at_desk("gov_clerk").open(where)
    assert "已由阮一苇" in page.main()
    assert page.tree.find_class("gc-decide") == []


def test_steps_that_can_not_come_any_more_are_folded_away(story: Story, at_desk: AtDesk) -> None:
    page = at_desk("gov_clerk").open(address(story, "gov_clerk", "UT_prepare"))
    [folded] = page.tree.xpath("//summary[contains(., '本件不经过')]/..")
    assert "代录纸质件" in folded.text_content()
    assert "初审" not in folded.text_content()
