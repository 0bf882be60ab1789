"""What a procedure's registered functions may use while a command runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine import attachments, conventions, directory, notices, registers
from engine.calendar import Calendar
from engine.directory import Directory
from engine.procedure import Subject
from engine.running import subjects
from engine.storage import versions
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine


class CommandContext:
    """The Context (engine.procedure) of one command: one moment, one transaction."""

    def __init__(
        self, engine: Engine, connection: Connection, now: datetime, instance_id: str
    ) -> None:
        self.engine = engine
        self.connection = connection
        self.now = now
        self.instance_id = instance_id
        self.notices: list[dict[str, Any]] = []
        self._directory: Directory | None = None

    @cached_property
    def _seen(self) -> Mapping[int, int]:
        return versions.read(self.connection)

    @cached_property
    def conventions(self) -> conventions.Conventions:
        """The office's conventions as this transaction sees them."""
        return conventions.snapshot(self.engine, self.connection, self._seen)

    @cached_property
    def calendar(self) -> Calendar:
        return self.engine.calendar(self.connection, self._seen)

    @property
    def directory(self) -> Directory:
        if self._directory is None:
            self._directory = directory.snapshot(self.engine, self.connection)
        return self._directory

    def convention(self, key: str) -> Any:
        return self.conventions[key]

    def take_number(self, series: str, year: int | None = None) -> int:
        return registers.take_number(self.connection, series, year or self.now.year)

    def add_record(self, register: str, values: Mapping[str, Any]) -> str:
        return registers.add(
            self.connection, register, values, instance_id=self.instance_id, at=self.now
        )

    def subject(self, instance_id: str) -> Subject:
        return subjects.subject_of(self, instance_id)

    def seal_files(self) -> int:
        return attachments.seal(self.connection, self.instance_id, self.now)

    def read_file(self, sha256: str) -> tuple[str, bytes] | None:
        return attachments.read(self.engine, self.connection, sha256)

    def notify(self, role: str, text: str) -> bool:
        at, instance_id = self.now, self.instance_id
        self.notices.append(notices.called(role, text, at=at, instance_id=instance_id))
        return True

    def tell(self, kind: str, people: Iterable[str], **told: Any) -> None:
        """Tell people (ids) of this instance; kind and words as in `engine.notices.told`."""
        at, instance_id = self.now, self.instance_id
        row = notices.told(kind, people, at=at, instance_id=instance_id, **told)
        self.notices.append(row)
