"""Workflows: finished scopes need no loading, ids are hex everywhere, the flow has its version."""

from __future__ import annotations

from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

FINISHED = 64 | 128 | 256  # COMPLETED, ERROR, CANCELLED of the library
INSTANCE = sa.table("process_instance", sa.column("id"))
SCOPE = sa.table(
    "workflow_scope",
    *map(sa.column, ("instance_id", "scope_id")),
    sa.column("body", sa.LargeBinary),
    sa.column("finished", sa.Boolean),
)
TASK = sa.table(
    "workflow_task",
    *map(sa.column, ("instance_id", "task_id", "scope_id")),
    sa.column("body", sa.LargeBinary),
)


def upgrade() -> None:
    """Change the tables, then every row once, instance by instance."""
    zero, no = sa.text("0"), sa.false()
    version = sa.Column("flow_version", sa.Integer(), nullable=False, server_default=zero)
    op.add_column("process_instance", version)
    finished = sa.Column("finished", sa.Boolean(), nullable=False, server_default=no)
    op.add_column("workflow_scope", finished)
    _key_of_tasks("instance_id", "scope_id", "task_id")
    connection = op.get_bind()
    for instance_id in connection.execute(sa.select(INSTANCE.c.id)).scalars().all():
        states = _rewrite_tasks(connection, instance_id)
        _rewrite_scopes(connection, instance_id, states)


def downgrade() -> None:
    """The tables only: rows written since can not be read by the step before."""
    _key_of_tasks("instance_id", "task_id")
    op.drop_column("workflow_scope", "finished")
    op.drop_column("process_instance", "flow_version")


def _key_of_tasks(*columns: str) -> None:
    with op.batch_alter_table("workflow_task") as table:
        table.drop_constraint(op.f("pk_workflow_task"), type_="primary")
        table.create_primary_key(op.f("pk_workflow_task"), list(columns))


def _rewrite_tasks(connection: sa.Connection, instance_id: str) -> dict[str, list[int]]:
    """Ids in the bodies become hex, variables are told against the nearest finished task above.

    Returns the states of the tasks in each scope, and of each task.
    """
    states: dict[str, list[int]] = {}
    own = TASK.c.instance_id == instance_id
    rows = connection.execute(sa.select(TASK).where(own)).all()
    tasks = {row.task_id: orjson.loads(row.body) for row in rows}
    for row in rows:
        parent, children, changed, state, name, triggered, internal, data = tasks[row.task_id]
        states.setdefault(row.scope_id, []).append(state)
        states[f"task {row.task_id}"] = [state]
        if "into" in internal:
            internal["into"] = _hex(internal["into"])
        if "merged" in internal:
            internal["merged"] = [_hex(each) for each in internal["merged"]]
        base = _base(tasks, parent)
        differing = {key: data[key] for key in sorted(data) if base.get(key, data) != data[key]}
        lost = sorted(key for key in base if key not in data)
        task = [_hex(parent), [_hex(each) for each in children], changed, state, name, triggered]
        body = orjson.dumps([*task, internal, differing, lost])
        change = sa.update(TASK).where(own, TASK.c.task_id == row.task_id)
        connection.execute(change.values(body=body))
    return states


def _base(tasks: dict[str, Any], parent: str | None) -> dict[str, Any]:
    above = tasks.get(_hex(parent) or "")
    while above is not None and not above[3] & FINISHED:
        above = tasks.get(_hex(above[0]) or "")
    return above[7] if above is not None else {}


def _rewrite_scopes(
    connection: sa.Connection, instance_id: str, states: dict[str, list[int]]
) -> None:
    own = SCOPE.c.instance_id == instance_id
    for row in connection.execute(sa.select(SCOPE).where(own)).all():
        scope = orjson.loads(row.body)
        scope["root"], scope["last"] = _hex(scope["root"]), _hex(scope["last"])
        inside = [*states.get(row.scope_id, ()), *states.get(f"task {row.scope_id}", ())]
        finished = row.scope_id != "top" and all(state & FINISHED for state in inside)
        change = sa.update(SCOPE).where(own, SCOPE.c.scope_id == row.scope_id)
        connection.execute(change.values(body=orjson.dumps(scope), finished=finished))


def _hex(value: Any) -> Any:
    return value.replace("-", "") if isinstance(value, str) else value
