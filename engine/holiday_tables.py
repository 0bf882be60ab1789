"""Reads a year's arrangement of holidays from a small table. Pure.

One line each, cells parted by commas or tabs; the order of lines does not matter:

    年份,2027
    文号,国办发明电〔2026〕9号
    放假,元旦,2027-01-01,2027-01-03       (holiday, first day, last day)
    放假,清明节,4月5日                     (one day; the year may be left out)
    上班,春节,2月14日,2月20日              (make-up working days, one by one)

Lines beginning with # and empty lines are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from engine.calendar import Year
from engine.errors import Finding, Invalid

CELLS = re.compile(r"[,，;；、|\t]+")
DATE = re.compile(r"^(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")
LONGEST = 20_000  # characters; a year's table has about 300
LONGEST_NOTICE = 100
LONGEST_HOLIDAY = 16  # days; more is a slip of the pen
YEARS = range(2023, 2100)
FIXED = ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3))  # 全国年节及纪念日放假办法
OFF, EXTRA, NOTICE, YEAR = "放假", "上班", "文号", "年份"
WORDS = {"休": OFF, "调休上班": EXTRA, "补班": EXTRA, "班": EXTRA, "年": YEAR, "通知": NOTICE}
KINDS = (OFF, EXTRA, NOTICE, YEAR)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A year with what should be looked at again before it is taken."""

    number: int
    year: Year
    hints: tuple[str, ...] = ()


@dataclass
class _Table:
    """What has been read so far."""

    number: int | None = None
    notice: str = ""
    off: dict[date, str] = field(default_factory=dict)
    extra: dict[date, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def wrong(self, line: int, sentence: str) -> None:
        self.findings.append(Finding(f"第{line}行：{sentence}", "table"))


def decode(content: bytes) -> str:
    """A file as text: UTF-8, or what a spreadsheet on a Chinese Windows writes (GB 18030)."""
    if len(content) > LONGEST * 4:
        raise Invalid([Finding("文件太大：只放一个年度的安排。", "table")])
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid([Finding("文件不是文本表格：请另存为CSV（UTF-8）后再导入。", "table")])


def read(text: str) -> Arrangement:
    """The arrangement in a table. Raises Invalid with a finding for every line that is wrong."""
    if len(text) > LONGEST:
        raise Invalid([Finding(f"表太长：最多{LONGEST}个字符，只放一个年度的安排。", "table")])
    lines = [(number, _cells(line)) for number, line in enumerate(text.splitlines(), 1)]
    rows = [(number, cells) for number, cells in lines if cells and not cells[0].startswith("#")]
    table = _Table()
    for number, cells in rows:
        _head(table, number, cells)
    if table.number is None:
        table.findings.append(Finding("缺少年份：请写一行“年份,2027”。", "table"))
    if not table.notice:
        table.findings.append(
            Finding("缺少文号：请写一行“文号,”和国务院办公厅通知的文号。", "table")
        )
    if table.number is not None:
        for number, cells in rows:
            _days(table, number, cells, table.number)
        _across(table)
    if table.findings:
        raise Invalid(table.findings)
    assert table.number is not None
    year = Year(table.off, table.extra, table.notice)
    return Arrangement(table.number, year, tuple(_hints(table.number, year)))


def _cells(line: str) -> list[str]:
    cells = [cell.strip().strip('"') for cell in CELLS.split(line.strip().lstrip("\ufeff"))]
    cells = [cell for cell in cells if cell]
    if cells and cells[0] in WORDS:
        cells[0] = WORDS[cells[0]]
    return cells


def _head(table: _Table, line: int, cells: Sequence[str]) -> None:
    if cells[0] not in KINDS:
        table.wrong(line, f"“{cells[0][:20]}”读不懂，每行应以{'、'.join(KINDS)}之一开头。")
    elif cells[0] == YEAR:
        text = cells[1].removesuffix("年") if len(cells) == 2 else ""
        if not (text.isdecimal() and len(text) == 4 and int(text) in YEARS):
            table.wrong(line, f"年份应为{YEARS[0]}到{YEARS[-1]}之间的四位数字。")
        elif table.number not in (None, int(text)):
            table.wrong(line, "一张表只放一个年度。")
        else:
            table.number = int(text)
    elif cells[0] == NOTICE:
        table.notice = "，".join(cells[1:])[:LONGEST_NOTICE]


def _days(table: _Table, line: int, cells: Sequence[str], year: int) -> None:
    if cells[0] not in (OFF, EXTRA):
        return
    names = [cell for cell in cells[1:] if not DATE.match(cell)]
    days = [_date(cell, year) for cell in cells[1:] if DATE.match(cell)]
    if len(names) > 1 or not days or None in days:
        table.wrong(line, "应为“放假,节日,起,止”或“上班,节日,日期…”，日期如2027-01-01或1月1日。")
        return
    found = [day for day in days if day is not None]
    name = names[0][:20] if names else ""
    if cells[0] == OFF:
        found = list(_span(table, line, found))
    into = table.off if cells[0] == OFF else table.extra
    for day in found:
        if day.year != year and (day.year, day.month) != (year - 1, 12):
            table.wrong(line, f"{day}不在{year}年内（只可带上年12月末的几天）。")
        into[day] = name


def _date(cell: str, year: int) -> date | None:
    found = DATE.match(cell)
    assert found is not None
    try:
        return date(int(found[1] or year), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _span(table: _Table, line: int, days: Sequence[date]) -> Iterator[date]:
    first, last = days[0], days[-1]
    length = (last - first).days + 1
    if len(days) > 2 or not 1 <= length <= LONGEST_HOLIDAY:
        table.wrong(line, f"放假应写起止两个日期，起在前，最多{LONGEST_HOLIDAY}天。")
        return
    for number in range(length):
        yield first + timedelta(days=number)


def _across(table: _Table) -> None:
    for day in sorted(table.off.keys() & table.extra.keys()):
        table.findings.append(Finding(f"{day}既放假又上班，请核对。", "table"))
    for day in sorted(table.extra):
        if day.weekday() < 5:
            table.findings.append(Finding(f"{day}不是周末，不需要调休上班，请核对。", "table"))
    if not table.off and not table.findings:
        table.findings.append(Finding("表里没有一天放假，请核对。", "table"))


def _hints(number: int, year: Year) -> Iterator[str]:
    for month, day in FIXED:
        if date(number, month, day) not in year.off:
            yield f"{month}月{day}日不在放假之列，请对照通知原文核对。"
