"""Number series: continuous, no two alike, whoever asks at the same time and whatever fails."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import registers
from engine.clock import parse_moment
from engine.running.context import CommandContext
from engine.startup import Engine

TAKE = """
import sys
from engine.registers import take_number
from engine.storage.database import Database

database = Database(sys.argv[1])
for each in range(550):
    try:
        with database.write() as connection:
            number = take_number(connection, "收文", 2026)
            if each % 11 == 0:
                raise ZeroDivisionError  # every eleventh is rolled back
        print(number)
    except ZeroDivisionError:
        pass
"""


def take(engine: Engine, series: str = "收文", year: int = 2026) -> int:
    with engine.database.write() as connection:
        return registers.take_number(connection, series, year)


def test_a_series_counts_from_one(any_engine: Engine) -> None:
    assert [take(any_engine) for _ in range(3)] == [1, 2, 3]


def test_a_new_year_and_another_series_start_at_one(any_engine: Engine) -> None:
    take(any_engine)
    assert take(any_engine, year=2027) == 1
    assert take(any_engine, series="发文") == 1
    assert take(any_engine) == 2


def test_a_roll_back_leaves_no_gap(any_engine: Engine) -> None:
    take(any_engine)

    def fail() -> None:
        with any_engine.database.write() as connection:
            assert registers.take_number(connection, "收文", 2026) == 2
            raise ZeroDivisionError

    try:
        fail()
    except ZeroDivisionError:
        assert take(any_engine) == 2


def test_threads_take_200_numbers_without_gap_or_double(any_engine: Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: take(any_engine), range(200)))
    assert sorted(taken) == list(range(1, 201))


@pytest.mark.slow
def test_two_processes_take_1000_numbers_without_gap_or_double(any_engine: Engine) -> None:
    url = any_engine.settings.database_url
    running = [
        subprocess.Popen([sys.executable, "-c", TAKE, url], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    each = [
        [int(line) for line in process.communicate(timeout=300)[0].split()] for process in running
    ]
    assert sorted(each[0] + each[1]) == list(range(1, 1001))
    assert all(taken == sorted(taken) for taken in each)


def test_a_new_year_begins_with_one_by_the_clock_of_the_office(any_engine: Engine) -> None:
    taken = []
    for moment in (
        "2026-12-31T23:59:59+08:00",
        "2026-12-31T16:00:00+00:00",
    ):  # the next is midnight
        with any_engine.database.write() as connection:
            now = parse_moment(moment)
            context = CommandContext(any_engine, connection, now, "0" * 32)
            taken += [context.take_number("收文"), context.take_number("收文")]
    assert taken == [1, 2, 1, 2]
