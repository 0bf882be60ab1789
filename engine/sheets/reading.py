"""Reads a workbook into rows of text. Every cell that is not plain is a finding with its place."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from engine.errors import Finding, Invalid, TooLarge

LARGEST = 2 * 1024 * 1024  # bytes of the file
LARGEST_UNPACKED = 20 * 1024 * 1024
MOST_PARTS = 200  # files inside the zip
MOST_ROWS = 5000
MOST_COLUMNS = 40
LONGEST_CELL = 500
UNREADABLE = "不是能读的 xlsx 表格。请用 Excel 或 WPS 另存为“.xlsx”再上传。"
DANGEROUS = ("=", "+", "-", "@")  # what a spreadsheet program may take for a formula


@dataclass(frozen=True, slots=True)
class Row:
    """One row. number: as the spreadsheet program counts, from 1; cells: heading → text."""

    number: int
    cells: Mapping[str, str]


def read(content: bytes, wanted: Mapping[str, Sequence[str]]) -> dict[str, list[Row]]:
    """The rows of the wanted sheets by name. wanted: sheet → headings that must be there.

    Invalid with every finding (field "sheet/row/heading"); TooLarge for a file that is, or would be
    when unpacked.
    """
    _guard(content)
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise Invalid([Finding(UNREADABLE)]) from error
    findings: list[Finding] = []
    found: dict[str, list[Row]] = {}
    try:
        for name, headings in wanted.items():
            if name not in book.sheetnames:
                findings.append(Finding(f"缺少名为“{name}”的工作表。", f"{name}//"))
                continue
            found[name] = _sheet(
                name, book[name].iter_rows(max_col=MOST_COLUMNS), headings, findings
            )
    except (ValueError, KeyError, zipfile.BadZipFile, OSError, SyntaxError) as error:
        raise Invalid([Finding(UNREADABLE)]) from error
    finally:
        book.close()
    if findings:
        raise Invalid(findings)
    return found


def _guard(content: bytes) -> None:
    """Refuse what is too large, or would become so, before anything is unpacked."""
    if len(content) > LARGEST:
        raise TooLarge("表格超过 2 MB，没有读取。请拆成几份再导入。")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Invalid([Finding(UNREADABLE)]) from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise TooLarge("表格解开后过大，没有读取。请只保留机构和人员两张表再导入。")


def _sheet(
    name: str, rows: Iterator[Sequence[Any]], headings: Sequence[str], findings: list[Finding]
) -> list[Row]:
    first = next(rows, ())
    columns = [_plain(cell.value).strip() for cell in first[:MOST_COLUMNS]]
    missing = [each for each in headings if each not in columns]
    if missing:
        words = "、".join(f"“{each}”" for each in missing)
        findings.append(Finding(f"第一行缺少列标题{words}，请用模板。", f"{name}/1/"))
        return []
    found: list[Row] = []
    for number, cells in enumerate(rows, start=2):
        if number > MOST_ROWS + 1:
            findings.append(Finding(f"超过 {MOST_ROWS} 行，请拆成几份。", f"{name}/{number}/"))
            break
        read_cells = {
            heading: _cell(cell, f"{name}/{number}/{heading}", findings)
            for heading, cell in zip(columns, cells[:MOST_COLUMNS], strict=False)
            if heading in headings
        }
        if any(read_cells.values()):
            found.append(Row(number, {each: read_cells.get(each, "") for each in headings}))
    return found


def _cell(cell: Any, place: str, findings: list[Finding]) -> str:
    if cell.data_type == "f":
        findings.append(Finding("是公式，请改为填写好的值（复制后选择性粘贴为数值）。", place))
        return ""
    if cell.data_type == "e":
        findings.append(Finding("是错误值，请改正。", place))
        return ""
    text = _plain(cell.value).strip()
    if len(text) > LONGEST_CELL or not text.isprintable():
        findings.append(Finding(f"太长（超过 {LONGEST_CELL} 字）或有不能显示的字符。", place))
        return ""
    return text[1:] if text[:1] == "'" and text[1:2] in DANGEROUS else text


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, (datetime, date)):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
