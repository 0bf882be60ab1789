"""The lists of the workbench: read by key in either direction, narrowed, only one's own."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from engine import tasks, verbs
from engine.clock import ManualClock
from engine.errors import Invalid
from engine.model import Actor, Filters, Stretch
from engine.startup import Engine
from engine.storage.tables import work_item
from tests.story import Story

People = Callable[[str], Actor]


def given_work(engine: Engine, count: int, seed: int) -> Actor:
    """One person with this many open items: some due at the same moment, some never."""
    story, chance = Story(engine), random.Random(seed)
    story.start()
    who, now = story.who("gov_clerk"), engine.clock.now()
    with engine.database.write() as connection:
        mine = work_item.c.assignee_id == who.person_id
        first = connection.execute(work_item.select().where(mine)).mappings().one()
        items = [
            {
                **first,
                "id": uuid4().hex,
                "task_id": uuid4().hex,
                "opened_at": now + timedelta(minutes=chance.randrange(4)),
                "due_at": chance.choice([None, now + timedelta(days=chance.randrange(-2, 3))]),
            }
            for _ in range(count - 1)
        ]
        connection.execute(work_item.insert(), items)
    return who


def walked(
    engine: Engine, who: Actor, view: str, size: int, *, back: bool = False, at: str | None = None
) -> list[str]:
    """The ids of a list, stretch by stretch, from its beginning (back: from a place to it)."""
    found: list[str] = []
    while True:
        rows: Stretch[Any] = tasks.worklist(engine, who, view, size=size, at=at)
        ids = [row.id for row in rows.items]
        found = [*ids, *found] if back else [*found, *ids]
        at = rows.before if back else rows.after
        if at is None:
            return found


@pytest.mark.parametrize("size", [1, 3, 7, 20, 100])
def test_forward_and_back_every_row_comes_once_in_one_order(any_engine: Engine, size: int) -> None:
    who = given_work(any_engine, 23, seed=size)
    whole = [row.id for row in tasks.worklist(any_engine, who, "mine", size=100).items]
    assert len(set(whole)) == 23
    assert walked(any_engine, who, "mine", size) == whole
    at: str | None = None
    while (rows := tasks.worklist(any_engine, who, "mine", size=size, at=at)).after:
        at = rows.after
    if rows.before:
        last = [row.id for row in rows.items]
        assert walked(any_engine, who, "mine", size, back=True, at=rows.before) + last == whole


def test_rows_that_go_meanwhile_let_no_other_be_left_out(any_engine: Engine) -> None:
    who = given_work(any_engine, 30, seed=1)
    whole = [row.id for row in tasks.worklist(any_engine, who, "mine", size=100).items]
    first = tasks.worklist(any_engine, who, "mine", size=10)
    with any_engine.database.write() as connection:
        gone = work_item.c.id.in_(whole[5:10])
        connection.execute(work_item.delete().where(gone))
    second = tasks.worklist(any_engine, who, "mine", size=10, at=first.after)
    assert [row.id for row in second.items] == whole[10:20]
    again = tasks.worklist(any_engine, who, "mine", size=10, at=second.before)
    assert [row.id for row in again.items] == whole[:5]


def test_what_is_late_comes_first_and_what_has_no_limit_last(any_engine: Engine) -> None:
    who = given_work(any_engine, 40, seed=2)
    dues = [row.due.at for row in tasks.worklist(any_engine, who, "mine", size=100).items]
    known = [due for due in dues if due is not None]
    assert known == sorted(known)
    assert dues[len(known) :] == [None] * (40 - len(known))
    assert len(known) < 40


def test_each_filter_leaves_what_it_says(any_engine: Engine) -> None:
    who, now = given_work(any_engine, 60, seed=3), any_engine.clock.now()

    def dues(**asked: Any) -> list[Any]:
        rows = tasks.worklist(any_engine, who, "mine", size=100, filters=Filters(**asked))
        assert rows.total == len(rows.items)
        return [row.due.at for row in rows.items]

    everything = dues()
    late = [due for due in everything if due is not None and due < now]
    assert dues(due="overdue") == late != []
    assert dues(due="none") == [None] * everything.count(None)
    assert {due.date() for due in dues(due="today")} == {now.date()}
    assert dues(due="week") == [due for due in everything if due is not None and due >= now]
    assert len(dues(procedure="document_approval")) == 60
    assert dues(procedure="document_withdraw") == []
    assert dues(unit="没有这个单位") == []
    assert len(dues(since=now.date(), until=now.date())) == 60
    assert dues(since=now.date() + timedelta(days=1)) == []
    assert dues(until=now.date() - timedelta(days=1)) == []


def test_the_choices_are_what_is_in_the_list_and_what_is_asked_for(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.prepare()
    docs = story.who("docs")
    offered = tasks.choices(engine, docs, ["mine", "group"])
    assert offered.procedures == (("document_approval", "公文呈批"),)
    assert [label for _, label in offered.roles] == ["文书科"]
    assert offered.units == (story.item("docs", "UT_register").sender,)
    asked = tasks.choices(
        engine, docs, ["started"], Filters(procedure="document_withdraw", unit="甲局")
    )
    assert (asked.procedures, asked.units) == ((("document_withdraw", "申请撤回"),), ("甲局",))


def test_a_role_narrows_to_what_one_does_in_it(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.prepare()
    docs = story.who("docs")
    role = tasks.choices(engine, docs, ["group"]).roles[0][0]
    assert tasks.worklist(engine, docs, "group", filters=Filters(role=role)).total == 1
    assert tasks.worklist(engine, docs, "group", filters=Filters(role="mayor")).total == 0


def test_an_instance_is_late_when_an_open_step_of_it_is(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.prepare()
    who = story.who("gov_clerk")
    late = Filters(due="overdue")
    assert tasks.worklist(engine, who, "started", filters=late).total == 0
    story.at("2026-02-24T09:00:00+08:00")
    assert tasks.worklist(engine, who, "started", filters=late).total == 1
    days = Filters(since=date(2026, 2, 11), until=date(2026, 2, 11))
    assert tasks.worklist(engine, who, "started", filters=days).total == 1


@pytest.mark.parametrize("view", tasks.VIEWS)
@pytest.mark.parametrize("at", ["!", "AAAA", "W3RydWVd", "WzEsMiwzLDRd", "字", "A" * 300])
def test_a_place_that_is_none_is_refused_in_words(engine: Engine, view: str, at: str) -> None:
    with pytest.raises(Invalid, match="从第一页看起"):
        tasks.worklist(engine, Story(engine).who("gov_clerk"), view, at=at)


def test_a_place_of_one_list_opens_no_row_of_anybody_else(engine: Engine) -> None:
    who = given_work(engine, 5, seed=4)
    place = tasks.worklist(engine, who, "mine", size=2).after
    stranger = Story(engine).who("xinfu_clerk")
    assert tasks.worklist(engine, stranger, "mine", at=place).items == ()


def test_what_is_to_be_read_comes_by_when_it_was_sent_and_once_for_each(any_engine: Engine) -> None:
    clock, sent = any_engine.clock, []
    assert isinstance(clock, ManualClock)
    stories = [Story(any_engine) for _ in range(5)]
    for story in stories:
        story.start()
    sender, reader = stories[0].who("gov_clerk"), stories[0].who("docs")
    for number in (3, 0, 4, 1, 2):
        clock.advance(seconds=60)
        who, target = {"persons": [reader.person_id]}, stories[number].instance_id
        verbs.do(any_engine, sender, "circulate", target, values=who, key=target, on="instance")
        sent.append(target)
    for size in (1, 2, 5):
        assert walked(any_engine, reader, "to_read", size) == sent[::-1]
    assert tasks.counts(any_engine, reader).to_read == 5
    assert walked(any_engine, stories[0].who("sec1"), "to_read", 5) == []
