"""Handing a step on: 转办, 委派, 改派 — who may, to whom, and what comes of it."""

from __future__ import annotations

from uuid import uuid4

import pytest

from engine import instances, tasks, verbs
from engine.deeds import HistoryEntry
from engine.errors import Conflict, Invalid, NotAllowed, StaleVersion
from engine.startup import Engine
from tests.story import PREPARED, Story


@pytest.fixture
def drafting(any_engine: Engine) -> Story:
    """A document lies before the clerk who drafts it."""
    story = Story(any_engine)
    story.start()
    return story


def use(story: Story, who: str, verb: str, item: str, **values: object) -> str:
    """Use a verb on a task; its message."""
    done = verbs.do(story.engine, story.who(who), verb, item, values=values, key=uuid4().hex)
    return done.message


def keys(story: Story, who: str, item: str) -> list[str]:
    """The verbs offered to a person."""
    return [each.key for each in verbs.offered(story.engine, story.who(who), item)]


def test_what_is_offered_is_what_is_allowed(drafting: Story) -> None:
    row = drafting.item("gov_clerk", "UT_prepare")
    offered = keys(drafting, "gov_clerk", row.id)
    assert offered == ["transfer", "delegate", "add_signer"]
    for each in verbs.every():
        if each.on == verbs.TASK and each.key not in offered:
            with pytest.raises((NotAllowed, Conflict)):
                use(drafting, "gov_clerk", each.key, row.id)


def test_a_transferred_step_is_the_others_for_good(drafting: Story) -> None:
    row = drafting.item("gov_clerk", "UT_prepare")
    said = use(
        drafting, "gov_clerk", "transfer", row.id, person="docs", reason="本周由文书科拟稿。"
    )
    assert said == f"已转给{drafting.who('docs').name}办理。"
    assert [hands for _, hands in drafting.open_steps()] == [drafting.who("docs").name]
    with pytest.raises(Conflict, match="转办给"):
        tasks.complete(
            drafting.engine,
            drafting.who("gov_clerk"),
            row.id,
            version=2,
            values=PREPARED,
            key="late",
        )
    drafting.do("docs", "UT_prepare", **PREPARED, body_file=drafting.letter("docs"))
    told = [each.text for each in links(drafting)]
    assert any("转办给" in text and "本周由文书科拟稿" in text for text in told)


def links(story: Story) -> tuple[HistoryEntry, ...]:
    return instances.history(story.engine, story.who("manager"), story.instance_id)


def test_a_step_goes_to_a_colleague_of_the_unit_only(drafting: Story) -> None:
    row = drafting.item("gov_clerk", "UT_prepare")
    with pytest.raises(Invalid):
        use(drafting, "gov_clerk", "transfer", row.id, person="finance_clerk", reason="请代办。")


def test_a_step_is_not_handed_up_to_a_leader(drafting: Story) -> None:
    row = drafting.item("gov_clerk", "UT_prepare")
    form = verbs.sheet(drafting.engine, drafting.who("gov_clerk"), "transfer", row.id).form
    offered = dict(form.fields[0].options)
    assert {"docs", "sec1"} <= offered.keys()
    assert not {"sg", "dsg1", "office_director", "vm1"} & offered.keys()


def test_a_page_that_is_out_of_date_is_refused(drafting: Story) -> None:
    row = drafting.item("gov_clerk", "UT_prepare")
    tasks.save_draft(
        drafting.engine,
        drafting.who("gov_clerk"),
        row.id,
        version=row.version,
        values={},
        key="draft",
    )
    with pytest.raises(StaleVersion):
        verbs.do(
            drafting.engine,
            drafting.who("gov_clerk"),
            "transfer",
            row.id,
            values={"person": "docs", "reason": "请代办。"},
            version=row.version,
            key="stale",
        )


def test_what_a_delegate_prepares_its_owner_confirms(drafting: Story) -> None:
    row = drafting.item("gov_clerk", "UT_prepare")
    use(drafting, "gov_clerk", "delegate", row.id, person="docs", reason="请先填好。")
    with pytest.raises(Conflict, match="已请别人先办"):
        tasks.complete(
            drafting.engine, drafting.who("gov_clerk"), row.id, version=2, values={}, key="early"
        )
    drafting.do("docs", "UT_prepare", **PREPARED, body_file=drafting.letter("docs"))
    back = tasks.get(drafting.engine, drafting.who("gov_clerk"), row.id)
    assert back.may_act
    assert back.values["title"] == PREPARED["title"]
    assert drafting.open_steps() == [("UT_prepare", drafting.who("gov_clerk").name)]
    drafting.do("gov_clerk", "UT_prepare", **dict(back.values))
    assert drafting.open_steps() == [("UT_prepare", drafting.who("office_director").name)]
