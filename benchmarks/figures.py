"""One figure each. `python -m benchmarks.figures warm` prints completions per second."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

DOCUMENTS = 4
FRAME = ("BEGIN", "COMMIT", "ROLLBACK")


def warm() -> float:
    """Our engine: worklist, facts, history, jobs and idempotency included; workflows kept."""
    from benchmarks import office

    with office.installed() as (engine, who):
        office.play(engine, who, office.Spent())
        spent = office.Spent()
        for _ in range(DOCUMENTS):
            office.play(engine, who, spent)
    return spent.completions / spent.wall


def cold() -> float:
    """The same with nothing kept: every completion rebuilds the workflow from its rows."""
    from benchmarks import office
    from engine.running.kept import KeptWorkflows

    with office.installed() as (engine, who):
        engine.kept = KeptWorkflows(largest=0)
        office.play(engine, who, office.Spent())
        spent = office.Spent()
        for _ in range(DOCUMENTS):
            office.play(engine, who, spent)
    return spent.completions / spent.wall


def baseline() -> float:
    """The library as it comes."""
    from benchmarks.baseline import Office

    with TemporaryDirectory() as folder:
        documents = Office(Path(folder))
        gc.collect()
        gc.freeze()  # as ours does
        done, wall = 0, 0.0
        for _ in range(DOCUMENTS):
            instance = documents.start(12)
            begun = time.perf_counter()
            while documents.complete(instance):
                done += 1
            wall += time.perf_counter() - begun
        documents.database.close()
    return done / wall


def floor() -> float:
    """A bare transaction that writes the same rows and bytes by SQLAlchemy Core."""
    from benchmarks import office

    with office.installed() as (engine, who):
        heard = _recorded(engine, who)
        begun = time.perf_counter()
        for _ in range(DOCUMENTS):
            for statements in heard:
                with engine.database.write() as connection:
                    for words, parameters in statements:
                        connection.exec_driver_sql(words, parameters)
        wall = time.perf_counter() - begun
    return DOCUMENTS * len(heard) / wall


def _recorded(engine: Any, who: Any) -> list[list[tuple[str, Any]]]:
    """The bytes every completion of one document writes, as inserts into a table without keys."""
    from benchmarks import office

    with engine.database.write() as connection:
        connection.exec_driver_sql("CREATE TABLE floor (body BLOB)")
    completions: list[list[tuple[str, Any]]] = []

    class Recording(office.Spent):
        @contextmanager
        def one(self) -> Iterator[None]:
            writes: list[tuple[str, Any]] = []

            def heard(_c: Any, _k: Any, words: str, given: Any, _x: Any, many: bool) -> None:
                if words.startswith(("INSERT", "UPDATE", "DELETE")):
                    rows = given if many else [given]
                    bodies = [(b"".join(map(_bytes, row)),) for row in rows]
                    writes.append(("INSERT INTO floor (body) VALUES (?)", bodies))

            sa.event.listen(engine.database.engine, "before_cursor_execute", heard)
            with super().one():
                yield
            sa.event.remove(engine.database.engine, "before_cursor_execute", heard)
            completions.append(writes)

    office.play(engine, who, Recording())
    return completions


def _bytes(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


@dataclass
class Counted:
    """Of one document's completions: the most statements, the most commits."""

    most: int = 0
    commits: int = 0


def statements() -> Counted:
    """What a completion asks of the database."""
    from benchmarks import office

    counted = Counted()
    with office.installed() as (engine, who):
        asked: list[str] = []

        class Counting(office.Spent):
            @contextmanager
            def one(self) -> Iterator[None]:
                asked.clear()
                with super().one():
                    yield
                work = [each for each in asked if not each.startswith(FRAME)]
                counted.most = max(counted.most, len(work))
                counted.commits = max(counted.commits, asked.count("COMMIT"))

        def heard(_c: Any, _k: Any, words: str, *_rest: Any) -> None:
            asked.append(words)

        office.play(engine, who, office.Spent())
        sa.event.listen(engine.database.engine, "before_cursor_execute", heard)
        office.play(engine, who, Counting())
    return counted


def departments() -> float:
    """CPU of a step with 100 departments against one with 5."""
    from benchmarks import office

    costs = {}
    with office.installed() as (engine, who):
        office.play(engine, who, office.Spent())
        for count in (5, 100):
            spent = office.Spent()
            for _ in range(100 // count):
                office.play(engine, who, spent, departments=count)
            costs[count] = spent.cpu / spent.completions
    return costs[100] / costs[5]


def rounds() -> float:
    """CPU of a round of a loop near its 1,000th against one near its 100th."""
    from benchmarks import office

    with office.installed() as (engine, who):
        costs = office.rounds(engine, who, 1_000)
    return sum(costs[-50:]) / sum(costs[75:125])


def openings() -> float:
    """CPU of opening an instance with 2,000 finished tasks in finished scopes against 20."""
    from benchmarks import office
    from engine.running.kept import KeptWorkflows

    with office.installed() as (engine, who):
        engine.kept = KeptWorkflows(largest=0)
        many, few = (median(office.openings(engine, who, count)) for count in (2_000, 20))
    return many / few


if __name__ == "__main__":
    print({"warm": warm, "cold": cold, "baseline": baseline, "floor": floor}[sys.argv[1]]())
