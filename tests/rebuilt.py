"""Holds, after every command of every test, the live workflow against one rebuilt from its rows."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from SpiffWorkflow.util.task import TaskState

from engine.running.kept import KeptWorkflows
from engine.spiff import Kept, rows, waiting
from engine.startup import Engine
from engine.storage import tables, workflows


class ProvedWorkflows(KeptWorkflows):
    """Keeps workflows as ever, but not one that differs from what loading it would give."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine = engine
        self.proved = 0

    def keep(self, instance_id: str, flow_version: int, kept: Kept) -> None:
        with self.engine.database.read() as connection:
            instance = tables.process_instance
            query = sa.select(instance.c.flow_version).where(instance.c.id == instance_id)
            if connection.execute(query).scalar() == flow_version:  # nobody was faster
                open_scopes = workflows.read(connection, instance_id)
                every_scope = workflows.read(connection, instance_id, finished=True)
                prove(kept, open_scopes, every_scope)
                self.proved += 1
        super().keep(instance_id, flow_version, kept)


def prove(kept: Kept, open_scopes: rows.Rows, every_scope: rows.Rows) -> None:
    """Same tasks (state, data, children in order, internal data, spec), scopes, events, index."""
    live = kept.workflow
    assert rows.encode(live) == open_scopes
    for found in (open_scopes, every_scope):
        rebuilt = _rebuilt(kept, found)
        assert rows.encode(rebuilt) == found
        assert _open(rebuilt) == _open(live)
        assert rebuilt.event_manager.tasks.keys() == live.event_manager.tasks.keys()
    assert live.index.touched == {}
    assert live.index.removed == {}
    assert live.index.opened == {}
    assert live.index.closed == set()
    assert live.index.ready.keys() == _ready(live)
    assert kept.stored.armed == dict(waiting.armed(live.event_manager.tasks.values()))
    assert live.index.tasks.keys() == open_scopes.tasks.keys() == kept.stored.tasks.keys()
    for scope in (live, *live.subprocesses.values()):
        wanted = {task.id for task in scope.tasks.values() if task._state & ~rows.FINISHED}
        assert scope.unfinished.keys() == wanted


def _rebuilt(kept: Kept, found: rows.Rows) -> Any:
    definition = kept.definition
    return rows.decode(found, definition.spec, dict(definition.subprocess_specs))


def _ready(workflow: Any) -> set[str]:
    return {
        task.id
        for scope in (workflow, *workflow.subprocesses.values())
        for task in scope.unfinished.values()
        if task._state == TaskState.READY and not task.task_spec.manual
    }


def _open(workflow: Any) -> set[str]:
    scopes = (workflow, *workflow.subprocesses.values())
    return {task_id for scope in scopes for task_id in scope.unfinished}
