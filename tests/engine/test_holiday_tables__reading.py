"""The table of a year: what is read, and a sentence for every line that is wrong."""

from __future__ import annotations

from datetime import date

import pytest

from engine import holiday_tables
from engine.errors import Invalid
from tests.engine.notices import NOTICE_2027


def test_a_table_is_read_whole() -> None:
    found = holiday_tables.read(NOTICE_2027)
    assert (found.number, found.year.notice) == (2027, "国办发明电〔2026〕99号")
    assert len(found.year.off) == 27
    assert found.year.extra == {
        date(2027, 2, 13): "春节",
        date(2027, 2, 20): "春节",
        date(2027, 5, 8): "劳动节",
        date(2027, 9, 26): "国庆节",
        date(2027, 10, 9): "国庆节",
    }
    assert found.hints == ()


@pytest.mark.parametrize("between", ["\t", "，", " , ", ";", "|"])
def test_cells_may_be_parted_in_several_ways(between: str) -> None:
    other = NOTICE_2027.replace(",", between)
    assert holiday_tables.read(other) == holiday_tables.read(NOTICE_2027)


def test_windows_line_ends_a_mark_at_the_start_and_other_words_do_no_harm() -> None:
    text = "\ufeff" + NOTICE_2027.replace("\n", "\r\n").replace("上班", "补班")
    assert holiday_tables.read(text) == holiday_tables.read(NOTICE_2027)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("放假,元旦", "第14行：应为“放假,节日,起,止”或“上班,节日,日期…”"),
        ("放假,中秋节,2月30日", "第14行：应为“放假,节日,起,止”"),
        ("放假,国庆节,10月7日,10月1日", "第14行：放假应写起止两个日期，起在前，最多16天。"),
        ("放假,国庆节,8月1日,9月30日", "第14行：放假应写起止两个日期"),
        ("放假,元旦,2028-01-01", "第14行：2028-01-01不在2027年内"),
        ("上班,春节,2月5日", "2027-02-05既放假又上班，请核对。"),
        ("上班,春节,2月15日", "2027-02-15不是周末，不需要调休上班，请核对。"),
        ("调整,春节", "第14行：“调整”读不懂，每行应以放假、上班、文号、年份之一开头。"),
        ("年份,二〇二七", "第14行：年份应为2023到2099之间的四位数字。"),
        ("年份,2028", "第14行：一张表只放一个年度。"),
    ],
)
def test_a_wrong_line_is_named(line: str, expected: str) -> None:
    with pytest.raises(Invalid) as refused:
        holiday_tables.read(NOTICE_2027 + line)
    assert any(each.message.startswith(expected) for each in refused.value.findings), (
        refused.value.findings
    )


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        holiday_tables.read("假期\n放假,元旦,1月1日")
    assert [each.message[:6] for each in refused.value.findings] == [
        "第1行：“假",
        "缺少年份：请",
        "缺少文号：请",
    ]
    for text in ("", "年份,2027\n文号,某号", "x" * 30_000):
        with pytest.raises(Invalid):
            holiday_tables.read(text)


def test_what_looks_forgotten_is_pointed_out() -> None:
    text = NOTICE_2027.replace("放假,劳动节,5月1日,5月5日\n", "")
    assert holiday_tables.read(text).hints == ("5月1日不在放假之列，请对照通知原文核对。",)
