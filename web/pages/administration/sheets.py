"""表格导入导出: the office as a workbook; checked row by row, shown, then taken in as a whole."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from engine import duties, office_sheets
from engine.errors import Finding, GuichengError, Invalid, TooLarge
from web.errors import status_of
from web.pages.administration.reforming import SHOWN_MOVES
from web.pages.administration.rooms import Room
from web.sessions import actor, engine

ROOM = Room(
    "sheets",
    duties.OFFICE,
    "表格导入导出",
    "用 Excel 或 WPS 成批维护机构和人员：先检查、看清会改什么，再整份导入。",
    "get",
)
blueprint = ROOM.blueprint(__name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN_FINDINGS = 200


@blueprint.get("")
def show() -> ResponseReturnValue:
    return render_template("administration/sheets.html", findings=())


@blueprint.get("/export")
def export() -> Response:
    return _file(office_sheets.export(engine(), actor()), "机构和人员")


@blueprint.get("/template")
def template() -> Response:
    return _file(office_sheets.template(engine(), actor()), "机构和人员模板")


@blueprint.post("/check")
def check() -> ResponseReturnValue:
    sent = request.files.get("table")
    if sent is None or not sent.filename:
        raise Invalid([Finding("请选择一个 xlsx 文件。")])
    name = sent.filename.rpartition("/")[2][:100]
    checked = office_sheets.check(engine(), actor(), name, sent.read(office_sheets.LARGEST + 1))
    if checked.id is None:
        flash(f"“{name}”与现有数据完全一致，没有要改的。", "done")
        return redirect(url_for("admin_sheets.show"), 303)
    return render_template(
        "administration/sheets-confirm.html",
        checked=checked,
        preview=checked.preview,
        key=uuid4().hex,
        most=SHOWN_MOVES,
    )


@blueprint.post("/<import_id>/confirm")
def confirm(import_id: str) -> ResponseReturnValue:
    key = request.form.get("key", "")
    answer = office_sheets.take_in(engine(), actor(), import_id, key=key)
    flash(answer["message"], "done")
    return redirect(url_for("admin_sheets.show"), 303)


@blueprint.errorhandler(Invalid)
@blueprint.errorhandler(TooLarge)
def refused(error: GuichengError) -> ResponseReturnValue:
    """The page again, with every finding and its place; nothing was taken in."""
    findings = error.findings if isinstance(error, Invalid) else []
    shown = [_placed(each) for each in findings or [Finding(error.message)]]
    page = render_template(
        "administration/sheets.html", findings=shown[:SHOWN_FINDINGS], count=len(shown)
    )
    return page, status_of(error)


def _placed(finding: Finding) -> tuple[str, str, str, str]:
    """(sheet, row, column, sentence)."""
    sheet, _, rest = (finding.field or "//").partition("/")
    row, _, heading = rest.partition("/")
    return sheet, row, heading, finding.message


def _file(content: bytes, name: str) -> Response:
    return send_file(
        BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=f"{name}.xlsx"
    )
