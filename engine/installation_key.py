"""The installation's own secret: signs page tokens and seals second factors.

GUICHENG_SECRET, or made once and kept in the data folder, readable by its owner only. It is in no
backup: who moves an installation takes it along (README), or everybody enrols again.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from engine.settings import Settings


def of(settings: Settings) -> str:
    """The secret of an installation; made at the first call."""
    return settings.secret or _kept(settings.data)


def _kept(data: Path) -> str:
    path = data / "secret.key"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        partial = data / f"secret.{secrets.token_hex(4)}.part"
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
        if not path.exists():
            partial.replace(path)
        partial.unlink(missing_ok=True)
    return path.read_text("utf-8")
