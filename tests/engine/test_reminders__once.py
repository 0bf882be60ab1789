"""Whoever has a step is told once that it is nearly due and once that it is overdue."""

from __future__ import annotations

import pytest

from engine import conventions, notices, posting, reminders
from engine.clock import ManualClock, parse_moment
from engine.startup import Engine
from tests.story import Story


def asked(engine: Engine) -> Story:
    """The judicial bureau is asked; it has seven working days."""
    story = Story(engine)
    story.start()
    story.to_countersign("judicial_bureau")
    posting.deliver_due(engine)
    notices.read_all(engine, story.who("judicial_head"))
    return story


def at(engine: Engine, moment: str) -> list[str]:
    """The kinds of what the head of the bureau is told at a moment."""
    assert isinstance(engine.clock, ManualClock)
    engine.clock.move_to(parse_moment(moment))
    for _ in range(2):
        engine.cache.pop(reminders.ASKED, None)
        reminders.remind(engine)
        posting.deliver_due(engine)
    head = Story(engine).who("judicial_head")
    told = [each.kind for each in notices.listing(engine, head, only_unread=True).items]
    notices.read_all(engine, head)
    return told


def due_of(story: Story) -> str:
    due = story.view("judicial_head", "UT_reply").row.due.at
    assert due is not None
    return due.isoformat()


def test_a_working_day_before_and_after_the_deadline_once_each(any_engine: Engine) -> None:
    story = asked(any_engine)
    assert due_of(story) == "2026-02-27T18:00:00+08:00"
    assert at(any_engine, "2026-02-25T18:00:00+08:00") == []
    assert at(any_engine, "2026-02-26T08:00:00+08:00") == ["soon"]
    assert at(any_engine, "2026-02-27T17:00:00+08:00") == []
    assert at(any_engine, "2026-02-27T18:00:01+08:00") == ["overdue"]
    assert at(any_engine, "2026-03-20T18:00:01+08:00") == []


def test_what_is_overdue_at_the_first_look_is_not_told_to_be_nearly_due(engine: Engine) -> None:
    asked(engine)
    assert at(engine, "2026-02-27T18:00:01+08:00") == ["overdue"]


def test_what_is_long_overdue_does_not_stand_before_what_is_nearly_due(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "BATCH", 1)
    asked(engine)
    assert at(engine, "2026-02-27T18:00:01+08:00") == ["overdue"]
    asked(engine)
    assert at(engine, "2026-03-10T08:00:00+08:00") == ["soon"]


def test_the_office_decides_when(engine: Engine) -> None:
    asked(engine)
    admin = Story(engine).who("sysadmin")
    conventions.change(engine, admin, "remind_days", "3", "早些提醒", key="1")
    conventions.change(engine, admin, "remind_overdue", "no", "另有催办", key="2")
    assert at(engine, "2026-02-24T08:00:00+08:00") == ["soon"]
    assert at(engine, "2026-03-20T18:00:01+08:00") == []


def test_who_did_his_step_is_not_reminded(engine: Engine) -> None:
    story = asked(engine)
    story.do("judicial_head", "UT_reply", "agree")
    assert at(engine, "2026-02-26T08:00:00+08:00") == []
