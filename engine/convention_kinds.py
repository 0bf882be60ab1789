"""What a convention of the office can be: a number, a time, a day, a choice, a text. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from engine.errors import Finding, Invalid

WORD = "约定"
LONGEST_TEXT = 200  # characters of a convention that is a text
LEAP_YEAR = 2024  # a day of the year is checked in it, so that 02-29 is one


@dataclass(frozen=True, slots=True)
class Convention:
    """One convention. kind: number (whole, least … most), yes_no, time ("18:00"),
    day (of any year, "05-01"), choice (one of `choices`: value, label), text.

    used_in: the steps or screens it decides on, in the office's words. about: one sentence.
    """

    key: str
    name: str
    default: Any
    kind: str = "number"
    unit: str = ""
    least: int = 0
    most: int = 9999
    choices: tuple[tuple[str, str], ...] = ()
    used_in: tuple[str, ...] = ()
    about: str = ""

    def read(self, text: str) -> Any:
        """What somebody typed as a value. Raises Invalid with what it should be."""
        value = _READERS[self.kind](text.strip())
        wrong = self.wrong(value)
        if wrong is not None:
            raise Invalid([Finding(wrong, "value", source=WORD)])
        return value

    def wrong(self, value: Any) -> str | None:
        """Why a value can not be this convention's; None when it can."""
        if _FITS[self.kind](self, value):
            return None
        return f"“{self.name}”{_EXPECTED[self.kind](self)}。"

    def shown(self, value: Any) -> str:
        """A value with its unit, as people read it: 5个字, 18:00, 是."""
        if self.kind == "yes_no":
            return "是" if value else "否"
        if self.kind == "day":
            return f"{int(value[:2])}月{int(value[3:])}日"
        return f"{dict(self.choices).get(value, value)}{self.unit}"


# ---- kinds of value --------------------------------------------------------------------------


def _number(text: str) -> Any:
    return int(text) if text.lstrip("-").isdecimal() and len(text) < 10 else text


def _yes_no(text: str) -> Any:
    return {"yes": True, "no": False}.get(text, text)


def _is_number(convention: Convention, value: Any) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole and bool(convention.least <= value <= convention.most)


def _is_time(_: Convention, value: Any) -> bool:
    try:
        return bool(time.fromisoformat(value).strftime("%H:%M") == value)
    except (TypeError, ValueError):
        return False


def _is_day(_: Convention, value: Any) -> bool:
    try:
        return bool(date.fromisoformat(f"{LEAP_YEAR}-{value}").strftime("%m-%d") == value)
    except (TypeError, ValueError):
        return False


def _is_text(_: Convention, value: Any) -> bool:
    return isinstance(value, str) and value.isprintable() and 0 < len(value) <= LONGEST_TEXT


_READERS: Mapping[str, Any] = {
    "number": _number,
    "yes_no": _yes_no,
    "time": str,
    "day": str,
    "choice": str,
    "text": str,
}
_FITS: Mapping[str, Any] = {
    "number": _is_number,
    "yes_no": lambda _, value: isinstance(value, bool),
    "time": _is_time,
    "day": _is_day,
    "choice": lambda convention, value: value in dict(convention.choices),
    "text": _is_text,
}
_EXPECTED: Mapping[str, Any] = {
    "number": lambda each: f"应为{each.least}到{each.most}之间的整数",
    "yes_no": lambda each: "应为是或否",
    "time": lambda each: "应为时刻，如18:00",
    "day": lambda each: "应为几月几日，如05-01",
    "choice": lambda each: "请从列出的选项中选择",
    "text": lambda each: f"应为1到{LONGEST_TEXT}个字的文字",
}
