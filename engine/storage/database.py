"""Opens transactions. SQLite: BEGIN IMMEDIATE, WAL, synchronous FULL. PostgreSQL: row locks.

`Database.write()` is one transaction, `read()` a consistent look without a write lock. A full disk,
a lost server or a lock that does not come becomes StorageUnavailable: a sentence, never a trace.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from engine.errors import StorageUnavailable
from engine.storage import prepared

BUSY_TIMEOUT_S = 30
STATEMENT_TIMEOUT_S = 30
AFTER_COMMIT = "after_commit"
Connection = sa.Connection  # the name the rooms of the engine use; they do not import SQLAlchemy


class Database:
    """One database; safe to share between threads.

    idle_seconds: a PostgreSQL transaction in which nothing happens so long is ended, so that a
    process that stands still lets go of its locks.
    """

    def __init__(self, url: str, idle_seconds: int = 30) -> None:
        self.url = url
        self.dialect = sa.make_url(url).get_backend_name()
        options: dict[str, Any] = {}
        if self.dialect == "sqlite":
            options["connect_args"] = {"timeout": BUSY_TIMEOUT_S}
            options["isolation_level"] = "AUTOCOMMIT"  # no deferred BEGIN of the driver's own
        else:
            idle = idle_seconds * 1000
            options["connect_args"] = {
                "options": f"-c statement_timeout={STATEMENT_TIMEOUT_S * 1000}"
                f" -c idle_in_transaction_session_timeout={idle}"
            }
            options["pool_pre_ping"] = True
        self.engine = sa.create_engine(
            url,
            pool_size=16,
            max_overflow=16,
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=_from_json,
            **options,
        )
        self._resting: deque[sa.Connection] = deque()
        self._disposed = False
        if self.dialect == "sqlite":
            sa.event.listen(self.engine, "connect", _prepare_sqlite)

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction that may write: committed at the end, rolled back on any exception."""
        with self._connection() as connection:
            then = connection.info[AFTER_COMMIT] = []
            if self.dialect == "sqlite":
                prepared.say(connection, "BEGIN IMMEDIATE")
                try:
                    yield connection
                except BaseException:
                    prepared.say(connection, "ROLLBACK")
                    raise
                prepared.say(connection, "COMMIT")
            else:
                with connection.begin():
                    yield connection
        for call in then:
            call()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A consistent view; nothing may be written."""
        with self._connection() as connection:
            if self.dialect == "sqlite":
                prepared.say(connection, "BEGIN")
                try:
                    yield connection
                finally:
                    prepared.say(connection, "ROLLBACK")
            else:
                with connection.begin() as transaction:
                    yield connection
                    transaction.rollback()  # looking leaves nothing to keep

    @contextmanager
    def _connection(self) -> Iterator[sa.Connection]:
        try:
            connection = self._taken()
            try:
                connection.info.clear()  # what the last transaction remembered
                yield connection
            except BaseException:
                connection.close()  # the pool looks after whatever state it is in
                raise
            self._put_by(connection)
        except (OperationalError, sa.exc.TimeoutError) as error:
            raise StorageUnavailable from error
        except DBAPIError as error:
            if "disk" in str(error).lower() or error.connection_invalidated:
                raise StorageUnavailable from error
            raise

    def _taken(self) -> sa.Connection:
        try:
            return self._resting.pop()
        except IndexError:
            return self.engine.connect()

    def _put_by(self, connection: sa.Connection) -> None:
        """A connection to SQLite stays open for the next one: nobody else can have closed it."""
        if self.dialect != "sqlite" or self._disposed:
            connection.close()
            return
        if connection.in_transaction():
            connection.rollback()  # the library's own notion of one; ours is over
        self._resting.append(connection)

    def dispose(self) -> None:
        """Close every connection."""
        self._disposed = True
        while self._resting:
            self._resting.pop().close()
        self.engine.dispose()


def after_commit(connection: Connection, call: Callable[[], None]) -> None:
    """Have something done once the transaction is safe; not at all when it is rolled back."""
    connection.info[AFTER_COMMIT].append(call)


def _from_json(stored: Any) -> Any:
    """SQLite keeps a JSON number as a number (its JSON columns have numeric affinity)."""
    return orjson.loads(stored) if isinstance(stored, (str, bytes)) else stored


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_TIMEOUT_S * 1000}",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
