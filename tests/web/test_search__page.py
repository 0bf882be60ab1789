"""The page of the search: what was found is marked where it stands, and nothing of others."""

from __future__ import annotations

from collections.abc import Callable

from tests.story import Story
from tests.web.desk import Desk, Page

AtDesk = Callable[[str], Desk]
BODY = "各县（市、区）人民政府：请落实秋粮收购工作。" * 30


def marks(page: Page) -> list[str]:
    return [mark.text_content() for mark in page.tree.xpath("//main//mark")]


def prepared(story: Story) -> None:
    story.start()
    body = story.letter("gov_clerk", BODY, "关于粮食的正文.txt")
    story.prepare(body_file=body, doc_number="忻政办函〔2023〕10号")


def test_the_field_in_the_head_of_every_page_leads_to_what_was_found(
    story: Story, at_desk: AtDesk
) -> None:
    prepared(story)
    desk = at_desk("gov_clerk")
    [field] = desk.open("/").tree.xpath("//header//form[@role='search']")
    assert field.get("action") == "/search"
    page = desk.open("/search?q=２０２３ 防汛")
    assert marks(page) == ["防汛", "2023"]
    assert page.links("关于做好防汛工作") == [f"/instances/{story.instance_id}"]
    assert "文号" in page.main()
    assert "共 1 件" in page.main()


def test_a_word_of_a_file_is_shown_with_its_surroundings_and_the_file(
    story: Story, at_desk: AtDesk
) -> None:
    prepared(story)
    page = at_desk("docs").open("/search?q=秋粮收购")
    assert "秋粮收购" in marks(page)
    [file] = page.links("关于粮食的正文.txt")
    assert file.startswith("/attachments/")


def test_who_may_not_see_it_finds_nothing_and_is_told_what_to_do(
    story: Story, at_desk: AtDesk
) -> None:
    prepared(story)
    for stranger in ("xinfu_clerk", "designer", "auditadmin"):
        page = at_desk(stranger).open("/search?q=防汛")
        assert "没有找到" in page.main()
        assert "关于做好" not in page.main()
        assert page.links("按状态查事项") == ["/instances"]


def test_what_is_typed_is_shown_as_text_and_breaks_nothing(story: Story, at_desk: AtDesk) -> None:
    prepared(story)
    desk = at_desk("gov_clerk")
    page = desk.open("/search?q=<script>防汛</script>")
    assert "<script>防汛" not in page.source
    for q in ("", "%", "。", "长" * 3000):
        assert desk.open(f"/search?q={q}").status == 200
    assert len(desk.open("/search?q=防汛&at=nowhere").links("关于做好")) == 1
