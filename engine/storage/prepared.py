"""What every completion asks of the database, handed to the driver as it is.

SQLAlchemy builds such a statement once, with its words, with what turns a value into what the
database keeps, and with what turns it back; from then on a completion pays for none of them. That
saves a third of its time. Whatever is not asked at every completion goes the ordinary way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Insert, LargeBinary, Row, Table, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import DBAPIError

INSERT: dict[str, Any] = {  # the words are the same; the classes are not
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}
Given = Mapping[str, Any]


def insert(connection: Connection, table: Table, rows: Sequence[Given]) -> None:
    """Add rows, all with the same columns; those left out are NULL or counted by the database."""
    if rows:
        run(connection, _insert(table), rows)


def update(connection: Connection, table: Table, row_id: str, version: int, values: Given) -> bool:
    """Change one row under its version; False when somebody else did in between."""
    statement = _guarded_update(table, tuple(sorted(values)))
    told = {**values, "own_id": row_id, "seen_version": version, "version": version + 1}
    return run(connection, statement, [told]) == 1


def upsert(connection: Connection, table: Table, rows: Sequence[Given]) -> None:
    """Add whole rows; what stands under the same primary key is replaced."""
    if rows:
        run(connection, _upsert(connection.dialect.name, table), rows)


def insert_or_ignore(connection: Connection, table: Table, row: Given) -> bool:
    """Add a row unless its key is taken; True when added.

    On PostgreSQL it waits for another transaction that is adding the same key, and gives way when
    that one commits; nothing is aborted. SQLite has one writer at a time in any case.
    """
    return run(connection, _insert_or_ignore(connection.dialect.name, table), [row]) == 1


def run(connection: Connection, statement: Any, rows: Sequence[Given]) -> int:
    """A statement once for each row of parameters; how many rows of the table it concerned."""
    prepared = _prepared(statement, connection.dialect, tuple(rows[0]))
    told = [prepared.told(row) for row in rows]
    if len(told) == 1:
        return int(_hand_over(connection, prepared.words, told[0]))
    return int(_hand_over(connection, prepared.words, told, many=True))


def rows(connection: Connection, statement: Any, given: Given) -> list[Any]:
    """What a query finds. given: the parameters it names; the same ones at every call."""
    query = _query(statement, connection.dialect, tuple(given))
    return query.rows(_hand_over(connection, query.words, query.told(given), reading=True))


def say(connection: Connection, words: str) -> None:
    """A statement of words only, as BEGIN."""
    _hand_over(connection, words, ())


def _hand_over(
    connection: Connection, words: str, told: Any, *, many: bool = False, reading: bool = False
) -> Any:
    """The number of rows concerned; reading: the rows found, as the driver gives them."""
    cursor: Any = connection.connection.cursor()
    try:
        for heard in connection.dispatch.before_cursor_execute:
            heard(connection, cursor, words, told, None, many)
        (cursor.executemany if many else cursor.execute)(words, told)
        return cursor.fetchall() if reading else int(cursor.rowcount)
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
        compiled = statement.compile(
            dialect=dialect,
            column_keys=list(columns),
            compile_kwargs={"render_postcompile": True},  # a list of values: a parameter for each
        )
        known = compiled.construct_params(_check=False)
        names = list(compiled.positiontup if compiled.positional else known)
        self.words = str(compiled)
        self.names = None if compiled.positional else names
        self.columns = frozenset(columns)
        self.fixed = {
            name: _default(statement, name, known[name])
            for name in names
            if name not in self.columns
        }
        self.taken = itemgetter(*names) if len(names) > 1 else _only(names)
        tellers = [(at, _teller(compiled, name, dialect)) for at, name in enumerate(names)]
        self.tellers = [(at, tell) for at, tell in tellers if tell is not None]

    def told(self, row: Given) -> Any:
        """The parameters in order, or by name, as the driver wants them."""
        if len(row) != len(self.columns):  # of as many others one would be missing: KeyError
            raise ValueError(f"rows of one statement differ: {row.keys() ^ self.columns}")
        values = [*self.taken({**row, **self.fixed} if self.fixed else row)]
        for at, tell in self.tellers:
            values[at] = tell(values[at])
        return values if self.names is None else dict(zip(self.names, values, strict=True))


class _Query(_Prepared):
    """A query, and how what the driver gives becomes rows as SQLAlchemy gives them."""

    def __init__(self, statement: Any, dialect: Dialect, columns: tuple[str, ...]) -> None:
        super().__init__(statement, dialect, columns)
        found = statement.compile(dialect=dialect)._result_columns
        self.readers = [each.type._cached_result_processor(dialect, None) for each in found]
        self.shape: Any = SimpleResultMetaData([each.keyname for each in found])

    def rows(self, found: Sequence[Any]) -> list[Any]:
        """Rows with their columns by name."""
        shape = self.shape
        return [Row(shape, self.readers, shape._key_to_index, each) for each in found]


def _only(names: list[str]) -> Callable[[Given], tuple[Any, ...]]:
    return lambda row: tuple(row[name] for name in names)


def _default(statement: Any, name: str, given: Any) -> Any:
    """What a parameter is that no row gives: of the statement itself, or the column's default."""
    if given is not None or not isinstance(statement, Insert) or name not in statement.table.c:
        return given
    default: Any = statement.table.c[name].default
    return default.arg if default is not None and default.is_scalar else None


def _teller(compiled: Any, name: str, dialect: Dialect) -> Callable[[Any], Any] | None:
    """What turns a parameter into what the driver wants; None where it is that already."""
    if name not in compiled.binds:  # one of a list of values, which are plain text here
        return None
    kind = compiled.binds[name].type
    if isinstance(kind, LargeBinary):
        return None  # every driver takes bytes
    found: Callable[[Any], Any] | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return found


@cache
def _prepared(statement: Any, dialect: Dialect, columns: tuple[str, ...]) -> _Prepared:
    return _Prepared(statement, dialect, columns)


@lru_cache(maxsize=4096)  # a statement may be one person's
def _query(statement: Any, dialect: Dialect, columns: tuple[str, ...]) -> _Query:
    return _Query(statement, dialect, columns)


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
