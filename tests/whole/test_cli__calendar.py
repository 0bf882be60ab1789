"""A year is taken on the command line while the server runs on the same database."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import instances
from engine.startup import Engine
from engine.storage import migrating
from tests.engine.notices import LONGER_NEW_YEAR
from tests.story import Story
from tests.whole.server import command

pytestmark = pytest.mark.slow


def as_if_migrated(engine: Engine) -> None:
    """The furnished database has every table; now it says at which version it stands."""
    with engine.database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{migrating.newest()}')")


def test_a_year_taken_on_the_command_line_is_known_to_the_running_server(
    any_engine: Engine, tmp_path: Path
) -> None:
    story = Story(any_engine)
    story.at("2026-12-28T10:00:00+08:00")
    story.start()
    story.to_countersign("judicial_bureau")
    assert story.view("judicial_head", "UT_reply").row.due.provisional
    file = tmp_path / "2027.csv"
    file.write_bytes(LONGER_NEW_YEAR.encode("gb18030"))
    place = {"data": any_engine.settings.data, "database": any_engine.settings.database}
    as_if_migrated(any_engine)
    seen = command("calendar", "preview", str(file), **place)
    assert seen.returncode == 0, seen.stderr
    assert "2027年（国办发明电〔2026〕100号）：放假29天，调休上班5天" in seen.stdout
    moved = "原2027年1月6日18:00，现2027年1月11日18:00，由暂定转为确定"
    assert f"“部门会签”（市司法局）办理时限：{moved}" in seen.stdout
    assert "共2项时限会改动。" in seen.stdout

    done = command("calendar", "import", str(file), **place)
    assert done.returncode == 0, done.stderr
    assert "已导入2027年工作日历" in done.stdout
    assert "重算完成，改动了2项时限。" in done.stdout

    due = story.view("judicial_head", "UT_reply").row.due
    assert due.at is not None
    assert (due.at.isoformat(), due.provisional) == ("2027-01-11T18:00:00+08:00", False)
    told = instances.history(any_engine, story.who("manager"), story.instance_id)
    assert any(moved in each.text for each in told if each.kind == "deadline.recounted")
    again = command("calendar", "import", str(file), **place)
    assert (again.returncode, "完全相同" in again.stderr) == (2, True)


def test_a_wrong_table_is_refused_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "wrong.txt"
    file.write_text("年份,2027\n放假,元旦,2月30日\n", "utf-8")
    refused = command("calendar", "import", str(file), data=tmp_path / "none")
    assert refused.returncode == 2
    assert "缺少文号" in refused.stderr
    assert "第2行：应为“放假,节日,起,止”" in refused.stderr
    assert "Traceback" not in refused.stderr
