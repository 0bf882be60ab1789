"""Every way to falsify the history shows. The triggers stand in the way first; here they fall."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from engine import history
from engine.chain import forge
from engine.history import Entry
from engine.startup import Engine
from engine.storage.tables import APPEND_ONLY
from engine.storage.tables import history as links
from tests.engine.rows import START, add_instance, set_head


def drop_triggers(connection: sa.Connection) -> None:
    for table in APPEND_ONLY:
        for action in ("update", "delete"):
            where = f" ON {table.name}" if connection.dialect.name == "postgresql" else ""
            connection.exec_driver_sql(f"DROP TRIGGER {table.name}_refuses_{action}{where}")


def problems_after(engine: Engine, *statements: sa.Executable) -> str:
    with engine.database.write() as connection:
        drop_triggers(connection)
        for statement in statements:
            connection.execute(statement)
    report = history.verify(engine)
    assert not report.ok
    return "\n".join(report.problems)


def at(seq: int) -> sa.ColumnElement[bool]:
    return sa.and_(links.c.chain == "i1", links.c.seq == seq)


def test_an_untouched_history_is_in_order(any_engine: Engine) -> None:
    add_instance(any_engine, "i1", links=3)
    add_instance(any_engine, "i2", links=2)
    history.anchor(any_engine)
    report = history.verify(any_engine)
    assert report.problems == ()
    assert (report.ok, report.anchors) == (True, 1)
    assert report.links >= 5


@pytest.mark.parametrize("statement", ["UPDATE history SET actor_id='x'", "DELETE FROM history"])
def test_the_database_refuses_to_change_a_link(any_engine: Engine, statement: str) -> None:
    add_instance(any_engine, "i1", links=1)
    with pytest.raises(DBAPIError), any_engine.database.write() as connection:
        connection.exec_driver_sql(statement)


def test_a_changed_link_is_named(any_engine: Engine) -> None:
    add_instance(any_engine, "i1", links=3)
    told = problems_after(any_engine, sa.update(links).where(at(2)).values(data={"n": 2}))
    assert told == "流程实例i1第2条（item.completed）的内容被改动过。"


def test_a_changed_person_is_named(any_engine: Engine) -> None:
    add_instance(any_engine, "i1", links=1)
    told = problems_after(any_engine, sa.update(links).where(at(1)).values(actor_id="p_other"))
    assert "流程实例i1第1条" in told


def test_a_cut_tail_shows_in_the_recorded_head(any_engine: Engine) -> None:
    add_instance(any_engine, "i1", links=3)
    told = problems_after(any_engine, sa.delete(links).where(at(3)))
    assert "登记为第3条，实有到第2条" in told


def test_a_chain_removed_as_a_whole_shows(any_engine: Engine) -> None:
    add_instance(any_engine, "i1", links=3)
    told = problems_after(any_engine, sa.delete(links).where(links.c.chain == "i1"))
    assert "流程实例i1的记录全部缺失（应有3条）。" in told


def test_a_link_taken_from_the_middle_shows(any_engine: Engine) -> None:
    add_instance(any_engine, "i1", links=3)
    told = problems_after(any_engine, sa.delete(links).where(at(2)))
    assert "流程实例i1第2条缺失。" in told


def test_two_exchanged_links_show(any_engine: Engine) -> None:
    add_instance(any_engine, "i1", links=3)
    told = problems_after(
        any_engine,
        sa.update(links).where(at(1)).values(seq=99),
        sa.update(links).where(at(2)).values(seq=1),
        sa.update(links).where(at(99)).values(seq=2),
    )
    assert "次序被调换" in told


def recompute_whole_chain(engine: Engine, count: int) -> None:
    entries = [Entry("item.completed", START, "p_forger") for _ in range(count)]
    rows, head = forge("i1", history.GENESIS, entries)
    with engine.database.write() as connection:
        drop_triggers(connection)
        connection.execute(sa.delete(links).where(links.c.chain == "i1"))
        connection.execute(sa.insert(links), rows)
        set_head(connection, "i1", head)


def test_a_chain_recomputed_as_a_whole_is_seen_only_by_the_anchor(any_engine: Engine) -> None:
    add_instance(any_engine, "i1", links=3)
    history.anchor(any_engine)
    recompute_whole_chain(any_engine, 3)
    (told,) = history.verify(any_engine).problems
    assert "第3条（item.completed）与2026-02-11 10:00的锚定不一致" in told


def test_a_chain_recomputed_and_shortened_is_seen_by_the_anchor(any_engine: Engine) -> None:
    add_instance(any_engine, "i1", links=3)
    history.anchor(any_engine)
    recompute_whole_chain(any_engine, 2)
    (told,) = history.verify(any_engine).problems
    assert told == "流程实例i1第3条在2026-02-11 10:00锚定过，现在缺失。"
