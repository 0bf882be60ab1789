"""One spelling for every value: what is hashed is the same bytes whoever writes it, and when.

Keys are sorted, there is no white space, moments are ISO 8601 in +08:00 with microseconds. SM3 is
the office's hash (GB/T 32905); SHA-256 stands in where the machine's OpenSSL was built without it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Set
from datetime import date, datetime
from functools import cache
from typing import Any

import orjson

from engine.clock import aware


def canonical(value: Any) -> bytes:
    """Canonical JSON of plain values, moments, dates and sets; else TypeError or ValueError.

    Half a surrogate pair has no bytes: UnicodeEncodeError, which is a ValueError.
    """
    if _is_simple(value):
        try:
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        except TypeError:  # half a surrogate pair, a number of more than 64 bits
            pass
    return _spelling.encode(value).encode()


def _is_simple(value: Any, depth: int = 0) -> bool:
    """Whether the fast spelling and the standard one are the same bytes, which a test proves: no
    number with a fraction, no moment, no key but text."""
    kind = type(value)
    if kind in _SAME:
        return True
    if depth > _DEEPEST:
        return False
    if kind is dict:
        return all(type(key) is str and _is_simple(value[key], depth + 1) for key in value)
    return kind is list and all(_is_simple(each, depth + 1) for each in value)


_SAME = {str, int, bool, type(None)}
_DEEPEST = 50  # what is deeper goes the standard way, which has its own limit


def plain(value: Any) -> Any:
    """The value as it will be read back from JSON: tuples are lists, moments are text."""
    try:
        return orjson.loads(orjson.dumps(value, spell, orjson.OPT_PASSTHROUGH_DATETIME))
    except TypeError:  # what is rare and it does not know: a number of more than 64 bits, …
        return json.loads(canonical(value))


def spell(value: Any) -> Any:
    """How what JSON does not know is spelled; TypeError when it has no spelling."""
    if isinstance(value, datetime):
        return aware(value).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Set):
        return sorted(value)
    raise TypeError(f"no canonical spelling for {type(value).__name__}")


_spelling = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=spell
)


def available(algorithm: str) -> bool:
    """Whether this machine can compute the hash."""
    try:
        hashlib.new(algorithm)
    except ValueError:
        return False
    return True


ALGORITHM = "sm3" if available("sm3") else "sha256"


def digest(content: bytes, algorithm: str = ALGORITHM) -> str:
    """64 hexadecimal digits. ValueError when the machine lacks the algorithm."""
    begun = _begun(algorithm).copy()  # to look an algorithm up takes as long as to use it
    begun.update(content)
    return str(begun.hexdigest())


@cache
def _begun(algorithm: str) -> Any:
    return hashlib.new(algorithm)
