"""How often one may ask: so many requests a minute for a token, few wrong tokens from an address.

Counted in the memory of this process, in system time. A good token is never locked out by the
wrong ones that come from the same address.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import NoReturn, cast

from flask import Flask, current_app, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import RateLimitItem, parse

from engine.errors import TooMany
from engine.settings import Settings

PREFIX = "Bearer "
WRONG_SHARE = 20  # 【约】 an address may send this many times fewer wrong tokens than requests
SIGN_IN_SHARE = 10  # 【约】 the same of wrong sign-ins; a whole office may sit behind one address
FEWEST_SIGN_INS = 20
HERE = "guicheng_limits"


@dataclass(frozen=True)
class Limits:
    """What is counted, in what, against what."""

    limiter: Limiter
    requests: RateLimitItem
    wrong_tokens: RateLimitItem
    wrong_sign_ins: RateLimitItem


def register(app: Flask, settings: Settings) -> None:
    """Count for this application."""
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://")
    wrong = max(1, settings.rate_limit // WRONG_SHARE)
    signing_in = max(FEWEST_SIGN_INS, settings.rate_limit // SIGN_IN_SHARE)
    app.extensions[HERE] = Limits(
        limiter,
        parse(f"{settings.rate_limit} per minute"),
        parse(f"{wrong} per minute"),
        parse(f"{signing_in} per minute"),
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


def check_sign_ins() -> None:
    """TooMany when this address gave too many wrong passwords or codes within the minute.

    A name is locked after few failures in any case; this stops trying one password on all names.
    """
    counter, rate = _limits().limiter.limiter, _limits().wrong_sign_ins
    if not counter.test(rate, "sign-in", get_remote_address()):
        _refuse(rate, "sign-in", get_remote_address())


def count_wrong_sign_in() -> None:
    """One more wrong password or code from this address."""
    _limits().limiter.limiter.hit(_limits().wrong_sign_ins, "sign-in", get_remote_address())


def _hit(rate: RateLimitItem, *key: str) -> None:
    if not _limits().limiter.limiter.hit(rate, *key):
        _refuse(rate, *key)


def _refuse(rate: RateLimitItem, *key: str) -> NoReturn:
    ends = _limits().limiter.limiter.get_window_stats(rate, *key).reset_time
    seconds = max(1, int(ends - time.time()) + 1)
    raise TooMany(f"操作过于频繁，请{seconds}秒后再试。", retry_after=seconds)


def _limits() -> Limits:
    return cast(Limits, current_app.extensions[HERE])
