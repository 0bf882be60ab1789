"""One of several processes that work on the same instances: run beside others.

Every command is written down before it is given, and again, safe on the disk, when it was answered.
What the database cut off is given again under the same key.

    python -m tests.long._contender DATA DATABASE LEDGER STOP-FILE COMMANDS INSTANCE…
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import sqlalchemy as sa

from engine import accounts, history, instances, tasks
from engine.clock import SystemClock
from engine.errors import Conflict, NotFound, StorageUnavailable
from engine.model import Actor
from engine.settings import Settings
from engine.startup import Engine
from engine.storage import tables
from tests.corpus.drawing import flow, person, start_end, xor
from tests.diagrams import install
from tests.long._databases import opened
from tests.rows import variables_of
from tests.whole.cutting import entries
from tests.whole.load import Ledger

Found = TypeVar("Found")
ROOT = Path(__file__).parent.parent.parent
NOTE = ROOT / "tests" / "corpus" / "runs" / "forms" / "note.json"
COUNTING = (
    start_end()
    + xor("L")
    + person("A", post="total = total + 1")
    + xor("X", "L")
    + flow("S", "L", "A", "X", "L")
    + flow("X", "E", when="total &lt; 0")
)


def begun(engine: Engine, drawn: Path, count: int) -> list[str]:
    """Instances that count how often their one step was done."""
    files = {"forms/note.json": NOTE.read_text("utf-8")}
    install(engine, drawn, "counting", COUNTING, variables={"total": 0}, files=files)
    actor = accounts.actor_named(engine, "gov_clerk")
    return [
        instances.start(engine, actor, "counting", {}, key=uuid4().hex).instance_id
        for _ in range(count)
    ]


def process(
    settings: Settings, ledger: Path, stop: Path, commands: int, ids: Iterable[str]
) -> subprocess.Popen[bytes]:
    """A contender as a process of its own. commands: for each instance."""
    where = [str(each) for each in (settings.data, settings.database_url, ledger, stop, commands)]
    module = [sys.executable, "-m", "tests.long._contender"]
    return subprocess.Popen([*module, *where, *ids], cwd=ROOT)


def told(ledgers: Iterable[Path]) -> Counter[str]:
    """How often what stands in these ledgers."""
    return Counter(each["event"] for ledger in ledgers for each in entries(ledger))


def agree(engine: Engine, ledgers: Iterable[Path], ids: Iterable[str]) -> int:
    """Every answered command counts once, in the variables and in the history; how many."""
    answered = Counter(
        each["operation"]
        for ledger in ledgers
        for each in entries(ledger)
        if each["event"] == "acknowledged"
    )
    for instance_id in ids:
        links = tables.history
        query = sa.select(sa.func.count()).where(
            links.c.chain == instance_id, links.c.kind == "item.completed"
        )
        with engine.database.read() as connection:
            done = connection.execute(query).scalar_one()
        total = variables_of(engine, instance_id)["total"]
        assert total == done == answered[instance_id], (total, done, answered[instance_id])
    assert history.verify(engine).ok
    return answered.total()


def work(engine: Engine, ledger: Ledger, stop: Path, commands: int, ids: list[str]) -> None:
    """Do the step of each instance so many times, or until told to stop."""
    actor = _patient(lambda: accounts.actor_named(engine, "gov_clerk"))
    for _ in range(commands):
        for instance_id in ids:
            if stop.exists():
                return
            _command(engine, actor, ledger, instance_id)


def _command(engine: Engine, actor: Actor, ledger: Ledger, instance_id: str) -> None:
    """Once more: others may be faster, and the database may go away meanwhile."""
    while True:
        view = _patient(lambda: instances.get(engine, actor, instance_id))
        item, key = view.open_items[0], uuid4().hex
        ledger.write("sent", key, instance_id)
        while True:
            try:
                given = {"version": item.version, "values": {"note": "办"}, "key": key}
                tasks.complete(engine, actor, item.id, **given)
            except (Conflict, NotFound):
                ledger.write("refused", key, instance_id)
                break
            except StorageUnavailable:
                ledger.write("cut", key, instance_id)
                time.sleep(0.05)
                continue
            ledger.write("acknowledged", key, instance_id)
            return


def _patient(ask: Callable[[], Found]) -> Found:
    """What was asked for, once the database is there."""
    while True:
        try:
            return ask()
        except StorageUnavailable:
            time.sleep(0.05)


def main(arguments: list[str]) -> None:
    data, database, ledger, stop, commands, *ids = arguments
    settings = Settings(data=Path(data), database=database, secret="only-for-proofs", demo=True)
    with opened(settings, SystemClock()) as engine:
        work(engine, Ledger(Path(ledger)), Path(stop), int(commands), ids)


if __name__ == "__main__":
    main(sys.argv[1:])
