"""A year is taken in November: what rested on it is counted again, each move with a trace."""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path

import pytest

from engine import history, incidents, instances, leases, timers, years
from engine.errors import Invalid, Malformed, NotAllowed
from engine.model import Actor
from engine.startup import Engine
from engine.storage import jobs, tables
from tests.diagrams import flow, install, properties, start_end, user
from tests.engine.notices import LONGER_NEW_YEAR, NOTICE_2027
from tests.rows import jobs_of, responses_of
from tests.story import Story

PROVISIONAL = "2027年节假日安排尚未维护，7个工作日的计算结果不可靠"


def admin(engine: Engine) -> Actor:
    return Story(engine).who("sysadmin")


def asked(engine: Engine, *depts: str) -> Story:
    """Sent to departments on 28 December 2026, so that the seventh day lies in 2027."""
    story = Story(engine)
    story.at("2026-12-28T10:00:00+08:00")
    story.start()
    story.to_countersign(*(depts or ("judicial_bureau",)))
    return story


def told(story: Story, kind: str) -> list[str]:
    links = instances.history(story.engine, story.who("manager"), story.instance_id)
    return [each.text for each in links if each.kind == kind]


def take(engine: Engine, text: str, key: str = "import") -> str:
    message: str = years.take(engine, admin(engine), text, key=key)["message"]
    timers.fire_due(engine)
    return message


def test_an_imported_year_moves_what_was_provisional_and_silence_counts_again(
    any_engine: Engine,
) -> None:
    story = asked(any_engine)
    before = story.view("judicial_head", "UT_reply").row.due
    assert before.provisional
    assert before.warning == PROVISIONAL
    assert before.at is not None
    assert before.at.isoformat() == "2027-01-06T18:00:00+08:00"
    assert not any(
        each.status == "waiting" and each.effect == "silence" and each.due_at.year < 9999
        for each in jobs_of(any_engine, story.instance_id)
    )
    message = take(any_engine, LONGER_NEW_YEAR)
    assert message.startswith("已导入2027年工作日历（国办发明电〔2026〕100号），全年")

    after = story.view("judicial_head", "UT_reply").row.due
    assert not after.provisional
    assert after.warning is None
    assert after.at is not None
    assert after.at.isoformat() == "2027-01-11T18:00:00+08:00"
    moved = told(story, "deadline.recounted")
    expected = (
        "“部门会签”（市司法局）的办理时限按工作日历重算，原2027年1月6日18:00，现2027年1月11日18:00，"
        "由暂定转为确定（历法2023-2027·1，国办发明电〔2026〕100号）。"
    )
    assert expected in moved, moved
    assert story.at("2027-01-11T18:00:00+08:00") == 0
    assert story.at("2027-01-11T18:00:01+08:00") == 1
    [row] = responses_of(any_engine, story.instance_id)
    assert (row.type, row.due_at.isoformat()) == (
        "DEEMED_NO_OBJECTION",
        "2027-01-11T18:00:00+08:00",
    )
    assert history.verify(any_engine).ok


def test_a_year_that_comes_after_the_day_lets_silence_count_at_once(engine: Engine) -> None:
    story = asked(engine)
    assert story.at("2027-02-26T18:00:01+08:00") == 0
    assert responses_of(engine, story.instance_id) == []
    take(engine, NOTICE_2027)
    [row] = responses_of(engine, story.instance_id)
    assert row.due_at.isoformat() == "2027-01-07T18:00:00+08:00"


def test_the_preview_shows_every_move_and_changes_nothing(any_engine: Engine) -> None:
    story = asked(any_engine, "judicial_bureau", "finance_bureau")
    seen = years.preview(any_engine, admin(any_engine), LONGER_NEW_YEAR)
    assert (seen.before.notice, seen.after.notice) == (None, "国办发明电〔2026〕100号")
    steps = [each for each in seen.moved if each.move.part == "step"]
    assert sorted(each.move.party or "" for each in steps) == ["市司法局", "市财政局"]
    assert {each.procedure for each in seen.moved} == {"公文呈批"}
    assert {(each.move.before, each.move.after) for each in steps} == {
        (steps[0].move.before, steps[0].move.after)
    }
    timers_ = [each.move for each in seen.moved if each.move.part == "timer"]
    assert {each.before for each in timers_} == {None}
    assert seen.total == len(seen.moved) == 4
    assert story.view("judicial_head", "UT_reply").row.due.provisional
    assert told(story, "deadline.recounted") == []


def test_an_adjustment_in_the_middle_of_a_year_moves_what_it_touches_and_back(
    engine: Engine,
) -> None:
    take(engine, NOTICE_2027, key="first")
    story, other = asked(engine), Story(engine)
    other.start()
    due = story.view("judicial_head", "UT_reply").row.due
    assert due.at is not None
    assert (due.at.isoformat(), due.provisional) == ("2027-01-07T18:00:00+08:00", False)
    take(engine, LONGER_NEW_YEAR, key="second")
    later = story.view("judicial_head", "UT_reply").row.due
    assert later.at is not None
    assert later.at.isoformat() == "2027-01-11T18:00:00+08:00"
    take(engine, NOTICE_2027, key="third")
    again = story.view("judicial_head", "UT_reply").row.due
    assert again.at == due.at
    assert len(told(story, "deadline.recounted")) == 4
    assert told(other, "deadline.recounted") == []
    assert story.at("2027-01-07T18:00:01+08:00") == 1
    assert [each.type for each in responses_of(engine, story.instance_id)] == [
        "DEEMED_NO_OBJECTION"
    ]


def test_a_moment_that_was_agreed_on_stays(engine: Engine) -> None:
    story = asked(engine)
    later = "2027-01-13T18:00:00+08:00"
    story.do(
        "judicial_head",
        "UT_reply",
        "extend",
        ext_reason="需会商。",
        ext_until=later,
        ext_way="书面",
    )
    story.do("gov_clerk", "UT_ext_decide", granted=True, new_due=later)
    take(engine, LONGER_NEW_YEAR)
    due = story.view("judicial_head", "UT_reply").row.due
    assert due.at is not None
    assert (due.at.isoformat(), due.provisional) == (later, False)
    assert story.at("2027-01-13T18:00:01+08:00") == 1


def test_counting_again_twice_moves_once(engine: Engine) -> None:
    story = asked(engine)
    take(engine, LONGER_NEW_YEAR)
    count = len(told(story, "deadline.recounted"))
    with engine.database.write() as connection:
        job = jobs.newest_of_kind(connection, years.RECOUNT)
        assert job is not None
        again = tables.job.update().where(tables.job.c.id == job.id)
        connection.execute(again.values(status="waiting"))
        token = jobs.lease(connection, job, leases.end(engine))
    years.recount_all(engine, job, leases.Lease(engine, job.id, token))
    assert len(told(story, "deadline.recounted")) == count


def interrupting(unit: str) -> str:
    date_ = '"2027-01-11T18:00:01+08:00"'
    return (
        start_end()
        + user("A")
        + user("B")
        + '<boundaryEvent id="T" name="到期" attachedToRef="A" cancelActivity="true">'
        + properties(
            effect="interrupt",
            source="约定：限期",
            fact='"2026-12-28T10:00:00+08:00"',
            length="9",
            unit=unit,
        )
        + f'<timerEventDefinition id="D"><timeDate>{date_}</timeDate></timerEventDefinition>'
        + "</boundaryEvent>"
        + flow("S", "A", "E")
        + flow("T", "B", "E")
    )


def test_an_interrupting_timer_waits_for_the_calendar_however_it_is_drawn(
    engine: Engine, tmp_path: Path
) -> None:
    install(engine, tmp_path, "held", interrupting("workday"))
    install(engine, tmp_path, "plain", interrupting("hour"))
    stories = {}
    for key in ("held", "plain"):
        stories[key] = Story(engine)
        stories[key].begin("gov_clerk", key, {})
    assert stories["held"].at("2027-01-12T09:00:00+08:00") == 1
    assert [step for step, _ in stories["plain"].open_steps()] == ["B"]
    assert [step for step, _ in stories["held"].open_steps()] == ["A"]
    stories["held"].see()
    take(engine, NOTICE_2027)
    assert [step for step, _ in stories["held"].open_steps()] == ["B"]


def test_an_instance_that_can_not_be_counted_holds_up_nobody_and_is_an_incident(
    engine: Engine, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    broken = []

    def fragile() -> str:
        if broken:
            raise Malformed("算不出。")
        return "2027-01-11T18:00:01+08:00"

    drawn = interrupting("workday").replace('"2027-01-11T18:00:01+08:00"', "fragile()")
    install(engine, tmp_path, "fragile", drawn, functions={"fragile": fragile})
    sick, sound = Story(engine), asked(engine)
    sick.begin("gov_clerk", "fragile", {})
    broken.append(True)
    seen = years.preview(engine, admin(engine), LONGER_NEW_YEAR)
    assert (seen.total, seen.unreadable) == (2, 1)
    take(engine, LONGER_NEW_YEAR)
    assert not sound.view("judicial_head", "UT_reply").row.due.provisional
    [incident] = incidents.listing(engine, admin(engine)).items
    assert (incident.kind, incident.state) == ("按工作日历重算时限", "retrying")
    assert incident.reason.startswith("1件的时限没有重算成功")
    broken.clear()
    incidents.retry(engine, admin(engine), incident.id, key="again")
    timers.fire_due(engine)
    assert incidents.counts(engine).retrying == 0
    assert sick.at("2027-01-11T18:00:01+08:00") == 2
    assert [step for step, _ in sick.open_steps()] == ["B"]


def test_a_command_between_import_and_recount_fires_nothing_on_the_old_date(
    engine: Engine,
) -> None:
    story = asked(engine, "judicial_bureau", "finance_bureau")
    story.at("2027-01-07T09:00:00+08:00")
    years.take(engine, admin(engine), LONGER_NEW_YEAR, key="import")
    story.do("finance_head", "UT_reply", "agree", comment="同意。")
    assert [row.party for row in responses_of(engine, story.instance_id)] == ["finance_bureau"]
    timers.fire_due(engine)
    assert story.at("2027-01-11T18:00:01+08:00") == 1


def test_only_the_system_administrator_takes_a_year_and_only_a_new_one(engine: Engine) -> None:
    for who in ("gov_clerk", "secadmin", "auditadmin", "designer", "manager"):
        with pytest.raises(NotAllowed):
            years.take(engine, Story(engine).who(who), NOTICE_2027, key="1")
        with pytest.raises(NotAllowed):
            years.preview(engine, Story(engine).who(who), NOTICE_2027)
    take(engine, NOTICE_2027)
    with pytest.raises(Invalid) as refused:
        take(engine, NOTICE_2027, key="again")
    assert refused.value.message == "2027年的安排与现有的完全相同，没有改动。"
    assert years.preview(engine, admin(engine), NOTICE_2027).same


def test_from_november_on_the_administrator_is_reminded(engine: Engine) -> None:
    story = Story(engine)
    story.at("2026-10-31T23:59:00+08:00")
    assert years.reminder(engine) is None
    story.at("2026-11-01T00:00:00+08:00")
    assert str(years.reminder(engine)).startswith("2027年节假日安排尚未维护")
    take(engine, NOTICE_2027)
    assert years.reminder(engine) is None


def test_the_year_is_shown_month_by_month(engine: Engine) -> None:
    take(engine, NOTICE_2027)
    view = years.view(engine, admin(engine), 2027)
    assert (view.notice, view.imported) == ("国办发明电〔2026〕99号", True)
    months = dict(years.dates_of(view))
    assert list(months) == list(range(1, 13))
    assert months[2][0][0] == date(2027, 2, 1)
    assert sum(len(week) for week in months[2]) == 28
    assert view.calendar.off[date(2027, 2, 5)] == "春节"
    assert view.calendar.extra[date(2027, 2, 13)] == "春节"
    assert years.known(engine)[-2:] == (2027, 2028)
