"""A signed decision is taken back openly or not at all; whoever is brought in signs for himself."""

from __future__ import annotations

from uuid import uuid4

import pytest

from engine import history, tasks, verbs
from engine.errors import Conflict, Invalid
from engine.startup import Engine
from tests.engine.desks import done, refused, told, use
from tests.processes.test_leader_approval__signing import (
    ASKED,
    before_the_mayor,
    decide,
    shown,
    signatures,
)
from tests.processes.test_leader_approval__signing import refused as not_decided
from tests.rows import signatures_of
from tests.story import PASSWORD, Story

WHY = "批示意见有误，须重新批示。"


def decided(engine: Engine) -> tuple[Story, str]:
    """The mayor has approved; his step."""
    story = before_the_mayor(engine)
    decide(story, PASSWORD)
    return story, done(story, "mayor", "UT_mayor")


def test_a_signed_decision_is_taken_back_with_a_reason_that_stands_beside_the_signature(
    any_engine: Engine,
) -> None:
    story, step = decided(any_engine)
    first = signatures(story)["UT_mayor"]
    assert "撤回理由" in refused(story, "mayor", "withdraw", step)
    sheet = verbs.foresee(any_engine, story.who("mayor"), "withdraw", step, {"reason": WHY})
    assert any("签批记录" in each and "重新签批" in each for each in sheet)
    use(story, "mayor", "withdraw", step, reason=WHY)
    assert story.open_steps() == [("UT_mayor", story.who("mayor").name)]
    assert any(WHY in each and "撤回" in each for each in told(story))
    assert shown(story, "分管副市长批示") is not None
    assert all(each.step != "市长批示" for each in story.see().opinions)
    assert signatures(story)["UT_mayor"].hash == first.hash  # kept as it was given
    report = history.verify(any_engine)
    assert (report.ok, report.signatures) == (True, 5)


def test_after_taking_it_back_it_is_signed_anew_for_the_same_text(any_engine: Engine) -> None:
    story, step = decided(any_engine)
    use(story, "mayor", "withdraw", step, reason=WHY)
    assert not_decided(story, None) == [ASKED]
    decide(story, PASSWORD, outcome="reject", comment="暂不同意。")
    both = [
        each
        for each in signatures_of(any_engine, story.instance_id)
        if each.element_id == "UT_mayor"
    ]
    assert [each.decision["outcome"] for each in both] == ["approve", "reject"]
    assert len({each.text_sha256 for each in both}) == 1
    seen = shown(story, "市长批示")
    assert seen is not None
    assert (seen.hash, seen.stands) == (both[1].hash, True)
    report = history.verify(any_engine)
    assert (report.ok, report.signatures) == (True, 6)


def test_once_somebody_has_gone_on_from_it_a_decision_stays(engine: Engine) -> None:
    story, step = decided(engine)
    sent = engine.clock.now().isoformat()
    answer = {"reply_text": "已批示同意。", "reply_way": "system", "reply_sent_at": sent}
    story.do("docs", "UT_notify", **answer)
    with pytest.raises(Conflict, match="不能撤回"):
        use(story, "mayor", "withdraw", step, reason=WHY)
    assert history.verify(engine).ok


def before_the_leader(engine: Engine) -> Story:
    """Before the leader in charge, who may bring others in."""
    story = Story(engine)
    story.to_the_leader()
    return story


def test_whoever_signs_beside_a_leader_signs_for_himself_and_is_asked_who_he_is(
    any_engine: Engine,
) -> None:
    story = before_the_leader(any_engine)
    own = story.item("evm", "UT_vm").id
    use(story, "evm", "add_signer", own, where="parallel", persons=["vm1"], reason="请会签。")
    with pytest.raises(Invalid, match="再次确认身份"):
        sign(story, "vm1", None)
    sign(story, "vm1", PASSWORD)
    story.do("evm", "UT_vm", "approve", comment="同意。")
    kept = {
        each.person_id: each
        for each in signatures_of(any_engine, story.instance_id)
        if each.element_id == "UT_vm"
    }
    assert set(kept) == {"evm", "vm1"}
    beside, leader = kept["vm1"], kept["evm"]
    assert (beside.decision["outcome"], leader.decision["outcome"]) == ("agree", "approve")
    assert (beside.acted_for_id, beside.signature_form) == (None, "self")
    assert beside.text_sha256 == leader.text_sha256
    assert [each for each, _ in story.open_steps()] == ["UT_notify"]
    assert history.verify(any_engine).ok


def test_whoever_is_asked_first_gives_an_opinion_and_signs_nothing(engine: Engine) -> None:
    story = before_the_leader(engine)
    own = story.item("evm", "UT_vm").id
    use(story, "evm", "add_signer", own, where="before", persons=["vm1"], reason="请先提意见。")
    sign(story, "vm1", None)
    story.do("evm", "UT_vm", "approve", comment="同意。")
    signers = {
        each.person_id
        for each in signatures_of(engine, story.instance_id)
        if each.element_id == "UT_vm"
    }
    assert signers == {"evm"}
    [said] = [each for each in story.see().opinions if each.person == story.who("vm1").name]
    assert (said.text, said.signed) == ("已核，无不同意见。", None)


def sign(story: Story, who: str, given: str | None) -> None:
    """An added signer says what he thinks."""
    row = story.item(who, "UT_vm")
    tasks.complete(
        story.engine,
        story.who(who),
        row.id,
        version=row.version,
        values={},
        outcome="agree",
        comment="已核，无不同意见。",
        confirm=given,
        key=uuid4().hex,
    )
