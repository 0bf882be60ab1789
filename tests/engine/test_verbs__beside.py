"""传阅、留言、催办、挂起、恢复、终止: what stands beside the flow, and who may steer it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from engine import instances, tasks, timers, verbs
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from engine.model import Outcome
from engine.startup import Engine
from engine.storage import tables
from tests.story import Story


@pytest.fixture
def registering(any_engine: Engine) -> Story:
    """A document waits in the document section."""
    story = Story(any_engine)
    story.start()
    story.prepare()
    return story


@pytest.fixture
def checking(engine: Engine) -> Story:
    """A document waits for its initial check."""
    story = Story(engine)
    story.start()
    story.to_initial()
    return story


def use(story: Story, who: str, verb: str, **values: Any) -> Outcome:
    """Use a verb on the instance."""
    return verbs.do(
        story.engine,
        story.who(who),
        verb,
        story.instance_id,
        values=values,
        key=uuid4().hex,
        on=verbs.INSTANCE,
    )


def on_task(story: Story, who: str, verb: str, item: str, **values: Any) -> Outcome:
    return verbs.do(story.engine, story.who(who), verb, item, values=values, key=uuid4().hex)


def told(story: Story, person: str) -> list[str]:
    """The kinds of notices that were left for a person."""
    with story.engine.database.read() as connection:
        rows = connection.execute(sa.select(tables.outbox.c.name, tables.outbox.c.payload))
        return [row.name for row in rows if person in row.payload.get("people", ())]


def kinds(story: Story) -> list[str]:
    chain = instances.history(story.engine, story.who("manager"), story.instance_id)
    return [each.kind for each in chain]


# ---- 传阅 --------------------------------------------------------------------------------------


def test_what_is_sent_round_is_read_and_holds_nothing_up(registering: Story) -> None:
    with pytest.raises(NotFound):
        instances.get(registering.engine, registering.who("vm1"), registering.instance_id)
    use(registering, "gov_clerk", "circulate", persons=["vm1", "finance_head"], note="请阅。")
    seen = registering.see("vm1")
    assert [(each.kind, each.read_at) for each in seen.readings] == [("circulate", None)] * 2
    registering.register()
    assert [step for step, _ in registering.open_steps()] == ["UT_initial"]
    use(registering, "vm1", "acknowledge", remark="已阅，按程序办。")
    [vm1, head] = sorted(registering.see("vm1").readings, key=lambda each: each.read_at is None)
    assert (vm1.remark, head.read_at) == ("已阅，按程序办。", None)
    assert told(registering, "gov_clerk")[-1] == "read"
    with pytest.raises(NotAllowed):
        use(registering, "vm1", "acknowledge")


def test_nobody_is_sent_twice_what_lies_unread(registering: Story) -> None:
    use(registering, "gov_clerk", "cc", persons=["vm1"])
    with pytest.raises(Invalid, match="已经送过"):
        use(registering, "gov_clerk", "circulate", persons=["vm1"])
    assert told(registering, "vm1") == ["copied"]


def test_a_word_beside_the_flow_is_read_by_all_who_see_it(registering: Story) -> None:
    use(registering, "gov_clerk", "comment", text="附件2以纸质为准。")
    [remark] = registering.see("docs").remarks
    assert (remark.person, remark.text) == (
        registering.who("gov_clerk").name,
        "附件2以纸质为准。",
    )
    with pytest.raises(NotFound):
        use(registering, "water_clerk", "comment", text="我来说一句。")


# ---- 催办 --------------------------------------------------------------------------------------


def test_urging_reaches_who_has_it_and_not_again_for_a_while(registering: Story) -> None:
    row = registering.item("docs", "UT_register")
    on_task(registering, "gov_clerk", "urge", row.id)
    assert "urged" in told(registering, "docs2")
    with pytest.raises(Conflict, match=r"已经催办过.*约定"):
        on_task(registering, "manager", "urge", row.id)
    clock: Any = registering.engine.clock
    clock.move_to(clock.now() + timedelta(hours=4))
    on_task(registering, "manager", "urge", row.id)
    assert kinds(registering).count("item.urged") == 2


def test_urging_takes_nothing_from_who_is_typing(registering: Story) -> None:
    row = registering.item("docs", "UT_register")
    on_task(registering, "gov_clerk", "urge", row.id)
    tasks.claim(registering.engine, registering.who("docs"), row.id, version=row.version, key="k")


def test_nobody_urges_himself(registering: Story) -> None:
    row = registering.item("docs", "UT_register")
    with pytest.raises(NotAllowed, match="自己手里"):
        on_task(registering, "docs", "urge", row.id)


# ---- 挂起、恢复、终止 ----------------------------------------------------------------------------


def test_a_suspended_instance_rests_until_it_is_resumed(registering: Story) -> None:
    row = registering.item("docs", "UT_register")
    use(registering, "office_director", "suspend", reason="等上级明确口径。")
    for act in (
        lambda: registering.register(),
        lambda: on_task(registering, "docs", "transfer", row.id),
    ):
        with pytest.raises((Conflict, NotAllowed), match="已挂起"):
            act()
    view = tasks.get(registering.engine, registering.who("docs"), row.id)
    assert view.refusal == "这件已挂起，恢复以后才能办理。挂起的原因：等上级明确口径。"
    with pytest.raises(NotAllowed, match="只有秘书长"):
        use(registering, "gov_clerk", "resume", reason="可以办了。")
    use(registering, "sysadmin", "resume", reason="口径已明确。")
    registering.register()
    assert kinds(registering).count("instance.suspended") == 1


def test_timers_of_what_rests_are_held_and_fire_when_it_goes_on(engine: Engine) -> None:
    story = Story(engine)
    story.start()
    story.to_countersign("finance_bureau")
    use(story, "office_director", "suspend", reason="等上级明确口径。")
    assert story.at("2026-03-20T18:00:00+08:00") == 0
    assert "response.deemed" not in kinds(story)
    assert timers.fire_due(engine) == 0
    use(story, "office_director", "resume", reason="口径已明确。")
    assert timers.fire_due(engine) > 0
    assert "response.deemed" in kinds(story)


def test_terminating_ends_everything_and_says_by_whom(registering: Story) -> None:
    row = registering.item("docs", "UT_register")
    foreseen = verbs.foresee(
        registering.engine,
        registering.who("office_director"),
        "terminate",
        registering.instance_id,
        {"reason": "重复报送。"},
        verbs.INSTANCE,
    )
    assert foreseen[0] == "“签收登记”（文书科）作废。"
    use(registering, "office_director", "terminate", reason="重复报送。")
    seen = registering.see()
    assert (seen.row.state, seen.row.outcome_label, seen.open_items) == ("cancelled", "已终止", ())
    with pytest.raises(Conflict):
        on_task(registering, "docs", "claim", row.id)
    with registering.engine.database.read() as connection:
        job = tables.job
        waiting = sa.select(job.c.id).where(
            job.c.instance_id == registering.instance_id, job.c.status == "waiting"
        )
        assert list(connection.execute(waiting)) == []


@pytest.mark.parametrize("verb", ["suspend", "resume", "terminate"])
@pytest.mark.parametrize("who", ["gov_clerk", "manager"])
def test_three_offices_steer_and_nobody_else(checking: Story, who: str, verb: str) -> None:
    with pytest.raises(NotAllowed, match="只有秘书长、办公室主任和系统管理员"):
        use(checking, who, verb, reason="不想办了。")


# ---- 改派 --------------------------------------------------------------------------------------


def test_the_administrator_reassigns_without_reading(checking: Story) -> None:
    with pytest.raises(NotFound):
        instances.get(checking.engine, checking.who("sysadmin"), checking.instance_id)
    row = checking.item("sec1", "UT_initial")
    sheet = verbs.sheet(checking.engine, checking.who("sysadmin"), "reassign", row.id)
    assert sheet.title is None
    on_task(checking, "sysadmin", "reassign", row.id, person="sec2", reason="原承办人调离。")
    assert checking.open_steps() == [("UT_initial", checking.who("sec2").name)]
    assert "reassigned" in told(checking, "sec2")


def test_a_leaders_word_is_not_passed_on(engine: Engine) -> None:
    story = Story(engine)
    story.to_the_mayor()
    row = story.item("mayor", "UT_mayor")
    for verb in ("transfer", "delegate"):
        with pytest.raises(NotAllowed, match="工作规则第五条"):
            on_task(story, "mayor", verb, row.id, person="evm", reason="请代批。")
    with pytest.raises(NotAllowed, match="受委托的副市长代行"):
        on_task(story, "sg", "reassign", row.id, person="evm", reason="市长出差。")


def test_a_vice_mayors_step_goes_to_another_who_signs_as_designated(engine: Engine) -> None:
    story = Story(engine)
    story.to_the_leader()
    [(step, _)] = story.open_steps()
    row = next(each for each in story.see().open_items)
    assert step == "UT_vm"
    refused = {"person": "dsg1", "reason": "B角也外出。"}
    with pytest.raises(Invalid):
        on_task(story, "sg", "reassign", row.id, **refused)
    other = "vm3" if row.assignee != story.who("vm3").name else "vm2"
    on_task(story, "sg", "reassign", row.id, person=other, reason="市长指定。")
    [item] = story.see().open_items
    assert item.signed_as is not None
    assert "受指定代办" in item.signed_as
