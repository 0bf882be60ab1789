"""Collects what a test run walked of the diagrams and hit of the tables.

The engine tells each flow and each row it passes to loggers of its own; with GUICHENG_DRAWN set to
a folder, every test process leaves there what it heard. `make coverage-bpmn` adds it up.
"""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from uuid import uuid4

FOLDER = os.environ.get("GUICHENG_DRAWN")


class Listener(logging.Handler):
    """Keeps every different line a logger says."""

    def __init__(self, name: str) -> None:
        super().__init__(logging.DEBUG)
        self.heard: set[str] = set()
        logger = logging.getLogger(name)
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
        logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.add(record.getMessage())


def listen() -> dict[str, Listener]:
    """Listen from now on, when a folder is named."""
    return {name: Listener(f"engine.{name}") for name in ("walked", "rows_hit")} if FOLDER else {}


def leave(listeners: dict[str, Listener]) -> None:
    """Write down what this process heard."""
    if FOLDER and listeners:
        heard = {name: sorted(each.heard) for name, each in listeners.items()}
        Path(FOLDER).mkdir(parents=True, exist_ok=True)
        (Path(FOLDER) / f"{uuid4().hex}.json").write_text(json.dumps(heard), "utf-8")
