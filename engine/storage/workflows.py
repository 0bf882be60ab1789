"""The rows of running workflows: scopes and tasks (engine.spiff.rows)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, delete, select

from engine.spiff.rows import Changes, Rows
from engine.spiff.variables import data_of
from engine.storage import prepared
from engine.storage.database import Connection
from engine.storage.tables import workflow_row

SCOPE = ""  # in the place of a task's id: the row is the scope's own

_own = workflow_row.c.instance_id == bindparam("of_instance")
_EVERYTHING = select(workflow_row).where(_own)
_scope = workflow_row.alias("scope")
_UNFINISHED = _EVERYTHING.where(
    workflow_row.c.scope_id.in_(
        select(_scope.c.scope_id).where(
            _scope.c.instance_id == bindparam("of_instance"),
            _scope.c.task_id == SCOPE,
            _scope.c.finished.is_(False),
        )
    )
)


def read(connection: Connection, instance_id: str, *, finished: bool = False) -> Rows:
    """The stored workflow. finished: with the scopes in which nothing can change any more."""
    query = _EVERYTHING if finished else _UNFINISHED
    scopes: dict[str, bytes] = {}
    tasks: dict[str, tuple[str, bytes]] = {}
    for row in connection.execute(query, {"of_instance": instance_id}):
        if row.task_id == SCOPE:
            scopes[row.scope_id] = row.body
        else:
            tasks[row.task_id] = (row.scope_id, row.body)
    return Rows(scopes, tasks)


def task_data(connection: Connection, instance_id: str, task_id: str) -> dict[str, Any]:
    """The variables of one task, without loading the workflow."""
    own = {"of_instance": instance_id}

    def scope_of(task: str) -> tuple[bytes, dict[str, bytes]]:
        rows = connection.execute(_ITS_SCOPE, {**own, "of_task": task})
        bodies = {row.task_id: row.body for row in rows}
        return bodies.pop(SCOPE, b"{}"), bodies

    return data_of(task_id, scope_of)


_its = workflow_row.alias("its")
_ITS_SCOPE = select(workflow_row.c.task_id, workflow_row.c.body).where(
    _own,
    workflow_row.c.scope_id
    == select(_its.c.scope_id)
    .where(_its.c.instance_id == bindparam("of_instance"), _its.c.task_id == bindparam("of_task"))
    .scalar_subquery(),
)


def save(connection: Connection, instance_id: str, changes: Changes) -> None:
    """Write what changed: at most one statement for what is there and one for what is gone."""
    own = {"instance_id": instance_id}
    written = [
        {**own, "scope_id": id, "task_id": SCOPE, "body": body, "finished": id in changes.finished}
        for id, body in changes.scopes.items()
    ]
    written += [
        {**own, "scope_id": scope_id, "task_id": task_id, "body": body, "finished": None}
        for task_id, (scope_id, body) in changes.tasks.items()
    ]
    prepared.upsert(connection, workflow_row, written)
    gone = [(scope_id, SCOPE) for scope_id in changes.removed_scopes]
    gone += [(scope_id, task_id) for task_id, scope_id in changes.removed_tasks.items()]
    if gone:
        told = [
            {"of_instance": instance_id, "of_scope": scope, "of_task": id} for scope, id in gone
        ]
        prepared.run(connection, _REMOVE, told)


_REMOVE = delete(workflow_row).where(
    _own,
    workflow_row.c.scope_id == bindparam("of_scope"),
    workflow_row.c.task_id == bindparam("of_task"),
)
