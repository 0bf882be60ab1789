"""A sheet as PDF. Nothing is fetched: the page's own style is all there is."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from engine.errors import GuichengError
from engine.paper import Sheet

HERE = Path(__file__).parent


def pdf(sheet: Sheet, footer: str) -> bytes:
    """The sheet on A4. footer: who printed it, when, under which print number."""
    page = _templates().get_template("sheet.html").render(sheet=sheet, footer=footer)
    html = HTML(string=page, url_fetcher=_refuse)
    return bytes(html.write_pdf(stylesheets=[_style()], font_config=_fonts()))


@cache
def _templates() -> Environment:
    found = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.tests["part"] = lambda part, kind: type(part).__name__ == kind
    return found


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@cache
def _style() -> CSS:
    return CSS(filename=str(HERE / "sheet.css"), font_config=_fonts())


def _refuse(address: str, *_rest: Any, **_more: Any) -> dict[str, Any]:
    raise GuichengError(f"文书里不能引用外部地址（{address}）。")
