"""What belongs to no instance is on one chain, whoever writes to it at the same time."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
import sqlalchemy as sa

from engine import history
from engine.startup import Engine
from tests.engine.rows import START


def record(engine: Engine, number: int) -> None:
    with engine.database.write() as connection:
        history.record_system(
            connection,
            at=START,
            kind="account.signed_in",
            actor_id="p1",
            data={"number": number, "at": START},
        )


def record_many(engine: Engine, count: int) -> None:
    for number in range(count):
        record(engine, number)


def recorded(engine: Engine) -> list[int]:
    with engine.database.read() as connection:
        return [
            int(entry.data["number"])
            for entry in history.entries(connection, history.SYSTEM, {})
            if "number" in entry.data
        ]


def test_writers_at_the_same_time_make_one_unbroken_chain(any_engine: Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: record(any_engine, number), range(40)))
    assert sorted(recorded(any_engine)) == list(range(40))
    assert history.verify(any_engine).ok


def test_a_check_in_the_midst_of_writing_raises_no_false_alarm(any_engine: Engine) -> None:
    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(record_many, any_engine, 60)
        reports = [history.verify(any_engine)]
        while not writing.done():
            reports.append(history.verify(any_engine))
        writing.result()
    assert [report.problems for report in reports if not report.ok] == []


def note(connection: sa.Connection, number: int, at: datetime = START) -> None:
    history.record_system(
        connection, at=at, kind="clock.moved", actor_id=None, data={"number": number}
    )


def test_a_rolled_back_record_leaves_no_trace(any_engine: Engine) -> None:
    record(any_engine, 1)
    with contextlib.suppress(ZeroDivisionError), any_engine.database.write() as connection:
        note(connection, 9)
        raise ZeroDivisionError
    record(any_engine, 2)
    assert recorded(any_engine) == [1, 2]
    assert history.verify(any_engine).ok


def test_a_moment_without_offset_is_refused(any_engine: Engine) -> None:
    naive = START.replace(tzinfo=None)
    with (
        pytest.raises(ValueError, match="without offset"),
        any_engine.database.write() as connection,
    ):
        note(connection, 1, naive)
