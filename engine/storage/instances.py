"""Process instances and the rows of their running workflow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, or_, select

from engine.spiff.rows import Changes, Rows, data_of
from engine.storage.database import Connection
from engine.storage.tables import (
    process_definition,
    process_instance,
    work_item,
    workflow_scope,
    workflow_task,
)
from engine.storage.upsert import insert_into

COUNT_CAP = 999


def lock(connection: Connection, instance_id: str) -> Any | None:
    """The instance, locked until the transaction ends (SQLite has one writer in any case)."""
    query = select(process_instance).where(process_instance.c.id == instance_id)
    return connection.execute(query.with_for_update()).one_or_none()


def lock_of_item(connection: Connection, item_id: str, condition: Any) -> Any | None:
    """The instance an item belongs to, locked, if the condition lets it be seen."""
    of_item = select(work_item.c.instance_id).where(work_item.c.id == item_id).scalar_subquery()
    query = select(process_instance).where(process_instance.c.id == of_item, condition)
    return connection.execute(query.with_for_update()).one_or_none()


def insert(connection: Connection, values: Mapping[str, Any]) -> None:
    """Add an instance."""
    connection.execute(process_instance.insert().values(**values))


def update(
    connection: Connection, instance_id: str, version: int, values: Mapping[str, Any]
) -> bool:
    """Write under the version guard; False when somebody else wrote in between."""
    table = process_instance
    statement = (
        table.update()
        .where(table.c.id == instance_id, table.c.version == version)
        .values(version=version + 1, **values)
    )
    return connection.execute(statement).rowcount == 1


def workflow(connection: Connection, instance_id: str) -> Rows:
    """The stored workflow."""
    scopes = connection.execute(
        select(workflow_scope.c.scope_id, workflow_scope.c.body).where(
            workflow_scope.c.instance_id == instance_id
        )
    )
    tasks = connection.execute(
        select(workflow_task.c.task_id, workflow_task.c.scope_id, workflow_task.c.body).where(
            workflow_task.c.instance_id == instance_id
        )
    )
    return Rows(
        {row.scope_id: row.body for row in scopes},
        {row.task_id: (row.scope_id, row.body) for row in tasks},
    )


def task_data(connection: Connection, instance_id: str, task_id: str) -> dict[str, Any]:
    """The variables of one task, from its row alone."""
    query = select(workflow_task.c.body).where(
        workflow_task.c.instance_id == instance_id, workflow_task.c.task_id == task_id
    )
    body = connection.execute(query).scalar()
    return {} if body is None else data_of(body)


def save_workflow(connection: Connection, instance_id: str, changes: Changes) -> None:
    """Write what changed: at most one statement per table and kind."""
    if changes.scopes:
        _upsert(
            connection,
            workflow_scope,
            [
                {"instance_id": instance_id, "scope_id": scope_id, "body": body}
                for scope_id, body in changes.scopes.items()
            ],
        )
    if changes.tasks:
        _upsert(
            connection,
            workflow_task,
            [
                {"instance_id": instance_id, "task_id": task_id, "scope_id": scope_id, "body": body}
                for task_id, (scope_id, body) in changes.tasks.items()
            ],
        )
    if changes.removed_tasks:
        connection.execute(
            delete(workflow_task).where(
                workflow_task.c.instance_id == instance_id,
                workflow_task.c.task_id.in_(changes.removed_tasks),
            )
        )
    if changes.removed_scopes:
        connection.execute(
            delete(workflow_scope).where(
                workflow_scope.c.instance_id == instance_id,
                workflow_scope.c.scope_id.in_(changes.removed_scopes),
            )
        )


def _upsert(connection: Connection, table: Any, values: list[dict[str, Any]]) -> None:
    statement = insert_into(connection, table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in values[0] if name not in keys}
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), values)


def get(connection: Connection, instance_id: str, visible: Any) -> Any | None:
    """One instance with its definition's name and version, if the condition lets it be seen."""
    return connection.execute(
        _with_definition().where(process_instance.c.id == instance_id, visible)
    ).one_or_none()


def find(
    connection: Connection,
    visible: Any,
    *,
    page: int,
    size: int,
    state: str | None = None,
    search: str | None = None,
    key: str | None = None,
    started_by: str | None = None,
) -> tuple[list[Any], int]:
    """A page of instances, newest first, and how many there are (up to the cap plus one)."""
    table = process_instance
    conditions = [visible]
    if state:
        conditions.append(table.c.state == state)
    if key:
        conditions.append(table.c.key == key)
    if started_by:
        conditions.append(table.c.started_by == started_by)
    if search:
        pattern = f"%{_escape(search)}%"
        conditions.append(
            or_(
                *(
                    column.ilike(pattern, escape="\\")
                    for column in (table.c.title, table.c.number, table.c.sender)
                )
            )
        )
    query = (
        _with_definition()
        .where(*conditions)
        .order_by(table.c.started_at.desc(), table.c.id)
        .limit(size)
        .offset((page - 1) * size)
    )
    found = list(connection.execute(query))
    counted = select(table.c.id).where(*conditions).limit(COUNT_CAP + 1).subquery()
    total = connection.execute(select(func.count()).select_from(counted)).scalar() or 0
    return found, total


def _with_definition() -> Any:
    return select(
        process_instance,
        process_definition.c.name.label("procedure"),
        process_definition.c.version.label("definition_version"),
    ).join(process_definition, process_definition.c.id == process_instance.c.definition_id)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
