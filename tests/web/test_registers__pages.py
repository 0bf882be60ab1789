"""The books of the office: filled by what happened, read by whom it concerns, taken away."""

from __future__ import annotations

import io
from collections.abc import Callable

from openpyxl import load_workbook

from engine import registers
from engine.startup import Engine
from tests.story import Story
from tests.web.desk import Desk

AtDesk = Callable[[str], Desk]


def registered(story: Story) -> None:
    story.start()
    story.to_initial()


def test_a_book_lists_what_was_entered_and_leads_to_it(story: Story, at_desk: AtDesk) -> None:
    registered(story)
    desk = at_desk("docs")
    assert "收文登记簿" in desk.open("/registers").main()
    page = desk.open("/registers/received_document")
    assert "收文〔2026〕1号" in page.main()
    assert page.links("收文〔2026〕1号") == [f"/instances/{story.instance_id}"]
    assert "没有符合条件的登记" in desk.open("/registers/received_document?q=别的").main()


def test_whom_it_does_not_concern_reads_nothing(story: Story, at_desk: AtDesk) -> None:
    registered(story)
    for username in ("water_clerk", "sysadmin", "designer"):
        page = at_desk(username).open("/registers/received_document")
        assert "收文〔2026〕1号" not in page.text
        assert "还没有登记" in page.text
    assert "收文〔2026〕1号" in at_desk("manager").open("/registers/received_document").text


def test_a_book_is_taken_away_as_a_table_with_the_same_rows(
    story: Story, at_desk: AtDesk, engine: Engine
) -> None:
    registered(story)
    desk = at_desk("docs")
    taken = desk.client.get("/registers/received_document/export")
    assert taken.mimetype.endswith("spreadsheetml.sheet")
    head, row = load_workbook(io.BytesIO(taken.data)).active.values
    assert head[:3] == ("收文号", "标题", "来文单位")
    assert (row[0], row[2]) == ("收文〔2026〕1号", "市政府办公室")
    _, nothing = registers.export(engine, story.who("water_clerk"), "received_document")
    assert len(list(load_workbook(io.BytesIO(nothing)).active.values)) == 1


def test_a_book_nobody_keeps_is_not_found(story: Story, at_desk: AtDesk) -> None:
    assert at_desk("docs").open("/registers/nothing").status == 404
