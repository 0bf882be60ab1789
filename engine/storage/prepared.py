"""Writes of the hot path, handed to the driver as they are.

SQLAlchemy builds such a statement once, with its words and with what turns a value into what the
database keeps; from then on a completion pays for neither. That saves a quarter of its time. Reads,
and whatever is not asked at every completion, go the ordinary way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError

INSERT: dict[str, Any] = {  # the words are the same; the classes are not
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}
Row = Mapping[str, Any]


def insert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add rows, all with the same columns; those left out are NULL or counted by the database."""
    if rows:
        run(connection, _insert(table), rows)


def update(connection: Connection, table: Table, row_id: str, version: int, values: Row) -> bool:
    """Change one row under its version; False when somebody else did in between."""
    statement = _guarded_update(table, tuple(sorted(values)))
    told = {**values, "own_id": row_id, "seen_version": version, "version": version + 1}
    return run(connection, statement, [told]) == 1


def upsert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add whole rows; what stands under the same primary key is replaced."""
    if rows:
        run(connection, _upsert(connection.dialect.name, table), rows)


def insert_or_ignore(connection: Connection, table: Table, row: Row) -> bool:
    """Add a row unless its key is taken; True when added.

    On PostgreSQL it waits for another transaction that is adding the same key, and gives way when
    that one commits; nothing is aborted. SQLite has one writer at a time in any case.
    """
    return run(connection, _insert_or_ignore(connection.dialect.name, table), [row]) == 1


def run(connection: Connection, statement: Any, rows: Sequence[Row]) -> int:
    """A statement once for each row of parameters; how many rows of the table it concerned."""
    prepared = _prepared(statement, connection.dialect, tuple(rows[0]))
    told = [prepared.told(row) for row in rows]
    if len(told) == 1:
        return _hand_over(connection, prepared.words, told[0])
    return _hand_over(connection, prepared.words, told, many=True)


def _hand_over(connection: Connection, words: str, told: Any, *, many: bool = False) -> int:
    cursor: Any = connection.connection.cursor()
    try:
        for heard in connection.dispatch.before_cursor_execute:
            heard(connection, cursor, words, told, None, many)
        (cursor.executemany if many else cursor.execute)(words, told)
        return int(cursor.rowcount)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _as_ever(connection, words, error, cursor) from error
    finally:
        cursor.close()


def _as_ever(connection: Connection, words: str, error: Any, cursor: Any) -> Exception:
    """The exception SQLAlchemy would raise."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, cursor)
    if lost:
        connection.invalidate(error)
    wrapped: Exception = DBAPIError.instance(
        words, None, error, dialect.loaded_dbapi.Error, connection_invalidated=lost, dialect=dialect
    )
    return wrapped


class _Prepared:
    """A statement's words in one dialect, and how its parameters are told to the driver."""

    def __init__(self, statement: Any, dialect: Dialect, columns: tuple[str, ...]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(columns))
        names = compiled.positiontup if compiled.positional else list(compiled.binds)
        self.words = str(compiled)
        self.names = None if compiled.positional else names
        self.columns = frozenset(columns)
        self.fixed = {
            name: _fixed(statement, name, compiled.binds[name])
            for name in names
            if name not in self.columns
        }
        self.parts = [(name, _teller(compiled.binds[name], dialect)) for name in names]

    def told(self, row: Row) -> Any:
        """The parameters in order, or by name, as the driver wants them."""
        if row.keys() != self.columns:
            raise ValueError(f"rows of one statement differ: {row.keys() ^ self.columns}")
        if self.fixed:
            row = {**row, **self.fixed}
        values = [row[name] if tell is None else tell(row[name]) for name, tell in self.parts]
        return values if self.names is None else dict(zip(self.names, values, strict=True))


def _fixed(statement: Any, name: str, parameter: Any) -> Any:
    """What a parameter is when no row gives it: in an INSERT the column's default."""
    if isinstance(statement, Insert):
        default: Any = statement.table.c[name].default
        return default.arg if default is not None and default.is_scalar else None
    return parameter.value


def _teller(parameter: Any, dialect: Dialect) -> Callable[[Any], Any] | None:
    found: Callable[[Any], Any] | None = parameter.type.dialect_impl(dialect).bind_processor(
        dialect
    )
    return found


@cache
def _prepared(statement: Any, dialect: Dialect, columns: tuple[str, ...]) -> _Prepared:
    return _Prepared(statement, dialect, columns)


@cache
def _insert(table: Table) -> Any:
    return table.insert()


@cache
def _guarded_update(table: Table, columns: tuple[str, ...]) -> Any:
    return (
        table.update()
        .where(table.c.id == bindparam("own_id"), table.c.version == bindparam("seen_version"))
        .values({name: bindparam(name) for name in ("version", *columns)})
    )


@cache
def _upsert(dialect: str, table: Table) -> Any:
    statement = INSERT[dialect](table)
    keys = [column.name for column in table.primary_key]
    changed = {
        each.name: statement.excluded[each.name] for each in table.c if each.name not in keys
    }
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


@cache
def _insert_or_ignore(dialect: str, table: Table) -> Any:
    return INSERT[dialect](table).on_conflict_do_nothing()
