"""The notice 忻政发〔2023〕10号 is played through the public API, once, and survives a cut."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine import history, instances, registers, tasks
from engine.settings import Settings
from engine.startup import build
from processes import discover
from tests.rows import responses_of
from tests.story import Story
from web.demo import play

pytestmark = pytest.mark.slow


@pytest.fixture
def demo(sqlite_settings: Settings) -> Settings:
    return replace(sqlite_settings, demo=True)


class PowerCut(Exception):
    """The machine lost its power."""


def played(settings: Settings) -> list[str]:
    told: list[str] = []
    play.play(settings, discover(), told.append)
    return told


def test_the_journey_is_told_step_by_step(demo: Settings) -> None:
    told = "\n".join(played(demo))
    for words in (
        "6月2日 09:00　阮一苇　报送公文",
        "签收登记　时限：今天18:00 截止（约定：当日签收登记）　工作规则第三十四条",
        "6月6日 15:00　尚怀瑾　部门会签　时限：6月13日18:00 截止（工作规则第三十三条第二款）",
        "（系统）　市司法局　逾期未回复，视为无不同意见　系统记录，无人签字",
        "6月21日 10:00　卫承远　市长批示",
        "6月25日 16:00　邢以宁　整理归档",
    ):
        assert words in told


def test_it_ends_archived_with_silence_recorded_as_silence(demo: Settings) -> None:
    played(demo)
    engine = build(demo, discover())
    story = Story(engine)
    [row] = instances.find(engine, story.who("manager")).items
    assert (row.state, row.outcome_label, row.number) == (
        "completed",
        "办结",
        "忻政发〔2023〕10号",
    )
    by_party = {each.party: each for each in responses_of(engine, row.id)}
    assert by_party["finance_bureau"].type == "agree"
    silent = by_party["judicial_bureau"]
    assert (silent.type, silent.person_id) == ("DEEMED_NO_OBJECTION", None)
    assert silent.recorded_at.isoformat() == "2023-06-13T18:00:01+08:00"
    assert [
        each.values["number"] for each in registers.find(engine, "received_document").items
    ] == ["收文〔2023〕1号"]
    assert tasks.counts(engine, story.who("mayor")).done == 1
    assert history.verify(engine).ok
    engine.close()


def test_a_second_start_plays_nothing(demo: Settings) -> None:
    played(demo)
    assert played(demo) == []


@pytest.mark.parametrize("lines", [2, 3, 8, 10, 15])
def test_cut_short_it_goes_on_where_it_stopped(demo: Settings, lines: int) -> None:
    told: list[str] = []

    def say(line: str) -> None:
        told.append(line)
        if len(told) == lines:
            raise PowerCut

    with pytest.raises(PowerCut):
        play.play(demo, discover(), say)
    played(demo)
    engine = build(demo, discover())
    [row] = instances.find(engine, Story(engine).who("manager")).items
    assert row.state == "completed"
    assert history.verify(engine).ok
    engine.close()
