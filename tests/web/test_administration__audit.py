"""The audit room, without a script: search, export, verify."""

from __future__ import annotations

import csv
import io

from flask import Flask

from tests.story import Story
from tests.web.desk import Desk


def test_who_did_what_on_which_number_is_found_without_titles(app: Flask, story: Story) -> None:
    story.start()
    story.prepare(doc_number="忻政办函〔2026〕3号")
    story.register()
    row = story.see().row
    desk = Desk(app, "auditadmin")
    page = desk.open(f"/admin/audit?number={row.number}&area=flow")
    assert str(row.number) in page.text
    assert "办理了" in page.text
    assert row.title not in page.source
    assert "没有符合条件的记录" in desk.open("/admin/audit?until=2020-01-01&since=2019-01-01").text
    for odd in ("since=x&until=9999-12-31", "area=none&person=none", "page=9999&number=%25"):
        assert desk.open(f"/admin/audit?{odd}").status == 200


def test_the_export_is_a_table_that_runs_no_formula(app: Flask) -> None:
    Desk(app).sign_in("=cmd|calc", "wrong")
    desk = Desk(app, "auditadmin")
    answer = desk.client.get("/admin/audit/export.csv?area=access")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=audit-")
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeff时间,")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) >= 2
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)
    assert "导出了审计记录" in desk.open("/admin/audit?area=audit").text


def test_all_chains_are_verified_by_a_button(app: Flask) -> None:
    desk = Desk(app, "auditadmin")
    desk.open("/admin/audit")
    page = desk.submit("/admin/audit/verify")
    assert "完整，没有改动" in page.text
    assert "还没有外部锚点" in page.text
