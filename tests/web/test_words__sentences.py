"""Moments, spans and rows of facts in the words and the order of the screens."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.clock import CHINA
from web import words

NOW = datetime(2026, 2, 25, 10, 20, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("at", "reads"),
    [
        (NOW, "今天 10:20"),
        (NOW - timedelta(days=1), "2月24日 10:20"),
        (NOW.replace(year=2025), "2025年2月25日 10:20"),
        (None, "——"),
    ],
)
def test_a_moment_reads_as_short_as_it_may(at: datetime | None, reads: str) -> None:
    assert words.moment(at, NOW) == reads


@pytest.mark.parametrize(
    ("seconds", "reads"),
    [
        (None, ""),
        (0, "用时 1 分钟"),
        (3600, "用时 1 小时"),
        (3 * 3600 + 1200, "用时 3 小时 20 分"),
        (86400, "用时 1 天"),
        (90000, "用时 1 天 1 小时"),
    ],
)
def test_a_span_names_its_two_largest_parts(seconds: int | None, reads: str) -> None:
    assert words.span(seconds) == reads


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=30)), max_size=20))
def test_facts_stand_in_two_columns_without_holes(facts: list[tuple[str, str]]) -> None:
    rows = words.in_rows(facts)
    assert [(label, text) for label, text, _ in rows] == facts
    beside = 0
    for _, _, wide in rows:
        assert not (wide and beside % 2)
        beside = 0 if wide else beside + 1
    assert beside % 2 == 0
