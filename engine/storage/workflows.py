"""The rows of running workflows: scopes and tasks (engine.spiff.rows)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, delete, select

from engine.spiff.rows import Changes, Rows, data_of
from engine.storage import prepared
from engine.storage.database import Connection
from engine.storage.tables import workflow_scope, workflow_task


def read(connection: Connection, instance_id: str, *, finished: bool = False) -> Rows:
    """The stored workflow. finished: with the scopes in which nothing can change any more."""
    own = workflow_scope.c.instance_id == instance_id
    wanted = own if finished else own & workflow_scope.c.finished.is_(False)
    scopes = connection.execute(
        select(workflow_scope.c.scope_id, workflow_scope.c.body).where(wanted)
    )
    bodies = {row.scope_id: row.body for row in scopes}
    tasks = connection.execute(
        select(workflow_task.c.task_id, workflow_task.c.scope_id, workflow_task.c.body).where(
            workflow_task.c.instance_id == instance_id, workflow_task.c.scope_id.in_(bodies)
        )
    )
    return Rows(bodies, {row.task_id: (row.scope_id, row.body) for row in tasks})


def task_data(connection: Connection, instance_id: str, task_id: str) -> dict[str, Any]:
    """The variables of one task, without loading the workflow."""
    rows = connection.execute(_ITS_SCOPE, {"of_instance": instance_id, "of_task": task_id})
    bodies = {row.task_id: row.body for row in rows}
    return data_of(task_id, bodies) if bodies else {}


_own = workflow_task.alias("own")
_ITS_SCOPE = select(workflow_task.c.task_id, workflow_task.c.body).join(
    _own,
    (_own.c.instance_id == workflow_task.c.instance_id)
    & (_own.c.scope_id == workflow_task.c.scope_id)
    & (_own.c.instance_id == bindparam("of_instance"))
    & (_own.c.task_id == bindparam("of_task")),
)


def save(connection: Connection, instance_id: str, changes: Changes) -> None:
    """Write what changed: at most one statement per table and kind."""
    own = {"instance_id": instance_id}
    scopes = [
        {**own, "scope_id": scope_id, "body": body, "finished": scope_id in changes.finished}
        for scope_id, body in changes.scopes.items()
    ]
    tasks = [
        {**own, "task_id": task_id, "scope_id": scope_id, "body": body}
        for task_id, (scope_id, body) in changes.tasks.items()
    ]
    for table, values in ((workflow_scope, scopes), (workflow_task, tasks)):
        if values:
            connection.execute(prepared.upsert(connection.dialect.name, table), values)
    for removing, ids in (
        (_REMOVE_TASKS, changes.removed_tasks),
        (_REMOVE_SCOPES, changes.removed_scopes),
    ):
        if ids:
            connection.execute(removing, {**own, "ids": ids})


def _removing(column: Any) -> Any:
    owned = column.table.c.instance_id == bindparam("instance_id")
    return delete(column.table).where(owned, column.in_(bindparam("ids", expanding=True)))


_REMOVE_TASKS = _removing(workflow_task.c.task_id)
_REMOVE_SCOPES = _removing(workflow_scope.c.scope_id)
