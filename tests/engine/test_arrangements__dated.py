"""Division of labour, AB roles, assistants: each from its moment on, what was before stays."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from engine import changes, whereabouts
from engine.arrangements import (
    Designate,
    EndBRole,
    EndCharge,
    EndLink,
    GiveBRole,
    LinkAssistant,
    TakeCharge,
)
from engine.clock import parse_moment
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from engine.startup import Engine
from tests.story import Story

MONDAY = parse_moment("2026-05-11T00:00:00+08:00")
FRIDAY = parse_moment("2026-05-15T00:00:00+08:00")


@pytest.fixture
def story(engine: Engine) -> Story:
    told = Story(engine)
    told.at("2026-05-10T09:00:00+08:00")
    return told


def make(story: Story, change: Any, username: str = "sysadmin") -> dict[str, Any]:
    return changes.make(story.engine, story.who(username), change, key=uuid4().hex)


def with_the_leader(story: Story) -> None:
    """A matter of education with the leader in charge."""
    story.start()
    story.to_initial()
    story.initial()
    story.draft(field="education")
    story.stations("office_director", "dsg3")


def test_open_work_goes_to_the_new_leader_at_the_moment_of_the_change(story: Story) -> None:
    with_the_leader(story)
    change = TakeCharge("education", "vm3", MONDAY, "忻政办函〔2026〕3号")
    [move] = changes.preview(story.engine, story.who("sysadmin"), change).moves
    assert (move.step, move.before, move.after) == ("分管副市长批示", "靳知秋", "慕容川")
    assert move.title is None  # the system administrator handles no documents
    assert make(story, change)["message"] == "已登记：教育科技由慕容川分管。"
    assert story.open_steps() == [("UT_vm", "靳知秋")]
    story.at("2026-05-11T00:00:00+08:00")
    assert story.open_steps() == [("UT_vm", "慕容川")]
    rows = [row for row in whereabouts.charges(story.engine) if row.code == "education"]
    assert [(row.person, row.state) for row in rows] == [("慕容川", "current"), ("靳知秋", "past")]


def test_a_field_of_nobody_goes_to_the_office_director_until_it_is_somebodys(story: Story) -> None:
    with_the_leader(story)
    make(story, EndCharge("vm2-education", MONDAY))
    story.at("2026-05-11T00:00:00+08:00")
    [item] = story.see().open_items
    assert item.assignee == story.who("office_director").name
    assert item.alert == "领域“教育科技”没有分管领导，请补登分工后改派"
    make(story, TakeCharge("education", "vm1", FRIDAY, "忻政办函〔2026〕3号"))
    story.at("2026-05-15T00:00:00+08:00")
    assert story.open_steps() == [("UT_vm", "闻人岚")]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (TakeCharge("education", "dsg1", MONDAY, "号"), "分管领导应为市长、副市长或秘书长"),
        (TakeCharge("education", "vm1", MONDAY, " "), "请写明依据的文号"),
        (TakeCharge("nothing", "vm1", MONDAY, "号"), "没有这个领域"),
        (TakeCharge("education", "nobody", MONDAY, "号"), "没有这个人"),
        (GiveBRole("vm1", "vm3", MONDAY, "号"), "这段时间已有B角"),
        (GiveBRole("vm1", "sg", MONDAY, "号"), "AB角只在副市长之间设置"),
        (GiveBRole("vm1", "vm3", MONDAY, ""), "请写明依据的文号"),
        (LinkAssistant("vm1", "vm2", MONDAY), "应为副秘书长"),
    ],
)
def test_what_the_rules_refuse_says_what_to_do(story: Story, change: Any, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        make(story, change)
    assert words in refused.value.message


def test_a_later_arrangement_is_in_the_way_of_an_earlier_one(story: Story) -> None:
    make(story, TakeCharge("education", "vm3", FRIDAY, "号"))
    with pytest.raises(Invalid) as refused:
        make(story, TakeCharge("education", "vm1", MONDAY, "号"))
    assert "已另有安排" in refused.value.message


def test_an_ab_role_ends_and_a_new_one_begins(story: Story) -> None:
    make(story, EndBRole("ab-vm2-vm1", MONDAY))
    make(story, GiveBRole("vm2", "vm3", MONDAY, "忻政办函〔2026〕4号"))
    with pytest.raises(Conflict):
        make(story, EndBRole("ab-vm2-vm1", FRIDAY))
    [before, after] = whereabouts.deputies(story.engine, "vm2")
    assert (before.named, after.named) == ("闻人岚", "慕容川")
    story.at("2026-05-11T00:00:00+08:00")
    assert [each.named for each in whereabouts.deputies(story.engine, "vm2")] == ["慕容川"]


def test_an_assistant_changes_on_a_day(story: Story) -> None:
    made = make(story, LinkAssistant("dsg1", "vm2", MONDAY))
    assert made["message"] == (
        "已登记：乔文岚协助靳知秋。一般每位副秘书长协助一位副市长，其现在协助贺景舟。"
    )
    make(story, EndLink("dsg1-evm", MONDAY))
    with pytest.raises(NotFound):
        make(story, EndLink("nothing", MONDAY))
    story.at("2026-05-11T00:00:00+08:00")
    rows = whereabouts.links(story.engine)
    assert {row.code: row.person for row in rows if row.state == "current"}["vm2"] == "乔文岚"


@pytest.mark.parametrize("username", ["sg", "mayor", "secadmin", "auditadmin", "gov_clerk"])
def test_only_the_system_administrator_changes_them(story: Story, username: str) -> None:
    for change in (
        TakeCharge("education", "vm3", MONDAY, "号"),
        EndCharge("vm2-education", MONDAY),
        GiveBRole("vm1", "vm3", MONDAY, "号"),
        EndBRole("ab-vm2-vm1", MONDAY),
        LinkAssistant("dsg1", "vm2", MONDAY),
        EndLink("dsg1-evm", MONDAY),
    ):
        with pytest.raises(NotAllowed):
            make(story, change, username)


def test_a_designation_is_the_registrars_and_not_the_system_administrators(story: Story) -> None:
    change = Designate("vm2", "vm3", MONDAY, FRIDAY, "市长指定")
    with pytest.raises(NotAllowed):
        make(story, change)
    assert make(story, change, "office_director")["number"] == "指2026-1"
