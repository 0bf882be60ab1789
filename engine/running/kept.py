"""Keeps live workflows between commands, so that the next one need not read and rebuild them.

A kept workflow is valid only while its row still has the flow version it was let go at: another
process, a restore, a rolled back command all make it useless, and then it is dropped. It belongs
to one command at a time, because it is taken out, and it comes back only after the commit.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from engine.spiff import Kept

LARGEST = 256 * 1024 * 1024  # bytes of all kept workflows together


class KeptWorkflows:
    """The workflows used last, bounded by what they hold. Safe to share between threads."""

    def __init__(self, largest: int = LARGEST) -> None:
        self.largest = largest
        self._found: OrderedDict[str, tuple[int, Kept]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def take(self, instance_id: str, flow_version: int) -> Kept | None:
        """The workflow of an instance at this version, taken out; None when it is not here."""
        with self._lock:
            entry = self._found.pop(instance_id, None)
            if entry is None:
                return None
            self._size -= entry[1].size
        return entry[1] if entry[0] == flow_version else None

    def keep(self, instance_id: str, flow_version: int, kept: Kept) -> None:
        """Put one back, committed at this version; the ones unused for longest make room."""
        with self._lock:
            before = self._found.pop(instance_id, None)
            self._size += kept.size - (before[1].size if before else 0)
            self._found[instance_id] = (flow_version, kept)
            while self._size > self.largest:
                _, (_, dropped) = self._found.popitem(last=False)
                self._size -= dropped.size
