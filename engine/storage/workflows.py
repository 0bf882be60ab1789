"""The rows of running workflows: scopes and tasks (engine.spiff.rows)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select

from engine.spiff.rows import Changes, Rows, data_of
from engine.storage.database import Connection
from engine.storage.tables import workflow_scope, workflow_task
from engine.storage.upsert import insert_into


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
    """The variables of one task, from its row alone."""
    query = select(workflow_task.c.body).where(
        workflow_task.c.instance_id == instance_id, workflow_task.c.task_id == task_id
    )
    body = connection.execute(query).scalar()
    return {} if body is None else data_of(body)


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
            _upsert(connection, table, values)
    for column, ids in (
        (workflow_task.c.task_id, changes.removed_tasks),
        (workflow_scope.c.scope_id, changes.removed_scopes),
    ):
        if ids:
            owned = column.table.c.instance_id == instance_id
            connection.execute(delete(column.table).where(owned, column.in_(ids)))


def _upsert(connection: Connection, table: Any, values: list[dict[str, Any]]) -> None:
    statement = insert_into(connection, table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in values[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), values)
