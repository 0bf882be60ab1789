"""The library as it comes: one row with everything in it, the standard json, the same SQLite.

Runs in a process of its own that never imports our engine, so that nothing is corrected here.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer.config import SPIFF_CONFIG
from SpiffWorkflow.util.task import TaskState

MODEL = Path(__file__).parent / "model" / "bench_document.bpmn"
OPINION = "同意。请按照市政府工作规则第三十二条规定办理，" * 20
BEGIN = {"again": False, "reject": False, "title": "关于某事项的请示", "depts": [], "replies": []}


class Office:
    """Documents as one JSON text each, loaded, stepped and stored again by every completion."""

    def __init__(self, folder: Path) -> None:
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(SPIFF_CONFIG))
        parser = SpiffBpmnParser()
        parser.add_bpmn_file(str(MODEL))
        self.spec = parser.get_spec("bench_document")
        self.inner = parser.get_subprocess_specs("bench_document")
        self.database = sqlite3.connect(folder / "baseline.db", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self.database.execute(f"PRAGMA {pragma}")
        self.database.execute("CREATE TABLE instance (id INTEGER PRIMARY KEY, body TEXT)")

    def start(self, departments: int) -> int:
        workflow = BpmnWorkflow(self.spec, self.inner)
        workflow.task_tree.data.update(ndept=departments, **BEGIN)
        workflow.do_engine_steps()
        body = self.serializer.serialize_json(workflow)
        done = self.database.execute("INSERT INTO instance (body) VALUES (?)", (body,))
        return int(done.lastrowid or 0)

    def complete(self, instance: int) -> bool:
        """Complete the next user task; False when there is none."""
        self.database.execute("BEGIN IMMEDIATE")
        query = "SELECT body FROM instance WHERE id = ?"
        (body,) = self.database.execute(query, (instance,)).fetchone()
        workflow: Any = self.serializer.deserialize_json(body)
        task = workflow.get_next_task(state=TaskState.READY, manual=True)
        if task is None:
            self.database.execute("ROLLBACK")
            return False
        step = task.task_spec.bpmn_id
        entered = {f"{step}_opinion": OPINION, f"{step}_handler": "李××", f"{step}_detail": OPINION}
        task.data.update(entered)
        task.run()
        workflow.do_engine_steps()
        body = self.serializer.serialize_json(workflow)
        self.database.execute("UPDATE instance SET body = ? WHERE id = ?", (body, instance))
        self.database.execute("COMMIT")
        return True


def completions(documents: int, departments: int = 12) -> int:
    """Play whole documents: how many completions it took."""
    done = 0
    with TemporaryDirectory() as folder:
        office = Office(Path(folder))
        for _ in range(documents):
            instance = office.start(departments)
            while office.complete(instance):
                done += 1
        office.database.close()
    return done
