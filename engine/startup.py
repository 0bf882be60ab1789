"""Builds the engine of an installation from its settings. Called by the composition root only."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from engine import conventions
from engine.calendar import Calendar, hours_of
from engine.clock import Clock, OffsetClock, SystemClock
from engine.procedure import Registry
from engine.running.kept import KeptWorkflows
from engine.settings import Settings
from engine.storage import clock as clock_rows
from engine.storage import versions, years
from engine.storage.database import Connection, Database


@dataclass
class Engine:
    """One installation: its database, clocks and procedures. Safe to share between threads.

    cache: what rooms of the engine keep between commands (compiled definitions, the directory),
    each under its own key, each valid only while the version it was read at agrees.
    """

    settings: Settings
    database: Database
    clock: Clock
    system_clock: Clock
    registry: Registry
    cache: dict[str, Any] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    kept: KeptWorkflows = field(default_factory=KeptWorkflows)

    @property
    def files(self) -> Path:
        """The folder of stored files."""
        return self.settings.data / "files"

    def calendar(
        self, connection: Connection | None = None, seen: Mapping[int, int] | None = None
    ) -> Calendar:
        """The working-day calendar: published years and those imported here, the office's hours.

        In a command: as its transaction sees it (seen: the versions it has read already). For a
        screen: as last seen by anybody.
        """
        if connection is not None:
            return self._calendar(connection, seen or versions.read(connection))
        seen, kept = self.cache.get("versions"), self.cache.get("calendar")
        if kept is not None and seen is not None and kept[0] == _versions_of_time(seen):
            return kept[1]  # type: ignore[no-any-return]
        with self.database.read() as own:
            return self.calendar(own)

    def _calendar(self, connection: Connection, seen: Mapping[int, int]) -> Calendar:
        current, kept = _versions_of_time(seen), self.cache.get("calendar")
        if kept is not None and kept[0] == current:
            return kept[1]  # type: ignore[no-any-return]
        values = conventions.snapshot(self, connection, seen)
        made = Calendar(years.load(connection), hours=hours_of(values), revision=current[0])
        self.cache["versions"], self.cache["calendar"] = seen, (current, made)
        return made

    def close(self) -> None:
        """Let go of the database."""
        self.database.dispose()


def _versions_of_time(seen: Mapping[int, int]) -> tuple[int, int]:
    return seen[versions.CALENDAR], seen[versions.CONVENTIONS]


def build(
    settings: Settings,
    registry: Registry,
    *,
    clock: Clock | None = None,
    system_clock: Clock | None = None,
) -> Engine:
    """An engine on an existing, migrated database. Tests and plays hand in their own clocks."""
    settings.check()
    settings.data.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url, settings.idle_seconds)
    system = system_clock or SystemClock()
    if clock is None:
        clock = demo_clock(database, settings, system) if settings.demo else system
    return Engine(
        settings=settings, database=database, clock=clock, system_clock=system, registry=registry
    )


def demo_clock(database: Database, settings: Settings, system: Clock) -> OffsetClock:
    """The stored demo clock; GUICHENG_CLOCK_START sets it on the first start. Never goes back."""
    with database.write() as connection:
        state = clock_rows.read(connection)
        if state is None:
            start = settings.clock_start or system.now()
            state = (start, system.now())
            clock_rows.store(connection, *state)
    business_at, system_at = state
    return OffsetClock(system, business_at - system_at)


def spare_what_stands() -> None:
    """Take what is in memory now out of the rounds of the garbage collector.

    For a process that serves, once, when everything is loaded: modules, forms and statements stay
    to its end, and walking through them again and again costs a completion a tenth of its time.
    """
    gc.collect()
    gc.freeze()
