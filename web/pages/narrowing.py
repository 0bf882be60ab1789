"""What an address narrows a list of the workbench to, and the same in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, cast

from flask import request, url_for

from engine.model import Choices, Filters
from web.pages.parts import search_words, typed_day
from web.words import urgency

DUE = {"overdue": "已逾期", "today": "今天到期", "week": "7天内到期", "none": "没有时限"}
LONGEST = 200


def read() -> Filters:
    """The filters of this address; what cannot be read narrows nothing."""
    due = request.args.get("due")
    return Filters(
        procedure=_word("procedure"),
        role=_word("role"),
        unit=_word("unit"),
        urgency=_word("urgency"),
        due=cast("Any", due if due in DUE else None),
        since=typed_day(request.args.get("since", "")),
        until=typed_day(request.args.get("until", "")),
        search=search_words(),
    )


def _word(name: str) -> str | None:
    return request.args.get(name, "").strip()[:LONGEST] or None


def in_words(filters: Filters, choices: Choices, moment: str) -> list[tuple[str, str]]:
    """(word of the address, sentence) of each condition, to be shown and taken away one by one.

    moment: what a span of days means in this list, “送达”.
    """
    said: dict[str, Callable[[Any], Any]] = {
        "search": lambda value: f"含“{value}”",
        "procedure": dict(choices.procedures).get,
        "role": lambda value: f"以{dict(choices.roles)[value]}办理",
        "due": DUE.get,
        "unit": lambda value: f"来文单位：{value}",
        "urgency": lambda value: urgency(value) or "普通件",
        "since": lambda value: f"{moment}自{value.month}月{value.day}日起",
        "until": lambda value: f"{moment}至{value.month}月{value.day}日止",
    }
    asked = asdict(filters)
    parameters = {name: "q" if name == "search" else name for name in said}
    return [
        (parameters[name], str(words(asked[name])))
        for name, words in said.items()
        if asked[name] is not None
    ]


def options(choices: Choices) -> dict[str, list[tuple[str, str]]]:
    """What each select offers, as (value, words)."""
    return {
        "procedure": list(choices.procedures),
        "role": list(choices.roles),
        "due": list(DUE.items()),
        "unit": [(each, each) for each in choices.units],
        "urgency": [(each, urgency(each) or "普通件") for each in choices.urgencies],
    }


def without(name: str) -> str:
    """The address of this list with one condition taken away, from its beginning."""
    kept = {"q", "tab", *(each for each in asdict(Filters()) if each != "search")} - {name}
    query = {each: value for each, value in request.args.items() if each in kept and value}
    return url_for(str(request.endpoint), **cast("dict[str, Any]", query))
