"""How often one may ask: so many requests a minute for a token, few wrong tokens from an address.

Counted in the memory of this process, in system time. A good token is never locked out by the
wrong ones that come from the same address.
"""

from __future__ import annotations

import hashlib
import time
from typing import cast

from flask import Flask, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import RateLimitItem, parse

from engine.errors import TooMany
from engine.settings import Settings

PREFIX = "Bearer "
WRONG_TOKENS = parse("30 per minute")  # 【约】 for each address
HERE = "guicheng_limits"


def register(app: Flask, settings: Settings) -> None:
    """Count for this application."""
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://")
    app.extensions[HERE] = (limiter, parse(f"{settings.rate_limit} per minute"))


def bearer() -> str | None:
    """The token of this request, None without one."""
    header = request.headers.get("Authorization", "")
    token = header.removeprefix(PREFIX).strip()
    return token if header.startswith(PREFIX) and token else None


def count_request(token: str) -> None:
    """One more request with this token. TooMany when that is too many."""
    _, rate = _counters()
    _hit(rate, "token", hashlib.sha256(token.encode()).hexdigest())


def count_wrong_token() -> None:
    """One more token that is not good. TooMany when this address sent too many of them."""
    _hit(WRONG_TOKENS, "wrong", get_remote_address())


def _hit(rate: RateLimitItem, *key: str) -> None:
    counter = _counters()[0].limiter
    if not counter.hit(rate, *key):
        ends = counter.get_window_stats(rate, *key).reset_time
        seconds = max(1, int(ends - time.time()) + 1)
        raise TooMany(f"操作过于频繁，请{seconds}秒后再试。", retry_after=seconds)


def _counters() -> tuple[Limiter, RateLimitItem]:
    return cast("tuple[Limiter, RateLimitItem]", current_app.extensions[HERE])
