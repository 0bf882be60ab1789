"""登记簿: what the procedures have entered in their books; each reads what concerns him."""

from __future__ import annotations

import io

from flask import Blueprint, render_template, send_file
from flask.typing import ResponseReturnValue

from engine import registers
from web.pages.parts import page_number, search_words
from web.sessions import actor, engine

blueprint = Blueprint("registers", __name__, url_prefix="/registers")
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("")
def listing() -> ResponseReturnValue:
    return render_template("registers.html", books=registers.books(engine(), actor()))


@blueprint.get("/<name>")
def show(name: str) -> ResponseReturnValue:
    q = search_words()
    register, rows = registers.read(engine(), actor(), name, page=page_number(), search=q)
    return render_template("register.html", register=register, rows=rows, q=q)


@blueprint.get("/<name>/export")
def export(name: str) -> ResponseReturnValue:
    """The same as a workbook."""
    called, content = registers.export(engine(), actor(), name, search_words())
    return send_file(io.BytesIO(content), mimetype=SHEET, as_attachment=True, download_name=called)
