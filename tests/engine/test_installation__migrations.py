"""A database grows step by step to this version, is backed up before, and never loses anything."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from engine import backup, installation
from engine.errors import SettingRefused
from engine.settings import Settings
from engine.startup import build
from engine.storage import migrating, tables
from engine.storage.database import Database
from processes import discover
from web.demo import office

pytestmark = pytest.mark.slow


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an installation without a database."""
    if request.param == "sqlite":
        return Settings(data=tmp_path / "var")
    return Settings(data=tmp_path / "var", database=request.getfixturevalue("postgresql_url"))


@pytest.fixture
def database(empty: Settings) -> Iterator[Database]:
    """The prepared database."""
    installation.prepare(empty, discover())
    opened = Database(empty.database_url)
    yield opened
    opened.dispose()


def test_the_steps_lead_to_the_tables_the_program_uses(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


def test_the_steps_make_the_same_triggers_and_checks(database: Database) -> None:
    with database.read() as connection:
        assert triggers(connection) == {
            f"{table}_refuses_{action}"
            for table in ("fact", "history", "signature")
            for action in ("update", "delete")
        }
        inspector = sa.inspect(connection)
        for table in tables.metadata.sorted_tables:
            wanted = {
                str(each.name) for each in table.constraints if isinstance(each, sa.CheckConstraint)
            }
            found = {str(each["name"]) for each in inspector.get_check_constraints(table.name)}
            assert found == wanted, table.name


def test_every_step_can_be_taken_back_and_again(database: Database) -> None:
    migrating.migrate(database, "base")
    with database.read() as connection:
        assert sa.inspect(connection).get_table_names() == ["alembic_version"]
    migrating.migrate(database)
    with database.read() as connection:
        assert migrating.current(connection) == migrating.newest()


def test_a_fresh_installation_is_made_once(empty: Settings) -> None:
    first = installation.prepare(empty, discover())
    second = installation.prepare(empty, discover())
    assert (first.fresh, first.backup) == (True, None)
    assert (second.before, second.now, second.backup) == (first.now, first.now, None)


def test_an_older_database_is_backed_up_before_it_is_changed(
    empty: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = installation.prepare(empty, discover()).now
    engine = build(empty, discover())
    office.load(engine)
    engine.close()
    monkeypatch.setattr(migrating, "FOLDER", next_program(tmp_path, old))
    done = installation.prepare(empty, discover())
    assert (done.before, done.now) == (old, "0099")
    assert done.backup is not None
    assert done.backup.parent == empty.data / "backups"
    assert version(empty) == "0099"
    engine = build(empty, discover())
    assert office.shown_accounts(engine)
    engine.close()


def test_a_database_of_another_shape_is_backed_up_but_not_restored_here(empty: Settings) -> None:
    installation.prepare(empty, discover())
    engine = build(empty, discover())
    with engine.database.write() as connection:
        connection.exec_driver_sql("ALTER TABLE number_series ADD COLUMN remark VARCHAR(10)")
    made = backup.create(engine, empty.data / "backups")
    engine.close()
    with pytest.raises(backup.BackupRefused) as refused:
        backup.restore(Settings(data=empty.data / "other"), made)
    assert "另一版本" in refused.value.message


def test_a_newer_database_is_refused_untouched(empty: Settings) -> None:
    installation.prepare(empty, discover())
    set_version(empty, "9999")
    with pytest.raises(SettingRefused) as refused:
        installation.prepare(empty, discover())
    assert "比本程序" in refused.value.message
    assert version(empty) == "9999"


def test_ready_means_at_this_version(empty: Settings) -> None:
    installation.prepare(empty, discover())
    engine = build(empty, discover())
    assert installation.is_current(engine)
    set_version(empty, "0002")
    assert not installation.is_current(engine)
    engine.close()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x")
    with pytest.raises(SettingRefused) as refused:
        installation.prepare(Settings(data=blocked / "var"), discover())
    assert "不能写入" in refused.value.message


def triggers(connection: sa.Connection) -> set[str]:
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    return {str(row[0]) for row in connection.exec_driver_sql(query)}


def next_program(folder: Path, old: str) -> Path:
    """The steps of a later program: one more than ours."""
    later = folder / "migrations"
    shutil.copytree(migrating.FOLDER, later)
    (later / "versions" / "0099_later.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision = '0099'\ndown_revision = '{old}'\n"
        "def upgrade():\n    op.create_table('later', sa.Column('id', sa.Integer(), "
        "primary_key=True))\n"
        "def downgrade():\n    op.drop_table('later')\n"
    )
    return later


def set_version(settings: Settings, revision: str) -> None:
    database = Database(settings.database_url)
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :v"), {"v": revision})
    database.dispose()


def version(settings: Settings) -> str | None:
    database = Database(settings.database_url)
    with database.read() as connection:
        found = migrating.current(connection)
    database.dispose()
    return found
