"""Writes a workbook with Chinese headings, lists to choose from, and nothing that could start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from engine.sheets.reading import DANGEROUS, MOST_ROWS

HEAD = PatternFill("solid", start_color="FFDDE9F6")
WIDEST = 48


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. choices: heading → what may be chosen in its cells."""

    name: str
    headings: tuple[str, ...]
    rows: Sequence[Sequence[str | int | None]]
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)


def write(sheets: Sequence[Sheet], notes: Sequence[str] = ()) -> bytes:
    """The workbook as a file; notes: lines of a last sheet “说明”."""
    book = Workbook()
    book.remove(book.active)
    for sheet in sheets:
        _fill(book.create_sheet(sheet.name), sheet)
    if notes or any(sheet.choices for sheet in sheets):
        _explain(book.create_sheet("说明"), notes)
    _offer(book, sheets)
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def inert(value: str | int | None) -> str | int | None:
    """Text that a spreadsheet program could take for a formula gets an apostrophe before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(DANGEROUS) else value


def _fill(page: Worksheet, sheet: Sheet) -> None:
    page.append(list(sheet.headings))
    for row in sheet.rows:
        page.append([inert(value) for value in row])
    page.freeze_panes = "A2"
    for number, heading in enumerate(sheet.headings, start=1):
        head = page.cell(1, number)
        head.font, head.fill = Font(bold=True), HEAD
        texts = [heading, *(str(row[number - 1] or "") for row in sheet.rows)]
        width = max(sum(1 if ord(sign) < 256 else 2 for sign in text) for text in texts) + 2
        page.column_dimensions[get_column_letter(number)].width = min(width, WIDEST)


def _explain(page: Worksheet, notes: Sequence[str]) -> None:
    for note in notes:
        page.append([note])
    page.column_dimensions["A"].width = 100
    for row in page.iter_rows():
        row[0].alignment = Alignment(wrap_text=True, vertical="top")


def _offer(book: Workbook, sheets: Sequence[Sheet]) -> None:
    """Lists to choose from, kept in columns of the notes: a formula of a list may not be long."""
    column = 3
    for sheet in sheets:
        for heading, choices in sheet.choices.items():
            letter, notes = get_column_letter(column), book["说明"]
            for number, choice in enumerate((heading, *choices), start=1):
                notes.cell(number, column, inert(choice))
            area = f"说明!${letter}$2:${letter}${len(choices) + 1}"
            rule = DataValidation(type="list", formula1=area, allow_blank=True)
            place = get_column_letter(sheet.headings.index(heading) + 1)
            rule.add(f"{place}2:{place}{MOST_ROWS + 1}")
            book[sheet.name].add_data_validation(rule)
            column += 1
