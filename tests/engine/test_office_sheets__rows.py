"""People and organisations as a workbook: out and in again, checked row by row, all or nothing."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from engine import accounts, directory, history, office_sheets
from engine.errors import Invalid, NotAllowed, NotFound, TooLarge
from engine.sheets import reading
from engine.sheets.writing import Sheet, write
from engine.startup import Engine
from tests.conftest import MORNING
from tests.story import Story

Change = Callable[[Workbook], None]


def admin(engine: Engine) -> Any:
    return accounts.actor_named(engine, "sysadmin")


def exported(engine: Engine, change: Change = lambda book: None) -> bytes:
    """The present office as a workbook that somebody has edited."""
    book = load_workbook(BytesIO(office_sheets.export(engine, admin(engine))))
    change(book)
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def checked(engine: Engine, change: Change) -> office_sheets.Checked:
    return office_sheets.check(engine, admin(engine), "机构.xlsx", exported(engine, change))


def take_in(engine: Engine, change: Change) -> str:
    found = checked(engine, change)
    assert found.id is not None
    return str(office_sheets.take_in(engine, admin(engine), found.id, key="in")["message"])


def row_of(page: Any, first: str, column: int = 1) -> int:
    return next(row[0].row for row in page.iter_rows() if row[column - 1].value == first)


def findings_of(engine: Engine, change: Change) -> list[tuple[str | None, str]]:
    with pytest.raises(Invalid) as refused:
        checked(engine, change)
    return [(each.field, each.message) for each in refused.value.findings]


# ---- out and in ------------------------------------------------------------------------------


def test_an_unchanged_export_changes_nothing(any_engine: Engine) -> None:
    before = directory.snapshot(any_engine).version
    assert office_sheets.check(any_engine, admin(any_engine), "x.xlsx", exported(any_engine)) == (
        office_sheets.Checked(None, None)
    )
    assert directory.snapshot(any_engine).version == before


def test_the_headings_are_chinese_and_lists_offer_what_may_be_chosen(engine: Engine) -> None:
    book = load_workbook(BytesIO(office_sheets.template(engine, admin(engine))))
    assert book.sheetnames == ["机构", "人员", "说明"]
    assert [cell.value for cell in book["人员"][1]][:3] == ["人员编号", "姓名", "单位代码"]
    assert book["机构"].max_row == 1
    assert len(book["人员"].data_validations.dataValidation) == 2


def test_rows_are_taken_in_as_a_whole_with_their_history(any_engine: Engine) -> None:
    def change(book: Workbook) -> None:
        orgs, staff = book["机构"], book["人员"]
        orgs.cell(row_of(orgs, "data_bureau"), 2).value = "市政务数据局"
        orgs.append(["altitude_centre", "市低空经济中心", "直属事业单位", "否", 60, None])
        staff.append(["n-1", "鲁知新", "altitude_centre", "", "主要负责人", "", "", ""])
        staff.append(["n-1", "鲁知新", "data_bureau", "", "经办人", "", "2026-03-01", ""])
        staff.append(["n-2", "程候补", "", "", "", "", "", ""])

    found = checked(any_engine, change)
    assert found.preview is not None
    assert found.preview.lines == (
        "更名：“市数据局”更名为“市政务数据局”",
        "新增机构：市低空经济中心",
        "新增人员：鲁知新",
        "新任职：鲁知新　市低空经济中心主要负责人",
        "新任职：鲁知新　市政务数据局经办人",
        "新增人员：程候补",
    )
    said = take_in(any_engine, change)
    assert said.startswith("导入“机构.xlsx”：更名1项，新增机构1项，新增人员2项，新任职2项。")
    people = directory.snapshot(any_engine)
    assert people.org_name("data_bureau", MORNING.replace(hour=9)) == "市数据局"
    assert people.holders("dept_head", "altitude_centre", at=MORNING) == ["n-1"]
    assert people.holders("dept_clerk", "data_bureau", at=MORNING) == ["data_clerk"]
    with any_engine.database.read() as connection:
        told = [each.kind for each in history.entries(connection, "system", {})]
    assert told[-7:] == [
        "office.imported",
        "organisation.renamed",
        "organisation.added",
        "person.added",
        "person.moved",
        "person.moved",
        "person.added",
    ]
    assert office_sheets.check(
        any_engine, admin(any_engine), "x.xlsx", exported(any_engine)
    ) == office_sheets.Checked(None, None)


def test_a_term_that_ends_hands_its_work_on(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_countersign("finance_bureau")

    def change(book: Workbook) -> None:
        page = book["人员"]
        page.cell(row_of(page, "finance_head"), 8).value = "2026-02-11"

    found = checked(engine, change)
    assert found.preview is not None
    assert found.preview.by_hands() == [("郗明哲", 1)]
    take_in(engine, change)
    assert story.item("office_director", "UT_reply").alert


def test_a_table_is_taken_in_once_and_only_by_who_had_it_checked(engine: Engine) -> None:
    def change(book: Workbook) -> None:
        book["人员"].append(["n-9", "程候补", "", "", "", "", "", ""])

    found = checked(engine, change)
    assert found.id is not None
    other = accounts.actor_named(engine, "secadmin")
    with pytest.raises(NotAllowed):
        office_sheets.take_in(engine, other, found.id, key="a")
    with pytest.raises(NotFound):
        office_sheets.take_in(engine, admin(engine), "0" * 32, key="b")
    office_sheets.take_in(engine, admin(engine), found.id, key="c")
    again = office_sheets.take_in(engine, admin(engine), found.id, key="d")
    assert "没有要改的" in again["message"]


# ---- findings --------------------------------------------------------------------------------


def test_every_wrong_cell_is_named_with_its_row_and_column(engine: Engine) -> None:
    def change(book: Workbook) -> None:
        orgs, staff = book["机构"], book["人员"]
        orgs.append(["Bad Code", "", "俱乐部", "也许", "many", None])
        orgs.append(["finance_bureau", "市财政局", "政府部门", "是", 10, None])
        orgs.append(["new_bureau", "市审计局", "政府部门", "否", 10, None])
        staff.append(["", "无编号", "", "", "", "", "", ""])
        staff.append(["n-1", "某人", "no_such", "", "掌柜", "天文", "昨天", ""])
        staff.append(
            ["n-2", "某人", "finance_bureau", "", "经办人", "", "2026-05-01", "2026-04-01"]
        )
        staff.append(["n-3", "某人", "finance_bureau", "", "经办人", "", "", "2026-01-01"])

    found = findings_of(engine, change)
    orgs = len(directory.snapshot(engine).organisations(MORNING)) + 2
    places = {place for place, _ in found}
    assert {
        f"机构/{orgs}/{each}" for each in ("代码", "名称", "类别", "组成部门", "排序")
    } <= places
    assert f"机构/{orgs + 1}/代码" in places
    assert f"机构/{orgs + 2}/名称" in places
    columns = [str(place).rpartition("/")[2] for place in places if str(place).startswith("人员")]
    assert sorted(columns) == sorted(
        ["人员编号", "单位代码", "职务", "领域", "任职自", "任职至", "任职至"]
    )
    assert any("没有“掌柜”这个职务" in words for _, words in found)


def test_a_formula_is_no_value(engine: Engine) -> None:
    def change(book: Workbook) -> None:
        book["机构"]["B3"] = '=HYPERLINK("http://example.invalid")'

    assert findings_of(engine, change) == [
        ("机构/3/名称", "是公式，请改为填写好的值（复制后选择性粘贴为数值）。")
    ]


def test_a_missing_sheet_or_heading_is_told(engine: Engine) -> None:
    def change(book: Workbook) -> None:
        del book["人员"]
        book["机构"]["C1"] = "种类"

    assert findings_of(engine, change) == [
        ("机构/1/", "第一行缺少列标题“类别”，请用模板。"),
        ("人员//", "缺少名为“人员”的工作表。"),
    ]


# ---- what may come in and go out -------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"PK\x03\x04" + b"\0" * 40, "代码,名称".encode()]
)
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        reading.read(content, {"机构": ("代码",)})
    assert "xlsx" in refused.value.message


def test_what_would_unpack_too_large_is_not_unpacked() -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (reading.LARGEST_UNPACKED + 1))
    assert len(packed.getvalue()) < reading.LARGEST
    with pytest.raises(TooLarge):
        reading.read(packed.getvalue(), {"机构": ("代码",)})
    with pytest.raises(TooLarge):
        reading.read(b"0" * (reading.LARGEST + 1), {"机构": ("代码",)})


def test_an_entity_bomb_is_refused() -> None:
    good = write([Sheet("机构", ("代码",), [("a",)])])
    packed = BytesIO()
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa">'
        '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><workbook>&b;</workbook>'
    )
    with zipfile.ZipFile(BytesIO(good)) as old, zipfile.ZipFile(packed, "w") as new:
        for part in old.namelist():
            new.writestr(part, bomb if part == "xl/workbook.xml" else old.read(part))
    with pytest.raises(Invalid):
        reading.read(packed.getvalue(), {"机构": ("代码",)})


def test_too_many_rows_are_told() -> None:
    rows = [(f"c{number}",) for number in range(reading.MOST_ROWS + 1)]
    with pytest.raises(Invalid) as refused:
        reading.read(write([Sheet("机构", ("代码",), rows)]), {"机构": ("代码",)})
    assert "超过 5000 行" in refused.value.message


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), max_size=40))
def test_text_comes_back_as_it_went_and_never_as_a_formula(text: str) -> None:
    content = write([Sheet("机构", ("代码", "名称"), [("a", text)])])
    [row] = reading.read(content, {"机构": ("代码", "名称")})["机构"]
    stored = load_workbook(BytesIO(content))["机构"]["B2"]
    assert stored.data_type != "f"
    assert not str(stored.value or "").startswith(reading.DANGEROUS)
    if not (text[:1] == "'" and text[1:2] in reading.DANGEROUS):
        assert row.cells["名称"] == text.strip()
