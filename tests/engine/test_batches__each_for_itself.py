"""批量办理: several tasks of one step, each a transaction of its own."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from engine import batches, tasks, verbs
from engine.errors import Invalid, NotAllowed
from engine.startup import Engine
from tests.engine.signing_office import Signing, deploy
from tests.rows import variables_of


def chosen(*cases: Signing) -> list[tuple[str, int]]:
    return [(case.of("sec1").id, case.of("sec1").version) for case in cases]


def test_each_is_done_for_itself_and_one_refusal_holds_up_no_other(
    engine: Engine, tmp_path: Path
) -> None:
    deploy(engine, tmp_path, "together", verbs="batch,add_signer")
    first, second, third = (Signing(engine, "sec1", key="together") for _ in range(3))
    batch = batches.like(engine, first.who("sec1"), first.of("sec1").id)
    assert len(batch.rows) == 3
    asked = chosen(first, second, third)
    second.add("sec1", "before", "docs")
    key = uuid4().hex
    told = batches.complete(engine, first.who("sec1"), asked, outcome=None, comment=None, key=key)
    assert [each.done for each in told] == [True, False, True]
    assert "已请别人先办" in told[1].message
    assert first.moved_on
    assert third.moved_on
    again = batches.complete(engine, first.who("sec1"), asked, outcome=None, comment=None, key=key)
    assert [each.done for each in again] == [True, False, True]


def test_what_is_entered_once_counts_for_all_and_what_is_empty_stays(
    engine: Engine, tmp_path: Path
) -> None:
    deploy(engine, tmp_path, "together", verbs="batch")
    cases = [Signing(engine, "sec1", key="together") for _ in range(2)]
    who, kept = cases[0].who("sec1"), cases[1].of("sec1")
    assert [each.key for each in batches.like(engine, who, kept.id).form.fields] == ["note"]
    tasks.save_draft(
        engine, who, kept.id, version=kept.version, values={"note": "自己的话"}, key="d"
    )
    empty, same = {"note": ""}, {"note": "同样的话", "no_such": 1}
    for values, said in ((empty, "自己的话"), (same, "同样的话")):
        case = cases.pop()
        [told] = batches.complete(
            engine, who, chosen(case), outcome=None, comment=None, key=said, values=values
        )
        assert told.done, told.message
        assert variables_of(engine, case.id)["note"] == said


def test_a_step_that_does_not_say_so_is_done_one_by_one(engine: Engine, tmp_path: Path) -> None:
    deploy(engine, tmp_path)
    case = Signing(engine, "sec1")
    with pytest.raises(NotAllowed, match="须逐件办理"):
        batches.like(engine, case.who("sec1"), case.of("sec1").id)
    [told] = batches.complete(
        engine, case.who("sec1"), chosen(case), outcome=None, comment=None, key="k"
    )
    assert (told.done, case.moved_on) == (False, False)


def test_nothing_and_too_much_are_refused(engine: Engine, tmp_path: Path) -> None:
    deploy(engine, tmp_path)
    case = Signing(engine, "sec1")
    for asked in ([], [(f"{number:032x}", 1) for number in range(batches.MOST + 1)]):
        with pytest.raises(Invalid):
            batches.complete(engine, case.who("sec1"), asked, outcome=None, comment=None, key="k")


def test_a_step_allows_the_verbs_it_names_and_no_others(engine: Engine, tmp_path: Path) -> None:
    deploy(engine, tmp_path, "narrow", verbs="delegate")
    case = Signing(engine, "sec1", key="narrow")
    offered = [each.key for each in verbs.offered(engine, case.who("sec1"), case.of("sec1").id)]
    assert offered == ["delegate"]
    with pytest.raises(NotAllowed, match="不用“转办”"):
        case.use("sec1", "transfer", person="sec2", reason="请代办。")
