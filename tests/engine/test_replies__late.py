"""What comes after silence has counted moves nothing; who must answer is pursued."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from engine import history, instances, replies
from engine.clock import parse_moment
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from engine.startup import Engine
from tests.rows import responses_of
from tests.story import Story

AFTER = "2026-02-27T18:00:01+08:00"
CAME = parse_moment("2026-03-02T09:30:00+08:00")
OPINION = "第三条建议再斟酌。"


def silent(engine: Engine) -> Story:
    """The judicial bureau did not answer in time; it is the second of March."""
    story = Story(engine)
    story.start()
    story.to_countersign("finance_bureau", "judicial_bureau")
    story.do("finance_head", "UT_reply", "agree", comment="同意。")
    story.at(AFTER)
    story.at("2026-03-02T10:00:00+08:00")
    return story


def register(story: Story, username: str = "gov_clerk", **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "party": "judicial_bureau",
        "opinion": OPINION,
        "received_at": CAME,
        "handling": "不影响本件，另行研究。",
        "key": uuid4().hex,
    }
    who = story.who(username)
    return replies.register_late(story.engine, who, story.instance_id, **{**values, **changes})


def findings(act: Any) -> str:
    with pytest.raises(Invalid) as refused:
        act()
    return " ".join(each.message for each in refused.value.findings)


def test_a_late_opinion_is_kept_beside_the_silence_and_the_flow_stays(any_engine: Engine) -> None:
    story = silent(any_engine)
    before = story.open_steps()
    assert register(story)["message"] == "已登记迟到意见，流程不变。"
    assert story.open_steps() == before == [("UT_summary", "阮一苇")]
    kinds = {row.type: row for row in responses_of(any_engine, story.instance_id)}
    assert set(kinds) == {"agree", "DEEMED_NO_OBJECTION", "LATE_OPINION"}
    late = kinds["LATE_OPINION"]
    assert (late.party, late.person_id, late.signature) == ("judicial_bureau", "gov_clerk", None)
    assert late.opinion == OPINION
    assert late.basis == "2026年3月2日09:30收到；主办意见：不影响本件，另行研究。"
    assert kinds["DEEMED_NO_OBJECTION"].person_id is None
    told = instances.history(any_engine, story.who("manager"), story.instance_id)
    assert "登记了市司法局逾期后的来文" in told[-1].text
    assert history.verify(any_engine).ok


def test_it_may_come_when_everything_is_over(engine: Engine) -> None:
    story = silent(engine)
    story.summarise()
    story.draft()
    story.stations()
    story.do("evm", "UT_vm", "reject", comment="不同意。")
    sent = engine.clock.now().isoformat()
    story.do("sec1", "UT_reply_no", comment="不符合规定，不予批准。", reply_sent_at=sent)
    story.archive()
    assert story.see().row.state == "completed"
    register(story)
    assert story.see().row.state == "completed"
    shown = [each.outcome for each in story.see().opinions]
    assert "LATE_OPINION" in shown


def test_the_same_click_twice_registers_once(engine: Engine) -> None:
    story = silent(engine)
    assert register(story, key="k1") == register(story, key="k1")
    kinds = [row.type for row in responses_of(engine, story.instance_id)]
    assert kinds.count("LATE_OPINION") == 1


def test_only_what_is_late_is_late(engine: Engine) -> None:
    story = silent(engine)
    words = findings(lambda: register(story, party="finance_bureau"))
    assert "没有“视为无不同意见”的记录" in words
    in_time = datetime.fromisoformat("2026-02-27T18:00:00+08:00")
    assert "来文时间在时限之内" in findings(lambda: register(story, received_at=in_time))
    tomorrow = datetime.fromisoformat("2026-03-03T10:00:00+08:00")
    assert "来文时间不能晚于现在" in findings(lambda: register(story, received_at=tomorrow))
    assert "请写明来文的意见" in findings(lambda: register(story, opinion="  "))
    assert "最多2000字" in findings(lambda: register(story, opinion="长" * 2001))


def test_only_who_asked_registers(engine: Engine) -> None:
    story = silent(engine)
    for username in ("judicial_head", "finance_head", "manager"):
        with pytest.raises(NotAllowed):
            register(story, username)
    with pytest.raises(NotFound):
        register(story, "water_clerk")


def must_answer(engine: Engine) -> Story:
    """Finance must consent; it was sent on the eleventh of February."""
    story = Story(engine)
    story.start()
    story.to_initial()
    story.initial(countersign_extra_depts=["finance_bureau"])
    depts = ["finance_bureau"]
    story.do("gov_clerk", "UT_select", depts=depts, must_reply_depts=depts)
    story.sign_out()
    return story


def waiting(story: Story, username: str = "gov_clerk") -> replies.Reply:
    who = story.who(username)
    [row] = replies.listing(story.engine, who, story.instance_id).rows
    return row


def close(story: Story, username: str = "gov_clerk", task_id: str | None = None) -> str:
    task = task_id or str(waiting(story).task_id)
    who = story.who(username)
    done = replies.close_unanswered(story.engine, who, story.instance_id, task, key=uuid4().hex)
    return done.message


def test_who_must_answer_is_taken_to_negotiation_by_the_host_after_the_deadline(
    any_engine: Engine,
) -> None:
    story = must_answer(any_engine)
    words = findings(lambda: close(story))
    assert words == "只有须实体同意且已到期未回复的，主办部门才可转入协商（工作规则第三十三条）"
    assert waiting(story).closing is None
    story.at("2026-02-27T18:00:00+08:00")
    assert "才可转入协商" in findings(lambda: close(story))
    story.at(AFTER)
    assert waiting(story).closing == "转入协商"
    assert waiting(story, "finance_head").closing is None
    task = str(waiting(story).task_id)
    with pytest.raises(NotAllowed):
        close(story, "finance_head", task)
    close(story)
    assert story.open_steps() == [("UT_summary", "阮一苇")]
    assert responses_of(any_engine, story.instance_id) == []
    with pytest.raises(Conflict):
        close(story, task_id=task)
    told = instances.history(any_engine, story.who("manager"), story.instance_id)
    assert any("到期未回复的“部门会签”转入协商；无人签署" in each.text for each in told)
    assert history.verify(any_engine).ok


def test_the_asked_see_everything_and_may_do_nothing(engine: Engine) -> None:
    story = silent(engine)
    seen = replies.listing(engine, story.who("judicial_head"), story.instance_id)
    assert [row.label for row in seen.rows] == ["同意", "逾期未回复，视为无不同意见"]
    assert seen.late_from == ()
    own = replies.listing(engine, story.who("gov_clerk"), story.instance_id)
    assert own.late_from == (("judicial_bureau", "市司法局"),)
    with pytest.raises(NotFound):
        replies.listing(engine, story.who("water_clerk"), story.instance_id)
