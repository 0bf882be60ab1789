"""The power is cut again and again under load: what was acknowledged stands, nothing twice."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from uuid import uuid4

import sqlalchemy as sa

from engine import definitions, history
from engine.clock import parse_moment
from engine.running.context import CommandContext
from engine.settings import Settings
from engine.spiff import Execution
from engine.startup import Engine, build
from engine.storage import tables, workflows
from processes import discover
from tests.whole.server import ROOT, Served, command, free_port

PEOPLE = ("gov_clerk", "office_director", "docs", "sec1", "manager")
START = "2026-02-11T10:00:00+08:00"
SETTINGS = {"demo": "1", "clock_start": START, "rate_limit": "1000000"}


def cut_and_compare(folder: Path, kills: int, seed: int, database: str = "") -> Counter[str]:
    """Serve, load and kill so often; afterwards ledger and database must tell the same.

    database: an address, SQLite in the folder without one. The counter holds what the ledger
    tells, and as "hit" how many kills met a command under way (at least three of ten).
    """
    data, port = folder / "var", free_port()
    settings = {**SETTINGS, "database": database} if database else SETTINGS
    assert command("serve", "--once", data=data, **settings).returncode == 0
    tokens = {name: command("token", name, data=data, **settings).stdout.strip() for name in PEOPLE}
    (folder / "tokens.json").write_text(json.dumps(tokens), "utf-8")
    ledger, stop = folder / "ledger", folder / "stop"
    client = [sys.executable, "-m", "tests.whole.load", f"http://127.0.0.1:{port}"]
    client += [str(path) for path in (folder / "tokens.json", ledger, stop)]
    served = Served(data, port, **settings)
    served.await_ready()
    hit = 0
    load = subprocess.Popen(client, cwd=ROOT)
    try:
        for clocked in _moments(kills, random.Random(seed), ledger):
            before = cuts(ledger)
            if clocked:
                move_clock_on(served, tokens["gov_clerk"])
            served.kill()
            served = Served(data, port, **settings)
            served.await_ready()
            wait_for_acknowledgements(ledger, 1)
            hit += cuts(ledger) > before
        move_clock_on(served, tokens["gov_clerk"])
        stop.touch()
        assert load.wait(timeout=120) == 0
    finally:
        load.kill()  # nothing to end when all went well
    assert served.terminate() == 0
    told = Counter(each["event"] for each in entries(ledger))
    assert hit >= kills * 0.3, f"only {hit} of {kills} cuts hit a command under way"
    engine = build(Settings(data=data, database=database), discover())
    try:
        agree(engine, list(entries(ledger)))
    finally:
        engine.close()
    assert command("audit", "verify", data=data, **settings).returncode == 0
    return told + Counter(hit=hit)


def _moments(kills: int, chance: random.Random, ledger: Path) -> Iterator[bool]:
    """When to kill: after a few more answers; before every fifth time the clock goes on."""
    for kill in range(kills):
        wait_for_acknowledgements(ledger, chance.randint(1, 12))
        yield kill % 5 == 4


def entries(ledger: Path) -> Iterator[dict[str, Any]]:
    if ledger.exists():
        for line in ledger.read_text("utf-8").splitlines(keepends=True):
            if line.endswith("\n"):
                yield json.loads(line)


def cuts(ledger: Path) -> int:
    return sum(each["event"] == "cut" for each in entries(ledger))


def wait_for_acknowledgements(ledger: Path, more: int) -> None:
    """Until the client has been answered so many times more."""
    answered = sum(each["event"] == "acknowledged" for each in entries(ledger))
    deadline = datetime.now().astimezone() + timedelta(seconds=240)
    while sum(each["event"] == "acknowledged" for each in entries(ledger)) < answered + more:
        assert datetime.now().astimezone() < deadline, "the load client is not answered"


def move_clock_on(served: Served, token: str) -> None:
    """Two weeks on: silence takes effect on what was sent out before. The cut may come midway."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with urlopen(Request(f"{served.url}/api/v1/demo/clock", headers=headers)) as response:
        now = parse_moment(json.load(response)["now"])
    body = json.dumps({"now": (now + timedelta(days=20)).isoformat()}).encode()
    request = Request(
        f"{served.url}/api/v1/demo/clock",
        data=body,
        headers={**headers, "Idempotency-Key": uuid4().hex},
    )
    with urlopen(request, timeout=60) as response:
        assert response.status == 200


# ---- afterwards ------------------------------------------------------------------------------


def agree(engine: Engine, ledger: list[dict[str, Any]]) -> None:
    """Ledger, worklist, timers, answers and history tell the same."""
    acknowledged = [each for each in ledger if each["event"] == "acknowledged"]
    assert acknowledged
    assert {each["key"] for each in ledger if each["event"] == "sent"} == {
        each["key"] for each in ledger if each["event"] in ("acknowledged", "refused")
    }
    with engine.database.read() as connection:
        read = {
            table.name: list(connection.execute(sa.select(table)))
            for table in (
                tables.process_instance,
                tables.work_item,
                tables.job,
                tables.response,
                tables.history,
            )
        }
        ours = [row for row in read["process_instance"] if row.started_at >= parse_moment(START)]
        started = {
            each["answer"]["instance_id"] for each in acknowledged if each["operation"] == "start"
        }
        assert {row.id for row in ours} == started
        states = {row.id: row.state for row in read["work_item"]}
        done = happened(read, started, "item.completed")
        assert done == answered(ledger, "complete")
        assert happened(read, started, "item.claimed") == answered(ledger, "claim")
        assert {states[each] for each in done} == {"done"}
        silent = Counter(
            (row.instance_id, row.party) for row in read["response"] if row.recorded_by == "system"
        )
        assert silent
        assert set(silent.values()) == {1}
        for row in ours:
            rebuilt(engine, connection, row, read)
    assert history.verify(engine).ok


def happened(read: dict[str, list[Any]], ours: set[str], kind: str) -> Counter[str]:
    """How often the history of our instances says this of each work item."""
    return Counter(
        row.work_item_id for row in read["history"] if row.kind == kind and row.chain in ours
    )


def answered(ledger: list[dict[str, Any]], operation: str) -> Counter[str]:
    """How often this was acknowledged for each work item. What was refused has no effect, what was
    acknowledged has one: more or less in the database is a command doubled or lost."""
    own = [each for each in ledger if each["operation"] == operation]
    items = {each["key"]: each["path"].split("/")[1] for each in own if each["event"] == "sent"}
    return Counter(items[each["key"]] for each in own if each["event"] == "acknowledged")


def rebuilt(engine: Engine, connection: Any, row: Any, read: dict[str, list[Any]]) -> None:
    """The workflow's own open tasks and armed timers are the worklist's and the clock's."""
    definition = definitions.compiled(engine, row.definition_id, connection)
    context = CommandContext(engine, connection, engine.clock.now(), row.id)
    stored = workflows.read(connection, row.id)
    execution = Execution.load(definition, stored, context)
    live = {
        item.task_id
        for item in read["work_item"]
        if item.instance_id == row.id and item.state in ("open", "waiting")
    }
    assert {task.id for task in execution.open_tasks()} == live
    waiting = {
        (job.task_id, job.due_at)
        for job in read["job"]
        if job.instance_id == row.id and job.status == "waiting"
    }
    assert {(timer.id, timer.fires_at) for timer in execution.timers()} == waiting
