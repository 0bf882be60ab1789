"""What leaders decide is asked for again, kept with its text under one hash, and then frozen."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from engine import accounts, conventions, history, instances, signing, tasks
from engine.errors import Invalid, TooMany
from engine.model import Actor, Outcome, Signed
from engine.startup import Engine
from engine.storage import tables
from tests.phones import enrolled, later
from tests.processes.test_leader_approval__acting import TRIP, away, entrust
from tests.rows import signatures_of, variables_of
from tests.story import PASSWORD, Story

ASKED = "签批须再次确认身份，请输入您的密码或验证码。"
WRONG = "密码或验证码不对，没有提交。请重新输入。"


def before_the_mayor(engine: Engine) -> Story:
    story = Story(engine)
    story.to_the_mayor()
    return story


def decide(story: Story, given: str | None, *, key: str | None = None, **more: Any) -> Outcome:
    """The mayor approves, and gives this when he is asked who he is."""
    row = story.item("mayor", "UT_mayor")
    return tasks.complete(
        story.engine,
        story.who("mayor"),
        row.id,
        version=row.version,
        values={},
        confirm=given,
        key=key or uuid4().hex,
        **{"outcome": "approve", "comment": "同意。", **more},
    )


def refused(story: Story, given: str | None, **more: Any) -> list[str]:
    """The sentences with which it was refused; the step is still open."""
    with pytest.raises(Invalid) as error:
        decide(story, given, **more)
    assert story.item("mayor", "UT_mayor").state == "open"
    return [each.message for each in error.value.findings]


def signatures(story: Story) -> dict[str, Any]:
    return {each.element_id: each for each in signatures_of(story.engine, story.instance_id)}


def shown(story: Story, step: str) -> Signed | None:
    return next(each.signed for each in story.see().opinions if each.step == step)


def agree(engine: Engine, value: str) -> None:
    admin = accounts.actor_named(engine, "sysadmin")
    conventions.change(engine, admin, signing.SETTING, value, "办公会议定", key=uuid4().hex)


def test_a_decision_is_kept_with_its_text_and_how_it_was_confirmed(any_engine: Engine) -> None:
    story = before_the_mayor(any_engine)
    body = variables_of(any_engine, story.instance_id)["body_hash"]
    decide(story, PASSWORD)
    kept = signatures(story)
    assert set(kept) == {"UT_office_head", "UT_dsg", "UT_sg", "UT_vm", "UT_mayor"}
    mayor = kept["UT_mayor"]
    assert {each.text_sha256 for each in kept.values()} == {body}
    assert (mayor.decision["outcome"], mayor.decision["comment"]) == ("approve", "同意。")
    assert (mayor.person_id, mayor.acted_for_id, mayor.signature_form) == ("mayor", None, "self")
    assert (mayor.signed_at, mayor.system_at) == (
        any_engine.clock.now(),
        any_engine.system_clock.now(),
    )
    assert mayor.confirmed_by == "password"
    seen = shown(story, "市长批示")
    assert seen is not None
    assert (seen.hash, seen.how, seen.stands) == (mayor.hash, "密码确认", True)
    report = history.verify(any_engine)
    assert (report.ok, report.signatures) == (True, 5)


def test_whoever_does_not_say_who_he_is_decides_nothing(engine: Engine) -> None:
    story = before_the_mayor(engine)
    assert refused(story, None) == [ASKED]
    assert refused(story, "Somebody-1") == [WRONG]
    assert refused(story, "123456") == [WRONG]
    assert "UT_mayor" not in signatures(story)
    decide(story, PASSWORD)


def test_guessing_while_signing_locks_the_account(any_engine: Engine) -> None:
    story = before_the_mayor(any_engine)
    for number in range(5):
        assert refused(story, f"Wrong-guess-{number}") == [WRONG]
    with pytest.raises(TooMany, match="暂时锁定"):
        decide(story, PASSWORD)
    later(any_engine, 15 * 60)
    decide(story, PASSWORD)


def test_the_form_is_checked_before_anybody_is_asked_who_he_is(engine: Engine) -> None:
    story = before_the_mayor(engine)
    _, phone, _ = enrolled(engine)
    said = refused(story, phone.shows(), outcome="return", comment="")
    assert said == ["退回须说明理由（公文处理工作条例第二十四条）"]
    both = refused(story, None, outcome="return", comment="")
    assert both == [*said, ASKED]
    decide(story, phone.shows())  # the code was not used up
    assert signatures(story)["UT_mayor"].confirmed_by == "code"


def test_the_same_request_again_gets_the_same_answer_though_the_code_is_used(
    any_engine: Engine,
) -> None:
    story = before_the_mayor(any_engine)
    _, phone, _ = enrolled(any_engine)
    row, mayor = story.item("mayor", "UT_mayor"), story.who("mayor")
    asked: dict[str, Any] = {"version": row.version, "values": {}, "confirm": phone.shows()}
    asked |= {"outcome": "approve", "comment": "同意。", "key": "once"}
    first = tasks.complete(any_engine, mayor, row.id, **asked)
    again = tasks.complete(any_engine, mayor, row.id, **asked)
    assert (again.repeated, again.message) == (True, first.message)
    assert len(signatures(story)) == 5


def test_an_office_may_agree_that_only_a_code_confirms(engine: Engine) -> None:
    story = before_the_mayor(engine)
    agree(engine, "code")
    assert "您还没有启用第二因素" in refused(story, PASSWORD)[0]
    _, phone, _ = enrolled(engine)
    assert refused(story, PASSWORD) == ["请输入验证器应用当前显示的6位验证码；签批不能用密码确认。"]
    assert story.view("mayor", "UT_mayor").confirm == "code"
    decide(story, phone.shows())
    assert signatures(story)["UT_mayor"].confirmed_by == "code"


def test_where_nobody_is_asked_the_record_says_so(engine: Engine) -> None:
    story = before_the_mayor(engine)
    agree(engine, "off")
    assert story.view("mayor", "UT_mayor").confirm is None
    decide(story, None)
    seen = shown(story, "市长批示")
    assert seen is not None
    assert seen.how == "登录后未再确认"


def test_who_acts_for_the_mayor_signs_with_the_mandate(engine: Engine) -> None:
    story = Story(engine)
    story.at("2026-05-10T09:00:00+08:00")
    away(story, "mayor", *TRIP)
    mandate = entrust(story)
    story.at("2026-05-12T09:00:00+08:00")
    story.to_the_mayor()
    story.do("evm", "UT_mayor", "approve", comment="同意。")
    kept = signatures(story)["UT_mayor"]
    assert (kept.person_id, kept.acted_for_id) == ("evm", "mayor")
    assert (kept.signature_form, kept.substitution_id) == ("acting", mandate)


def test_a_document_the_leader_returns_is_signed_anew_for_its_new_text(any_engine: Engine) -> None:
    """公文处理工作条例第二十五条: what is changed after the decision goes to who decided it."""
    story = before_the_mayor(any_engine)
    story.do("mayor", "UT_mayor", "return", comment="请改写第二段。")
    old = variables_of(any_engine, story.instance_id)["body_hash"]
    seen = shown(story, "市长批示")
    assert seen is not None
    assert seen.stands
    story.do("gov_clerk", "UT_fix", **_mended(story))
    assert variables_of(any_engine, story.instance_id)["body_hash"] != old
    seen = shown(story, "市长批示")
    assert seen is not None
    assert (seen.text_sha256, seen.stands) == (old, False)
    assert history.verify(any_engine).ok


def _mended(story: Story) -> dict[str, Any]:
    values = {
        key: value
        for key, value in story.view("gov_clerk", "UT_fix").values.items()
        if value not in (None, [])
    }
    letter = story.letter("gov_clerk", "改写以后的正文。")
    return {**values, "body_file": letter, "fix_action": "resubmit"}


def test_advice_is_no_decision_and_is_not_signed(engine: Engine) -> None:
    story = before_the_mayor(engine)
    row = story.item("mayor", "UT_mayor")
    tasks.complete(
        engine,
        story.who("mayor"),
        row.id,
        version=row.version,
        values={"ask_person": "dsg1"},
        outcome="ask",
        comment="请先研究。",
        confirm=PASSWORD,
        key="ask",
    )
    assert story.view("dsg1", "UT_ask").confirm is None


def test_the_password_stands_nowhere_in_what_is_kept(engine: Engine) -> None:
    story = before_the_mayor(engine)
    done = decide(story, PASSWORD)
    told = instances.history(engine, _manager(story), done.instance_id)
    assert PASSWORD not in repr(told)
    with engine.database.read() as connection:
        for table in (tables.command, tables.signature, tables.fact, tables.work_item):
            assert PASSWORD not in repr(connection.execute(sa.select(table)).all())


def _manager(story: Story) -> Actor:
    return story.who("manager")
