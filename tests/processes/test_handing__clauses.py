"""What the rules want from a person himself stays with him, and each refusal names its clause."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import uuid4

import pytest

from engine import directory, verbs
from engine.errors import NotAllowed
from engine.procedure import Handing
from engine.startup import Engine
from processes.shared.handing import refuse_handing
from tests.story import Story


def use(story: Story, who: str, verb: str, element: str, **values: object) -> str:
    item = story.item(who, element).id
    done = verbs.do(story.engine, story.who(who), verb, item, values=values, key=uuid4().hex)
    return done.message


def takers(story: Story, who: str, verb: str, element: str) -> set[str]:
    """To whom the page offers to hand it."""
    item = story.item(who, element).id
    form = verbs.sheet(story.engine, story.who(who), verb, item).form
    return {person for person, _ in form.fields[0].options}


def offered(story: Story, who: str, element: str) -> list[str]:
    item = story.item(who, element).id
    return [each.key for each in verbs.offered(story.engine, story.who(who), item)]


def test_a_departments_answer_is_signed_by_its_heads(engine: Engine) -> None:
    """第三十三条: the department's principal person signs."""
    story = Story(engine)
    story.start()
    story.to_countersign("finance_bureau")
    with pytest.raises(NotAllowed, match=r"主要负责人本人签署.*第三十三条"):
        use(story, "finance_head", "delegate", "UT_reply", person="finance_clerk", reason="代办。")
    assert "finance_clerk" not in takers(story, "finance_head", "transfer", "UT_reply")


def test_a_stations_word_is_not_shared_and_not_passed_on(engine: Engine) -> None:
    """03-1b: nobody signs beside the office's stations; 第五条: a leader decides himself."""
    story = Story(engine)
    story.start()
    story.prepare()
    story.register()
    story.initial()
    story.draft()
    assert offered(story, "office_director", "UT_office_head") == ["reassign"]
    with pytest.raises(NotAllowed, match="这一步不用“加签”"):
        use(story, "office_director", "add_signer", "UT_office_head")
    story = Story(engine)
    story.to_the_mayor()
    with pytest.raises(NotAllowed, match="工作规则第五条"):
        use(story, "mayor", "transfer", "UT_mayor", person="evm", reason="请代批。")


def test_a_legality_review_stays_with_the_reviewers(engine: Engine) -> None:
    """第三十四条: the review is the reviewers', whoever else works in the bureau."""
    office = directory.snapshot(engine)
    held = {"role": "legal_reviewer", "org": "judicial_bureau", "group_code": None}
    item = SimpleNamespace(**held, assignee_id="legal_reviewer", acted_for_id=None)

    def against(person: str) -> str | None:
        at = engine.clock.now()
        return refuse_handing(office, Handing("transfer", {}, item, person, at))

    assert "工作规则第三十四条" in str(against("judicial_head"))
    assert "工作规则第三十四条" in str(against("finance_head"))
    assert against("legal_reviewer") is None
