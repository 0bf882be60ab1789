"""Triggers that refuse to change or delete what was recorded, on either database."""

from __future__ import annotations

from alembic import op

ACTIONS = ("UPDATE", "DELETE")


def protect(table: str) -> None:
    """Refuse UPDATE and DELETE on a table."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute(
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$ BEGIN"
            " RAISE EXCEPTION 'append-only table'; END $$ LANGUAGE plpgsql"
        )
    for action in ACTIONS:
        refusal = (
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            if postgresql
            else "BEGIN SELECT RAISE(ABORT, 'append-only table'); END"
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuses_{action.lower()} BEFORE {action} ON {table} {refusal}"
        )


def unprotect(table: str) -> None:
    """Allow changes again, before the table is dropped."""
    on = f" ON {table}" if op.get_bind().dialect.name == "postgresql" else ""
    for action in ACTIONS:
        op.execute(f"DROP TRIGGER {table}_refuses_{action.lower()}{on}")
