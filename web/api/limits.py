"""How often one may ask: so many requests a minute for a token, few wrong tokens from an address.

Counted in the memory of this process, in system time. A good token is never locked out by the
wrong ones that come from the same address.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import RateLimitItem, parse

from engine.errors import TooMany
from engine.settings import Settings

PREFIX = "Bearer "
WRONG_SHARE = 20  # 【约】 an address may send this many times fewer wrong tokens than requests
HERE = "guicheng_limits"


@dataclass(frozen=True)
class Limits:
    """What is counted, in what, against what."""

    limiter: Limiter
    requests: RateLimitItem
    wrong_tokens: RateLimitItem


def register(app: Flask, settings: Settings) -> None:
    """Count for this application."""
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://")
    wrong = max(1, settings.rate_limit // WRONG_SHARE)
    app.extensions[HERE] = Limits(
        limiter, parse(f"{settings.rate_limit} per minute"), parse(f"{wrong} per minute")
    )


def bearer() -> str | None:
    """The token of this request, None without one."""
    header = request.headers.get("Authorization", "")
    token = header.removeprefix(PREFIX).strip()
    return token if header.startswith(PREFIX) and token else None


def count_request(token: str) -> None:
    """One more request with this token. TooMany when that is too many."""
    _hit(_limits().requests, "token", hashlib.sha256(token.encode()).hexdigest())


def count_wrong_token() -> None:
    """One more token that is not good. TooMany when this address sent too many of them."""
    _hit(_limits().wrong_tokens, "wrong", get_remote_address())


def _hit(rate: RateLimitItem, *key: str) -> None:
    counter = _limits().limiter.limiter
    if not counter.hit(rate, *key):
        ends = counter.get_window_stats(rate, *key).reset_time
        seconds = max(1, int(ends - time.time()) + 1)
        raise TooMany(f"操作过于频繁，请{seconds}秒后再试。", retry_after=seconds)


def _limits() -> Limits:
    return cast(Limits, current_app.extensions[HERE])
