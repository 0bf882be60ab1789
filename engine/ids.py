"""Identifiers: 32 hexadecimal digits of chance, as a random UUID has them.

They are drawn many at a time; asking the system for each is a twentieth of a completion.
"""

from __future__ import annotations

import os
from collections import deque

AT_A_TIME = 256
_drawn: deque[str] = deque()
os.register_at_fork(after_in_child=_drawn.clear)  # no two processes hold the same ones


def new_id() -> str:
    """One that nobody has. Safe to call from any thread."""
    try:
        return _drawn.pop()
    except IndexError:
        drawn = os.urandom(16 * AT_A_TIME).hex()
        first, *others = (drawn[at : at + 32] for at in range(0, len(drawn), 32))
        _drawn.extend(others)
        return first
