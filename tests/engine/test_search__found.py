"""Search finds by part of what one may see, at once, and nothing of what one may not."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from docx import Document

from engine import attachments, search, tasks
from engine.errors import Invalid
from engine.model import Filters, Hit
from engine.startup import Engine
from engine.storage import search_index
from engine.storage.search_tables import search_document, search_entry, search_gram
from tests.story import Story

TITLE = "忻州市人民政府办公室关于申请解决云中河流域ＡＢＣ项目春季生态补水经费的通知"
NUMBER = "忻政办函〔2023〕10号"
BODY = "各县（市、区）人民政府：滹沱河凌汛三级响应，测算金额为1,234.5万元。" * 20


@pytest.fixture
def told(any_engine: Engine) -> Story:
    """A document on its way, with a text file as its body."""
    story = Story(any_engine)
    story.start()
    body = story.letter("gov_clerk", BODY, "关于补水的正文.txt")
    story.prepare(title=TITLE, doc_number=NUMBER, body_file=body)
    return story


def asked(story: Story, q: str, username: str = "gov_clerk", **more: Any) -> list[Hit]:
    found = search.find(story.engine, story.who(username), q, **more)
    assert found.total == len(found.items)
    return list(found.items)


FOUND = (
    ("云", "title"),
    ("补水", "title"),
    ("云中河", "title"),
    ("春季生态补水经费", "title"),
    ("abc", "title"),
    ("ABC项目", "title"),
    ("云中河 补水", "title"),
    ("云中河，经费", "title"),
    ("〔2023〕10号", "number"),
    ("[2023]10号", "number"),
    ("（２０２３）１０号", "number"),
    ("2023 10号", "number"),
    ("202310", "number"),
    ("忻政办函", "number"),
    ("政府办公室", "sender"),
    ("凌汛", "file"),
    ("滹沱河凌汛三级响应", "file"),
    ("滹沱河，凌汛三级", "file"),
    ("1234.5万元", "file"),
    ("补水的正文", "file"),
)
NOWHERE = ("", "  ", "。", "%", "_", "水补", "云中湖", "〔2023〕11号", "凌汛 没有", "长" * 5000)


def test_it_is_found_by_any_part_however_it_is_typed(told: Story) -> None:
    for q, kind in FOUND:
        hits = asked(told, q)
        assert [hit.row.id for hit in hits] == [told.instance_id], q
        places = [place for place in hits[0].places if place.kind == kind]
        assert places, q
        assert any(hit for _, hit in places[0].pieces), q


def test_what_is_not_there_is_not_found(told: Story) -> None:
    for q in NOWHERE:
        assert asked(told, q) == [], q


def test_nobody_finds_what_he_may_not_see(told: Story) -> None:
    for q in ("补水", "凌汛", "2023"):
        for stranger in ("xinfu_clerk", "designer", "sysadmin", "secadmin", "auditadmin"):
            assert asked(told, q, stranger) == []
        assert len(asked(told, q, "manager")) == 1
        assert len(asked(told, q, "docs")) == 1


def test_a_changed_title_is_found_by_its_new_words_only(any_engine: Engine) -> None:
    story = Story(any_engine)
    story.start()
    assert len(asked(story, "未填标题")) == 1
    story.prepare(title="关于后来标题的通知")
    assert len(asked(story, "后来标题")) == 1
    assert asked(story, "未填标题") == []


def test_the_words_of_a_docx_are_found_and_it_can_be_opened(any_engine: Engine) -> None:
    story = Story(any_engine)
    story.start()
    who = story.who("gov_clerk")
    written, content = Document(), BytesIO()
    written.add_paragraph("市直各单位：")
    written.add_paragraph("请各单位落实秋粮收购工作。")
    written.save(content)
    content.seek(0)
    file = attachments.store(any_engine, who, "正文.docx", content)
    assert asked(story, "秋粮收购") == []  # of no instance yet
    story.prepare(body_file=file.id)
    [hit] = asked(story, "秋粮收购")
    assert [place.file_id for place in hit.places] == [file.id]


def test_what_is_not_committed_is_not_found(any_engine: Engine) -> None:
    story = Story(any_engine)
    story.start()

    def given_up() -> None:
        with any_engine.database.write() as connection:
            search_index.put_new(connection, story.instance_id, {"title": "将要消失"}, ())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        given_up()
    assert asked(story, "消失") == []


def test_a_sealed_file_is_not_found_any_more(told: Story) -> None:
    with told.engine.database.write() as connection:
        attachments.seal(connection, told.instance_id, told.engine.clock.now())
    assert asked(told, "凌汛", "manager") == []
    assert search.reindex(told.engine) == 1
    assert asked(told, "凌汛", "manager") == []
    assert len(asked(told, "补水", "manager")) == 1


def rows(engine: Engine) -> dict[str, set[tuple[Any, ...]]]:
    """The whole index, by instance."""
    with engine.database.read() as connection:
        document = search_document.alias()
        names = {row.id: row.instance_id for row in connection.execute(document.select())}
        grams = connection.execute(search_gram.select())
        entries = connection.execute(search_entry.select())
        return {
            "grams": {(names[row.document_id], row.gram) for row in grams},
            "entries": {
                (names[row.document_id], row.kind, row.source, row.name, row.folded)
                for row in entries
                if row.text
            },
        }


def test_made_anew_the_index_is_the_same(told: Story) -> None:
    other = Story(told.engine)
    other.start()
    other.prepare(title="关于另一件事的通知")
    before = rows(told.engine)
    assert search.reindex(told.engine) == 2
    assert rows(told.engine) == before
    with told.engine.database.write() as connection:
        search_index.clear(connection)
    assert asked(told, "补水") == []
    search.reindex(told.engine)
    assert rows(told.engine) == before


def test_the_newest_come_first_and_further_ones_behind_a_place(any_engine: Engine) -> None:
    story, made = Story(any_engine), []
    for _ in range(5):
        story.start()
        made.append(story.instance_id)
    who, found, at = story.who("gov_clerk"), [], None
    while True:
        part = search.find(any_engine, who, "未填标题", size=2, at=at)
        assert part.total == 5
        found += [hit.row.id for hit in part.items]
        at = part.after
        if at is None:
            break
    assert found == made[::-1]


@pytest.mark.parametrize("at", ["-1", "x", "９", "9" * 30])
def test_a_place_that_is_none_is_refused_in_words(engine: Engine, at: str) -> None:
    with pytest.raises(Invalid, match="从第一页看起"):
        search.find(engine, Story(engine).who("gov_clerk"), "防汛", at=at)


def test_the_lists_of_the_workbench_are_searched_by_the_same_index(told: Story) -> None:
    docs = told.who("docs")
    for q, count in (("凌汛", 1), ("２０２３", 1), ("云中湖", 0), ("签收", 1), ("%", 0)):
        rows = tasks.worklist(told.engine, docs, "group", filters=Filters(search=q))
        assert rows.total == count, q


def test_a_completion_that_changes_no_head_leaves_the_index_alone(told: Story) -> None:
    before = rows(told.engine)
    told.register()
    assert rows(told.engine)["entries"] == before["entries"]


def test_a_text_in_the_older_spelling_of_characters_is_found_too(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    content = BytesIO("各单位：请落实秋粮收购。".encode("gb18030"))
    file = attachments.store(engine, story.who("gov_clerk"), "正文.txt", content)
    story.prepare(body_file=file.id)
    assert len(asked(story, "秋粮收购")) == 1
