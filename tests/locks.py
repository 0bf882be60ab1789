"""Lets one of several test workers do what all of them need."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from pathlib import Path


def once(lock: Path, make: Callable[[], None]) -> None:
    """Call `make` in the first worker that comes; the others wait until it is done."""
    with lock.open("a+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.seek(0)
        if held.read() != "made":
            make()
            held.write("made")
            held.flush()
