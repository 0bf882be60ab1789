"""One line of history for everything that happens to accounts."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from engine.history import record_system
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine


def note(
    engine: Engine, connection: Connection, kind: str, actor_id: str | None, **data: Any
) -> None:
    """Record it on the system's chain, in this transaction. Never a secret among the data."""
    told = {name: value for name, value in data.items() if value is not None}
    record_system(connection, at=engine.clock.now(), kind=kind, actor_id=actor_id, data=told)


def digest(secret: str) -> str:
    """What is stored of a secret of 80 bits and more."""
    return hashlib.sha256(secret.encode()).hexdigest()
