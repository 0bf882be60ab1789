"""The page on which a leader signs: asked once more, what was typed stays, the signature shows."""

from __future__ import annotations

from collections.abc import Callable

from tests.story import PASSWORD, Story
from tests.web.desk import Desk

AtDesk = Callable[[str], Desk]
SAID = "同意，请教育局抓好落实。"


def test_the_page_asks_once_more_and_keeps_the_opinion(story: Story, at_desk: AtDesk) -> None:
    story.to_the_mayor()
    desk, where = at_desk("mayor"), f"/tasks/{story.item('mayor', 'UT_mayor').id}"
    page = desk.open(where)
    assert "签批确认：再输入一次密码或验证码" in page.main()
    for given, said in (("", "请输入您的密码或验证码"), ("Not-it-2023", "密码或验证码不对")):
        refused = desk.submit(where, do="complete:approve", comment=SAID, confirm=given)
        assert refused.status == 422
        assert said in refused.main()
        assert "#confirm" in refused.links(said)
        assert refused.values(where)["comment"].strip() == SAID
        assert not refused.values(where).get("confirm")
    done = desk.submit(where, do="complete:approve", confirm=PASSWORD)
    assert "已提交" in done.main()
    seen = desk.open(f"/instances/{story.instance_id}").main()
    assert "已签批，密码确认" in seen
    assert story.see().files[0].sha256 in seen


def test_guessing_locks_and_the_opinion_stays_on_the_page(story: Story, at_desk: AtDesk) -> None:
    story.to_the_mayor()
    desk, where = at_desk("mayor"), f"/tasks/{story.item('mayor', 'UT_mayor').id}"
    desk.open(where)
    for number in range(5):
        desk.submit(where, do="complete:approve", comment=SAID, confirm=f"Wrong-{number}")
    locked = desk.submit(where, do="complete:approve", comment=SAID, confirm=PASSWORD)
    assert locked.status == 429
    assert "账号暂时锁定" in locked.main()
    assert locked.values(where)["comment"].strip() == SAID


def test_a_step_that_is_not_signed_does_not_ask(story: Story, at_desk: AtDesk) -> None:
    story.start()
    story.prepare()
    page = at_desk("docs").open(f"/tasks/{story.item('docs', 'UT_register').id}")
    assert "签批确认" not in page.main()


def test_the_words_beside_a_field_stand_there_with_the_values_of_conventions(
    story: Story, at_desk: AtDesk
) -> None:
    story.start()
    page = at_desk("gov_clerk").open(f"/tasks/{story.item('gov_clerk', 'UT_prepare').id}")
    helps = [" ".join(each.text_content().split()) for each in page.tree.xpath("//*[@id]")]
    assert "不少于10个字（约定）" in helps
    assert not page.tree.xpath("//details[contains(@class, 'gc-told')]")
