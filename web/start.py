"""The office as it starts: its organisations and posts, without people. The demo adds those."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("start_office.json")


def read() -> dict[str, Any]:
    """The file as it stands."""
    data: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return data
