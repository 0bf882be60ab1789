"""撤回: whoever has just done a step takes it back while nobody after him has done anything."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from engine import conventions, tasks, verbs
from engine.startup import Engine
from tests.diagrams import flow
from tests.engine.desks import begin, done, give_back, refused, row, step, told, use
from tests.story import PREPARED, Story

LINE = (
    step("A", "gov_clerk") + step("B", "docs") + step("C", "sec1") + flow("S", "A", "B", "C", "E")
)


@pytest.fixture
def line(any_engine: Engine, tmp_path: Path) -> Story:
    """A has been done, B lies before the document section."""
    story = begin(any_engine, tmp_path, LINE)
    story.do("gov_clerk", "A", note="初稿")
    return story


def prepared(story: Story) -> dict[str, object]:
    return {**PREPARED, "body_file": story.letter("gov_clerk")}


def offered(story: Story, who: str, item: str) -> bool:
    keys = [each.key for each in verbs.offered(story.engine, story.who(who), item)]
    return "withdraw" in keys


def test_the_step_comes_back_with_what_was_entered_and_the_next_is_told(line: Story) -> None:
    item = done(line, "gov_clerk", "A")
    assert offered(line, "gov_clerk", item)
    sheet = verbs.foresee(line.engine, line.who("gov_clerk"), "withdraw", item, {})
    assert any("“B步”作废" in each for each in sheet)
    assert use(line, "gov_clerk", "withdraw", item) == "已撤回，“A步”回到您名下。"
    assert line.open_steps() == [("A", line.who("gov_clerk").name)]
    again = row(line, "gov_clerk", "A")
    assert tasks.get(line.engine, line.who("gov_clerk"), again.id).values["note"] == "初稿"
    assert f"{line.who('gov_clerk').name}撤回了“A步”。" in told(line)
    line.do("gov_clerk", "A", note="二稿")
    assert [step for step, _ in line.open_steps()] == ["B"]


def test_what_was_taken_back_is_no_opinion_any_more(line: Story) -> None:
    use(line, "gov_clerk", "withdraw", done(line, "gov_clerk", "A"))
    assert line.see().opinions == ()
    line.do("gov_clerk", "A", note="二稿")
    assert [each.step for each in line.see().opinions] == ["A步"]


def test_a_draft_of_the_next_blocks_it(line: Story) -> None:
    item = row(line, "docs", "B")
    tasks.save_draft(
        line.engine, line.who("docs"), item.id, version=1, values={"note": "半"}, key=uuid4().hex
    )
    why = refused(line, "gov_clerk", "withdraw", done(line, "gov_clerk", "A"))
    assert f"已由{line.who('docs').name}开始填写" in why


def test_what_the_next_has_done_blocks_it_and_says_who_and_when(line: Story) -> None:
    line.do("docs", "B", note="办")
    item = done(line, "gov_clerk", "A")
    assert not offered(line, "gov_clerk", item)
    why = refused(line, "gov_clerk", "withdraw", item)
    assert f"“B步”已由{line.who('docs').name}于" in why


def test_an_added_signer_blocks_it(line: Story) -> None:
    item = row(line, "docs", "B")
    use(
        line,
        "docs",
        "add_signer",
        item.id,
        persons=["docs2"],
        where="before",
        reason="请先核一下。",
    )
    assert "加签" in refused(line, "gov_clerk", "withdraw", done(line, "gov_clerk", "A"))


def test_nobody_takes_back_what_another_did_or_what_is_not_done(line: Story) -> None:
    mine = done(line, "gov_clerk", "A")
    assert "只有办理这一步的人" in refused(line, "docs", "withdraw", mine)
    assert "只有办理这一步的人" in refused(line, "docs", "withdraw", row(line, "docs", "B").id)


def test_an_ended_matter_is_not_taken_back(any_engine: Engine, tmp_path: Path) -> None:
    story = begin(any_engine, tmp_path, step("A", "gov_clerk") + flow("S", "A", "E"))
    story.do("gov_clerk", "A", note="办")
    assert "办结" in refused(story, "gov_clerk", "withdraw", done(story, "gov_clerk", "A"))


def test_after_a_return_an_old_signature_is_not_taken_back(line: Story) -> None:
    allow = step("A", "gov_clerk") + step("B", "docs", verbs="return,withdraw")
    story = begin(line.engine, Path(line.engine.settings.data), allow + flow("S", "A", "B", "E"))
    story.do("gov_clerk", "A", note="初稿")
    old = done(story, "gov_clerk", "A")
    give_back(story, "docs", "B", "A")
    assert "已经退回重办" in refused(story, "gov_clerk", "withdraw", old)


def test_a_claim_blocks_only_where_the_office_says_so(any_engine: Engine) -> None:
    story = Story(any_engine)
    story.start()
    story.prepare()
    item = story.item("docs", "UT_register")
    tasks.claim(any_engine, story.who("docs"), item.id, version=item.version, key="claim")
    mine = done(story, "office_director", "UT_prepare")
    assert offered(story, "office_director", mine)
    conventions.change(
        any_engine,
        story.who("sysadmin"),
        "withdraw_after_claim",
        "no",
        reason="本办约定认领后不再撤回。",
        key="k",
    )
    assert "认领" in refused(story, "office_director", "withdraw", mine)


# ---- several signers -------------------------------------------------------------------------


def test_in_order_the_first_takes_back_and_the_next_waits_again(any_engine: Engine) -> None:
    story = Story(any_engine)
    story.start()
    story.do("gov_clerk", "UT_prepare", **prepared(story))
    assert story.open_steps() == [("UT_prepare", story.who("office_director").name)]
    use(story, "gov_clerk", "withdraw", done(story, "gov_clerk", "UT_prepare"))
    assert story.open_steps() == [("UT_prepare", story.who("gov_clerk").name)]
    values = prepared(story)
    story.do("gov_clerk", "UT_prepare", **values)
    story.do("office_director", "UT_prepare", **values)
    assert [each for each, _ in story.open_steps()] == ["UT_register"]


def test_the_last_of_several_takes_back_only_his_own(any_engine: Engine, tmp_path: Path) -> None:
    body = step("A", "docs, sec1", collect="said", pre="said = []") + step("B", "gov_clerk")
    story = begin(any_engine, tmp_path, body + flow("S", "A", "B", "E"), variables={"said": []})
    story.do("docs", "A", note="一")
    story.do("sec1", "A", note="二")
    use(story, "sec1", "withdraw", done(story, "sec1", "A"))
    assert story.open_steps() == [("A", story.who("sec1").name)]
    story.do("sec1", "A", note="三")
    assert [each for each, _ in story.open_steps()] == ["B"]
    use(story, "docs", "withdraw", done(story, "docs", "A"))
    story.do("docs", "A", note="四")
    assert [each for each, _ in story.open_steps()] == ["B"]
    assert len([each for each in story.see().opinions if each.step == "A步"]) == 2


def test_while_others_still_sign_ones_own_signature_is_taken_back(
    any_engine: Engine, tmp_path: Path
) -> None:
    body = step("A", "docs, sec1, gov_clerk") + flow("S", "A", "E")
    story = begin(any_engine, tmp_path, body)
    story.do("docs", "A", note="一")
    story.do("sec1", "A", note="二")
    use(story, "docs", "withdraw", done(story, "docs", "A"))
    names = {hands for _, hands in story.open_steps()}
    assert names == {story.who("docs").name, story.who("gov_clerk").name}
    story.do("docs", "A", note="三")
    story.do("gov_clerk", "A", note="四")
    assert story.see().row.state == "completed"


def test_where_one_suffices_the_others_are_needed_again(any_engine: Engine, tmp_path: Path) -> None:
    body = step("A", "docs, sec1", policy="any") + step("B", "gov_clerk") + flow("S", "A", "B", "E")
    story = begin(any_engine, tmp_path, body)
    story.do("docs", "A", note="一")
    assert [each for each, _ in story.open_steps()] == ["B"]
    use(story, "docs", "withdraw", done(story, "docs", "A"))
    assert sorted(story.open_steps()) == sorted(
        [("A", story.who("docs").name), ("A", story.who("sec1").name)]
    )
    story.do("sec1", "A", note="二")
    assert [each for each, _ in story.open_steps()] == ["B"]


def test_a_number_that_was_taken_is_not_taken_back(any_engine: Engine) -> None:
    story = Story(any_engine)
    story.start()
    story.to_initial()
    why = refused(story, "docs", "withdraw", done(story, "docs", "UT_register"))
    assert "已编号或登记入册" in why
