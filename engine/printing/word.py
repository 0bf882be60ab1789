"""A sheet as docx, for an office that goes on writing in Word or WPS: official fonts by name."""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from engine.paper import Box, Facts, Grid, Sheet, Text

BODY, HEADING, TITLE = "仿宋_GB2312", "黑体", "方正小标宋简体"


def docx(sheet: Sheet, footer: str) -> bytes:
    """The sheet as an editable document. footer: who made it, when, under which print number."""
    document = Document()
    _page(document, sheet, footer)
    _line(document, sheet.title, TITLE, 20, WD_ALIGN_PARAGRAPH.CENTER)
    if sheet.number:
        _line(document, sheet.number, BODY, 12, WD_ALIGN_PARAGRAPH.RIGHT)
    for part in sheet.parts:
        _PARTS[type(part)](document, part)
    for line in sheet.closing:
        _line(document, line, BODY, 12, WD_ALIGN_PARAGRAPH.RIGHT)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def _page(document: Any, sheet: Sheet, footer: str) -> None:
    section = document.sections[0]
    width, height = (Mm(297), Mm(210)) if sheet.wide else (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if sheet.wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = width, height
    section.left_margin, section.right_margin = Mm(26), Mm(22)
    section.top_margin, section.bottom_margin = Mm(30), Mm(26)
    _written(section.footer.paragraphs[0], footer, HEADING, 9)
    document.core_properties.title = sheet.title


def _facts(document: Any, part: Facts) -> None:
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for label, text in part.rows:
        cells = table.add_row().cells
        _written(cells[0].paragraphs[0], label, HEADING, 12)
        _written(cells[1].paragraphs[0], text, BODY, 12)


def _box(document: Any, part: Box) -> None:
    table = document.add_table(rows=1, cols=2, style="Table Grid")
    label, said = table.rows[0].cells
    _written(label.paragraphs[0], part.label, HEADING, 12)
    for words, signature, at in part.lines:
        _written(said.add_paragraph(), words, BODY, 12)
        signed = said.add_paragraph()
        signed.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _written(signed, f"{signature}　{at}", BODY, 12)


def _grid(document: Any, part: Grid) -> None:
    table = document.add_table(rows=1, cols=len(part.headings), style="Table Grid")
    for cell, heading in zip(table.rows[0].cells, part.headings, strict=True):
        _written(cell.paragraphs[0], heading, HEADING, 10.5)
    for row in part.rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            _written(cell.paragraphs[0], text, BODY, 10.5)


def _text(document: Any, part: Text) -> None:
    _line(document, part.heading, HEADING, 14)
    for paragraph in part.paragraphs:
        _line(document, f"　　{paragraph}", BODY, 14)


_PARTS: dict[type, Any] = {Facts: _facts, Box: _box, Grid: _grid, Text: _text}


def _line(document: Any, words: str, font: str, size: float, alignment: Any = None) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = alignment
    _written(paragraph, words, font, size)


def _written(paragraph: Any, words: str, font: str, size: float) -> None:
    run = paragraph.add_run(words)
    run.font.name, run.font.size = font, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
