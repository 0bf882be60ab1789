"""How late a deadline fires, on the machine's own clock, while nothing else goes on and under load.

Idle: a few deadlines spread over time. Busy: a hundred due every second. Late is from the moment
a deadline was due to the moment its transaction had done its work.
"""

from __future__ import annotations

import json
import random
import time
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from engine import accounts, instances
from engine.clock import SystemClock
from engine.scheduling.waker import Waker
from engine.startup import Engine
from engine.storage import tables
from tests.corpus.drawing import around, boundary, flow, person, script, timer
from tests.diagrams import install
from tests.long._databases import DATABASES, opened, place

IDLE, BUSY = 200, 3_000  # deadlines at full size
IDLE_PAUSE, BUSY_RATE = 0.5, 100  # seconds between two; due in one second
MOST_IDLE, MOST_BUSY = 0.25, 2.0  # seconds that 99 of 100 may be late
PREPARING = 0.15  # seconds that starting one instance may take, generously
LONGEST = 120.0  # seconds to wait for what is due
NOTE = Path(__file__).parent.parent / "corpus" / "runs" / "forms" / "note.json"
CUT = around(
    "A",
    steps=person("A") + boundary("B", "A", timer("due", "timeDate")) + script("C", "cut = True"),
) + flow("B", "C", "E")


def run(scale: float, seed: int) -> dict[str, object]:
    """The lateness that 99 of 100 keep within, in milliseconds, for both kinds of load."""
    chance = random.Random(seed)
    idle, busy = max(10, round(IDLE * scale)), max(100, round(BUSY * scale))
    figures: dict[str, object] = {"idle deadlines": idle, "busy deadlines": busy}
    wrong = []
    for name in DATABASES:
        with place(name) as here, TemporaryDirectory() as drawn:
            settings = here.furnished()
            with opened(settings, SystemClock()) as engine:
                _install(engine, Path(drawn))
                spread = [IDLE_PAUSE * each + chance.random() / 4 for each in range(idle)]
                crowd = [each / BUSY_RATE for each in range(busy)]
                for kind, offsets, most in (
                    ("idle", spread, MOST_IDLE),
                    ("busy", crowd, MOST_BUSY),
                ):
                    late = _late(engine, offsets)
                    worst = late[min(len(late) - 1, int(len(late) * 0.99))]
                    figures[f"{name} {kind} p50 ms"] = round(1000 * late[len(late) // 2])
                    figures[f"{name} {kind} p99 ms"] = round(1000 * worst)
                    if worst >= most:
                        wrong.append(f"{name} {kind}: {worst:.3f} s, at most {most} s")
    assert not wrong, f"{'; '.join(wrong)}; {figures}"
    return figures


def _install(engine: Engine, drawn: Path) -> None:
    due: dict[str, Any] = {
        "key": "due",
        "type": "textfield",
        "label": "时刻",
        "validate": {"required": True},
    }
    due["properties"] = {"kind": "datetime"}
    body = CUT.replace(
        '<startEvent id="S"/>',
        '<startEvent id="S"><extensionElements><spiffworkflow:properties>'
        '<spiffworkflow:property name="form" value="forms/due.json"/>'
        "</spiffworkflow:properties></extensionElements></startEvent>",
    )
    form = {"type": "default", "schemaVersion": 18, "id": "due", "components": [due]}
    files = {"forms/note.json": NOTE.read_text("utf-8"), "forms/due.json": json.dumps(form)}
    install(engine, drawn, "cut", body, files=files)


def _late(engine: Engine, offsets: list[float]) -> list[float]:
    """Arm, let the waker work, and measure; sorted seconds."""
    actor = accounts.actor_named(engine, "gov_clerk")
    first = engine.clock.now() + timedelta(seconds=2 + PREPARING * len(offsets))
    due: dict[str, datetime] = {}
    for offset in offsets:
        moment = first + timedelta(seconds=offset)
        values = {"due": moment.isoformat()}
        made = instances.start(engine, actor, "cut", values, key=uuid4().hex)
        due[made.instance_id] = moment
    assert engine.clock.now() < first, "the machine is too busy to arm in time"
    waker = Waker(engine)
    waker.start()
    deadline = time.monotonic() + (first - engine.clock.now()).total_seconds() + LONGEST
    deadline += max(offsets)
    while (done := _done(engine, due)) is None:
        assert time.monotonic() < deadline, "a deadline has not fired"
        time.sleep(0.5)
    waker.stop()
    return sorted(done)


def _done(engine: Engine, due: dict[str, datetime]) -> list[float] | None:
    """How late each was, once all have fired."""
    job: Any = tables.job
    query = sa.select(job.c.instance_id, job.c.done_at).where(job.c.status == "done")
    with engine.database.read() as connection:
        found = {key: at for key, at in connection.execute(query) if key in due}
    if len(found) < len(due):
        return None
    return [(found[key] - moment).total_seconds() for key, moment in due.items()]
