"""Chinese numerals of articles: 三十三 ↔ 33, and the articles a sentence cites."""

from __future__ import annotations

import re

DIGITS = "一二三四五六七八九"
RULES = "工作规则"
ARTICLE = re.compile(r"第([一二三四五六七八九十]+)(?:[、至]([一二三四五六七八九十]+))?条")


def number(text: str) -> int:
    """三十三 → 33; what cannot be read is 0. Up to ninety-nine."""
    tens, ten, ones = text.rpartition("十")
    if not text or not set(text) <= set(DIGITS) | {"十"} or len(tens) > 1 or len(ones) > 1:
        return 0
    low = DIGITS.index(ones) + 1 if ones else 0
    if not ten:
        return low
    return (DIGITS.index(tens) + 1 if tens else 1) * 10 + low


def numeral(value: int) -> str:
    """33 → 三十三, for 1 to 99."""
    tens, ones = divmod(value, 10)
    word = ("" if tens == 1 else DIGITS[tens - 1]) + "十" if tens else ""
    return word + (DIGITS[ones - 1] if ones else "")


def cited(text: str) -> frozenset[int]:
    """The articles a sentence names; 第二十九至三十一条 names three."""
    found: set[int] = set()
    for first, last in ARTICLE.findall(text):
        low, high = number(first), number(last) if last else number(first)
        found.update(range(low, high + 1) if low <= high else (low, high))
    return frozenset(found - {0})
