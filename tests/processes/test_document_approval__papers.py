"""The papers of a document say what happened, nothing more; silence is never a signature."""

from __future__ import annotations

import io
import zipfile

import pytest
from lxml import etree

from engine import directory, instances, papers, signatures
from engine.clock import parse_moment
from engine.errors import NotFound
from engine.paper import Box, Grid, Sheet, Text
from engine.startup import Engine
from tests.story import Story

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"
DEPTS = ("finance_bureau", "judicial_bureau")


def keys(story: Story, username: str = "gov_clerk") -> list[str]:
    found = papers.available(story.engine, story.who(username), story.instance_id)
    return [each.key for each in found]


def sheet(story: Story, key: str) -> Sheet:
    """What stands on a paper now."""
    return papers.look(story.engine, story.who("gov_clerk"), story.instance_id, key)


def grid(story: Story, key: str) -> Grid:
    """The table on a paper."""
    [found] = [part for part in sheet(story, key).parts if isinstance(part, Grid)]
    return found


def answered(story: Story) -> None:
    """One department answers, the other's time runs out."""
    story.start()
    story.to_countersign(*DEPTS)
    story.do("judicial_head", "UT_reply", "agree", comment="同意。")
    story.at("2026-02-27T18:00:01+08:00")
    story.summarise()


def test_there_is_no_paper_before_there_is_something_on_it(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    assert keys(story) == []
    story.prepare()
    assert keys(story) == []
    story.register()
    assert keys(story) == ["doc_handling_slip"]


def test_the_slip_leaves_a_box_empty_until_somebody_has_written_in_it(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_initial()
    parts = sheet(story, "doc_handling_slip").parts
    boxes = {part.label: part.lines for part in parts if isinstance(part, Box)}
    assert boxes["市长批示"] == () == boxes["分管领导批示"]
    assert "同意" not in repr(parts)


def test_silence_has_a_dash_for_a_signature_and_its_clause(engine: Engine) -> None:
    story = Story(engine)
    answered(story)
    table = grid(story, "countersign_sheet")
    rows = {row[0]: row for row in table.rows}
    silent, spoken = rows["市财政局"], rows["市司法局"]
    assert silent[3:7] == (
        "",
        "逾期未回复，视为无不同意见（工作规则第三十三条）",
        "系统自动记录，无人签字",
        "——",
    )
    assert silent[1:3] == ("2026年2月11日10:00", "2026年2月27日18:00")
    assert spoken[4] == "同意"
    assert spoken[6] == story.who("judicial_head").name
    assert table.deemed == {list(rows).index("市财政局")}


def test_a_print_has_a_number_and_stands_in_the_history(any_engine: Engine) -> None:
    story = Story(any_engine)
    answered(story)
    clerk = story.who("gov_clerk")
    first = papers.print_one(any_engine, clerk, story.instance_id, "countersign_sheet")
    second = papers.print_one(any_engine, clerk, story.instance_id, "countersign_sheet")
    assert first.content.startswith(b"%PDF-")
    assert (first.number, second.number) == (1, 2)
    told = [entry.text for entry in instances.history(any_engine, clerk, story.instance_id)]
    assert any("打印了会签单（第2份）" in each for each in told)


def test_an_office_goes_on_writing_in_the_table_of_opinions(engine: Engine) -> None:
    story = Story(engine)
    answered(story)
    made = papers.print_one(
        engine, story.who("gov_clerk"), story.instance_id, "opinion_table", "docx"
    )
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    text = "".join(node.text or "" for node in root.iter(WORD))
    assert "意见采纳情况表" in text
    assert "视为无不同意见" in text
    with pytest.raises(NotFound):
        papers.print_one(
            engine, story.who("gov_clerk"), story.instance_id, "doc_handling_slip", "docx"
        )


def test_nobody_prints_what_they_may_not_see(engine: Engine) -> None:
    story = Story(engine)
    answered(story)
    with pytest.raises(NotFound):
        papers.available(engine, story.who("water_clerk"), story.instance_id)
    with pytest.raises(NotFound):
        papers.print_one(engine, story.who("water_clerk"), story.instance_id, "countersign_sheet")


def test_the_return_slip_lists_every_reason(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_initial()
    story.initial("reject", comment="不属本机关职权。", q_own=False)
    assert "return_slip" in keys(story)
    assert "不属本机关职权。" in repr(sheet(story, "return_slip"))


def test_who_acted_for_the_mayor_signs_with_his_own_name_and_in_what_capacity(
    engine: Engine,
) -> None:
    at = parse_moment("2026-02-11T10:00:00+08:00")
    office = directory.snapshot(engine)
    signed = signatures.on_paper(office, "evm", "acting", "mayor", at)
    assert signed == f"{office.person_name('evm')}（代行市长职务）"


def test_every_signature_stands_on_a_sheet_with_the_hashes_to_check_it(engine: Engine) -> None:
    story = Story(engine)
    story.to_the_mayor()
    story.do("mayor", "UT_mayor", "approve", comment="同意，抓好落实。")
    signed, texts, _ = sheet(story, "signing_record").parts
    assert isinstance(signed, Grid)
    assert isinstance(texts, Text)
    mayor = next(each for each in story.see().opinions if each.step == "市长批示")
    assert mayor.signed is not None
    last = signed.rows[-1]
    assert last[:3] == ("市长批示", "同意", "卫承远")
    assert last[4] == "密码确认"
    assert last[5].replace(" ", "") == mayor.signed.algorithm + mayor.signed.hash
    [body] = story.see().files
    assert [each.replace(" ", "") for each in texts.paragraphs] == [body.sha256]
