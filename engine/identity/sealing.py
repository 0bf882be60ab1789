"""Secrets that only this installation can read: what lies in the database is useless without
its key, which is kept beside it, not in it, and in no backup."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from engine import installation_key

if TYPE_CHECKING:
    from engine.startup import Engine


def seal(engine: Engine, secret: str) -> str:
    """The secret, encrypted and signed."""
    return _box(engine).encrypt(secret.encode()).decode()


def unseal(engine: Engine, sealed: str) -> str | None:
    """The secret again; None when it was sealed with another key or changed."""
    try:
        return _box(engine).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _box(engine: Engine) -> Fernet:
    key = HKDF(SHA256(), 32, salt=None, info=b"guicheng second factor").derive(
        installation_key.of(engine.settings).encode()
    )
    return Fernet(urlsafe_b64encode(key))
