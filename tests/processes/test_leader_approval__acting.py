"""Who signs when a leader is away (工作规则第五条), on the document's own way."""

from __future__ import annotations

from uuid import uuid4

from engine import substitution, timers
from engine.clock import parse_moment
from engine.startup import Engine
from tests.story import Story

TRIP = ("2026-05-11T00:00:00+08:00", "2026-05-16T00:00:00+08:00")


def away(story: Story, person: str, starts: str = TRIP[0], ends: str = TRIP[1]) -> None:
    substitution.add_absence(
        story.engine,
        story.who("sg"),
        person_id=person,
        kind="business_trip",
        starts_at=parse_moment(starts),
        ends_at=parse_moment(ends),
        key=uuid4().hex,
    )


def entrust(story: Story) -> str:
    """The mayor entrusts the executive vice-mayor with instructions for the trip."""
    given = substitution.give_mandate(
        story.engine,
        story.who("sg"),
        principal_id="mayor",
        substitute_id="evm",
        scope=["instruct"],
        starts_at=parse_moment(TRIP[0]),
        ends_at=parse_moment(TRIP[1]),
        evidence="市长办公会记录〔2026〕7号",
        key=uuid4().hex,
    )
    return str(given["id"])


def test_the_entrusted_executive_vice_mayor_acts_and_it_shows(any_engine: Engine) -> None:
    story = Story(any_engine)
    story.at("2026-05-10T09:00:00+08:00")
    away(story, "mayor")
    mandate = entrust(story)
    story.at("2026-05-12T09:00:00+08:00")
    story.to_the_mayor()
    assert story.open_steps() == [("UT_mayor", "贺景舟")]
    story.do("evm", "UT_mayor", "approve", comment="同意。")
    signed = next(each for each in story.see().opinions if each.step == "市长批示")
    assert signed.person == "贺景舟"
    assert signed.signed_as is not None
    assert signed.signed_as.startswith("贺景舟（代行市长职务")
    assert mandate  # the mandate stands in the history with the signature


def test_without_a_mandate_it_waits_for_the_mayor_with_a_sentence(engine: Engine) -> None:
    story = Story(engine)
    story.at("2026-05-10T09:00:00+08:00")
    away(story, "mayor")
    story.at("2026-05-12T09:00:00+08:00")
    story.to_the_mayor()
    [item] = story.see().open_items
    assert item.assignee == "卫承远"
    assert item.alert == "市长外出期间无代行委托记录，请补登委托或待市长返回"


def test_when_the_substitute_leaves_too_it_returns_to_the_mayor(engine: Engine) -> None:
    story = Story(engine)
    story.at("2026-05-10T09:00:00+08:00")
    away(story, "mayor")
    entrust(story)
    story.at("2026-05-12T09:00:00+08:00")
    story.to_the_mayor()
    away(story, "evm", "2026-05-13T00:00:00+08:00", "2026-05-14T00:00:00+08:00")
    story.at("2026-05-13T08:00:00+08:00")
    [item] = story.see().open_items
    assert item.assignee == "卫承远"
    assert "无代行委托记录" in (item.alert or "")


def test_the_mayors_return_gives_untouched_work_back_and_signed_stays_signed(
    engine: Engine,
) -> None:
    story = Story(engine)
    story.at("2026-05-10T09:00:00+08:00")
    away(story, "mayor")
    entrust(story)
    story.at("2026-05-12T09:00:00+08:00")
    story.to_the_mayor()
    signed = Story(engine)
    signed.to_the_mayor()
    signed.do("evm", "UT_mayor", "approve", comment="同意。")
    story.at("2026-05-16T00:00:01+08:00")
    assert story.open_steps() == [("UT_mayor", "卫承远")]
    who = next(each for each in signed.see().opinions if each.step == "市长批示")
    assert who.person == "贺景舟"


def test_a_revoked_mandate_ends_at_once(engine: Engine) -> None:
    story = Story(engine)
    story.at("2026-05-10T09:00:00+08:00")
    away(story, "mayor")
    mandate = entrust(story)
    story.at("2026-05-12T09:00:00+08:00")
    story.to_the_mayor()
    substitution.revoke_mandate(engine, story.who("sg"), mandate, key=uuid4().hex)
    timers.fire_due(engine)
    assert story.open_steps() == [("UT_mayor", "卫承远")]


def test_the_b_role_stands_in_for_the_leader_in_charge_and_nobody_else(engine: Engine) -> None:
    story = Story(engine)
    story.at("2026-05-10T09:00:00+08:00")
    away(story, "vm2", "2026-05-11T00:00:00+08:00", "2026-05-14T00:00:00+08:00")
    story.at("2026-05-12T09:00:00+08:00")
    story.start()
    story.to_initial()
    story.initial()
    story.draft(field="education")
    story.stations("office_director", "dsg3")
    assert story.open_steps() == [("UT_vm", story.who("vm1").name)]
    away(story, "vm1", "2026-05-12T09:00:00+08:00", "2026-05-14T00:00:00+08:00")
    timers.fire_due(engine)
    [item] = story.see().open_items
    assert item.assignee == story.who("vm2").name
    assert "B角均外出" in (item.alert or "")
