"""Leases: long work held by one process over many transactions, and taken over when it dies.

The number of attempts is the fencing token. Every transaction of the work holds the lease first;
a process that stood still and comes back has an old token, and nothing it writes is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from engine.errors import GuichengError
from engine.storage import jobs
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine


class LeaseLost(GuichengError):
    """这项作业已由另一个进程接手，本次结果不算数。"""

    code = "lease-lost"


@dataclass(frozen=True, slots=True)
class Lease:
    """A job in the hands of this process. token: the number of the attempt."""

    engine: Engine
    job_id: str
    token: int

    def hold(self, connection: Connection) -> None:
        """To be called first in every transaction of the work. Raises LeaseLost."""
        if not jobs.hold(connection, self.job_id, self.token, end(self.engine)):
            raise LeaseLost

    def finish(self) -> None:
        """The work is done. Raises LeaseLost when it does not count."""
        with self.engine.database.write() as connection:
            at = self.engine.clock.now()
            if not jobs.finish_leased(connection, self.job_id, self.token, at):
                raise LeaseLost


def end(engine: Engine) -> datetime:
    """Until when work begun or renewed now is held (system time)."""
    return engine.system_clock.now() + timedelta(seconds=engine.settings.lease_seconds)
