"""Passwords: argon2id hashes, and what a new one must be.

The policy is the profile of 等保 (GB/T 22239-2019 8.1.4.1: complexity and regular change), by
default at least 8 characters of three kinds. OWASP ASVS 5.0 (6.2) asks for no kinds and no regular
change; both ask that common ones be refused, which weighs more than either (zxcvbn's lists).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from zxcvbn import zxcvbn

from engine.errors import Finding, Invalid

SHORTEST, LONGEST = 8, 128  # characters
KINDS = 3  # of the four kinds of characters
EASY = 2  # below this score zxcvbn expects it to be found within a million guesses
LOOKED_AT = 72  # characters; more make it no easier
POLICY = "至少8位，大写字母、小写字母、数字、符号中至少三类，不能是常见密码，不能包含用户名"
LETTERS = "abcdefghjkmnpqrstuvwxyz"
DIGITS = "23456789"


@lru_cache(maxsize=2)
def _hasher(demo: bool) -> PasswordHasher:
    """argon2id; for a demo and tests with little memory, so that a start takes no minute."""
    return (
        PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1) if demo else PasswordHasher()
    )


@lru_cache(maxsize=2)
def _nobodys(demo: bool) -> str:
    return _hasher(demo).hash("nobody's password")


def hashed(password: str, *, demo: bool) -> str:
    """What is stored of a password."""
    return _hasher(demo).hash(password)


def matches(stored: str | None, password: str, *, demo: bool) -> bool:
    """Whether it is this password. None (nobody) takes as long and is always false."""
    try:
        right = _hasher(demo).verify(stored or _nobodys(demo), password[:LONGEST])
    except (VerifyMismatchError, InvalidHashError):
        return False
    return right and stored is not None


def check(new: str, again: str, *, username: str, known: Iterable[str] = ()) -> None:
    """Invalid, with one sentence for all that is wrong with a new password.

    known: words that stand near it, such as the person's name.
    """
    wrong = _faults(new, username, [*known, username, "guicheng"])
    if wrong:
        sentence = f"新密码{'，'.join(wrong)}。要求：{POLICY}。"
        raise Invalid([Finding(sentence, field="new", code="weak-password")])
    if new != again:
        raise Invalid([Finding("两次输入的新密码不一样，请重新输入。", field="again")])


def _faults(new: str, username: str, known: list[str]) -> list[str]:
    if len(new) < SHORTEST:
        return [f"不足{SHORTEST}位"]
    if len(new) > LONGEST:
        return [f"超过{LONGEST}位"]
    faults = []
    if sum(map(bool, _kinds(new))) < KINDS:
        faults.append("字符种类不够")
    if username and username.lower() in new.lower():
        faults.append("包含了用户名")
    if zxcvbn(new[:LOOKED_AT], user_inputs=known)["score"] < EASY:
        faults.append("太常见，容易被猜到")
    return faults


def _kinds(text: str) -> tuple[bool, bool, bool, bool]:
    return (
        any(each.isupper() for each in text),
        any(each.islower() for each in text),
        any(each.isdigit() for each in text),
        any(not (each.isascii() and each.isalnum()) for each in text),
    )


def made_up() -> str:
    """A password for one use, easy to read out: "Kfmzq-7284-xwtrb"; about 56 bits."""
    first, last = ("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(2))
    number = "".join(secrets.choice(DIGITS) for _ in range(4))
    return f"{first.capitalize()}-{number}-{last}"
