"""People and organisations as a workbook: written out, checked row by row, taken in as a whole.

A table is a reform like any other: planned on the office as it stands, shown with what it moves,
made at once or not at all. What a table does not name stays as it is; merging, ending and leaving
are done on their pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine import directory, reforms
from engine.directory import Directory
from engine.duties import OFFICE, require
from engine.errors import NotFound
from engine.ids import new_id
from engine.model import Actor
from engine.org_reforms import KINDS
from engine.reforms import Preview
from engine.sheet_reform import (
    HEADINGS,
    ORG_HEADINGS,
    ORGS,
    STAFF,
    STAFF_HEADINGS,
    ImportTables,
    Line,
    day_of,
    is_over,
)
from engine.sheets.reading import LARGEST, Row, read
from engine.sheets.writing import Sheet, write
from engine.storage import imports

if TYPE_CHECKING:
    from engine.startup import Engine

__all__ = ["LARGEST", "Checked", "check", "export", "take_in", "template"]

NOTES = (
    "机构、人员两张表第一行是列标题，请不要改；可以只填一张，另一张只留标题。",
    "机构：代码定后不改，小写字母、数字和下划线。名称与现名称不同的，按今天更名处理，历史记录保留原名称。",
    "机构：合并和停用在机构页面办理，表里没有的机构不受影响。",
    "人员：一行一项任职；一个人有几项职务就写几行，编号和姓名相同。没有职务的人只填编号和姓名。",
    "人员：单位只供核对，以单位代码为准。领域只在这个人只管一个领域时填。",
    "人员：日期写成 2026-03-01。任职自不填为从今天起；任职至当天零时起不再任职，不填为现任。",
    "人员：表里没有的人和职务不受影响；离任在人员页面办理。",
    "全部行没有问题才会导入，有一行有问题就一行也不导入。",
)

# ---- out -------------------------------------------------------------------------------------


def export(engine: Engine, actor: Actor) -> bytes:
    """Every present organisation and person; taken in again unchanged it changes nothing."""
    require(actor, OFFICE)
    office, now = directory.snapshot(engine), engine.clock.now()
    orgs = [
        (
            row.code,
            row.name,
            KINDS.get(row.kind, row.kind),
            "是" if row.is_constituent else "否",
            row.sort,
            row.note,
        )
        for row in office.organisations(now)
    ]
    return _book(engine, office, orgs, _staff_rows(engine, office, now))


def template(engine: Engine, actor: Actor) -> bytes:
    """The same workbook without rows."""
    require(actor, OFFICE)
    return _book(engine, directory.snapshot(engine), [], [])


def _book(engine: Engine, office: Directory, orgs: list[Any], staff: list[Any]) -> bytes:
    posts = [row.name for row in office.posts()]
    org_choices = {"类别": list(KINDS.values()), "组成部门": ["是", "否"]}
    staff_choices = {"职务": posts, "领域": list(engine.registry.fields.values())}
    sheets = [
        Sheet(ORGS, ORG_HEADINGS, orgs, org_choices),
        Sheet(STAFF, STAFF_HEADINGS, staff, staff_choices),
    ]
    return write(sheets, NOTES)


def _staff_rows(engine: Engine, office: Directory, now: datetime) -> list[Any]:
    names, rows = engine.registry.fields, []
    for person in office.people():
        if person.left_at is not None and person.left_at <= now:
            continue
        seats = [row for row in office.career_of(person.id) if not is_over(row, now)]
        if not seats:
            rows.append((person.id, person.name, "", "", "", "", "", ""))
        rows += [
            (
                person.id,
                person.name,
                seat.org,
                office.org_name(seat.org),
                office.post_name(seat.post),
                names.get(seat.field, seat.field) if seat.field else "",
                day_of(seat.valid_from),
                day_of(seat.valid_to),
            )
            for seat in seats
        ]
    return rows


# ---- in --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Checked:
    """A table without findings. id: to take it in with; None when it changes nothing."""

    id: str | None
    preview: Preview | None


def check(engine: Engine, actor: Actor, name: str, content: bytes) -> Checked:
    """Read a table and say what it would do. Invalid with every finding; nothing is changed."""
    require(actor, OFFICE)
    tables = read(content, HEADINGS)
    lines = {sheet: _lines(rows) for sheet, rows in tables.items()}
    identity = new_id()
    reform = ImportTables(identity, name, lines[ORGS], lines[STAFF], engine.clock.now())
    if not reform.plan(engine, directory.snapshot(engine)).writes:
        return Checked(None, None)
    preview = reforms.preview(engine, actor, reform)
    values = {
        "id": identity,
        "file_name": name,
        "rows": {sheet: [list(line) for line in rows] for sheet, rows in lines.items()},
        "made_by": actor.person_id,
        "made_at": engine.clock.now(),
    }
    with engine.database.write() as connection:
        imports.forget_unused(connection, actor.person_id)
        imports.insert(connection, values)
    return Checked(identity, preview)


def take_in(engine: Engine, actor: Actor, import_id: str, *, key: str) -> dict[str, Any]:
    """Take in a table that was checked: all of it, or nothing and the findings."""
    require(actor, OFFICE)
    with engine.database.read() as connection:
        found = imports.get(connection, import_id, actor.person_id)
    if found is None:
        raise NotFound("没有找到这份检查过的表格，请重新上传。")
    rows = {
        sheet: tuple((number, tuple((a, b) for a, b in cells)) for number, cells in lines)
        for sheet, lines in found.rows.items()
    }
    reform = ImportTables(found.id, found.file_name, rows[ORGS], rows[STAFF], engine.clock.now())
    if not reform.plan(engine, directory.snapshot(engine)).writes:
        return {"id": import_id, "message": f"“{found.file_name}”与现有数据一致，没有要改的。"}
    return reforms.make(engine, actor, reform, key=key)


def _lines(rows: list[Row]) -> tuple[Line, ...]:
    return tuple((row.number, tuple(row.cells.items())) for row in rows)
