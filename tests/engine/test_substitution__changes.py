"""Absences and mandates registered, corrected, ended: who may, what moves, what stays."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from engine import (
    attachments,
    changes,
    history,
    instances,
    substitution,
    tasks,
    timers,
    whereabouts,
)
from engine.clock import ManualClock, parse_moment
from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from engine.startup import Engine
from engine.substitution import (
    AddAbsence,
    AttachEvidence,
    CorrectAbsence,
    EndAbsence,
    GiveMandate,
    RevokeMandate,
)
from tests.story import PASSWORD, Story

START, END = (parse_moment(f"2026-05-{day}T00:00:00+08:00") for day in (11, 16))
DURING = "2026-05-12T09:00:00+08:00"


def make(story: Story, username: str, change: Any) -> dict[str, Any]:
    return changes.make(story.engine, story.who(username), change, key=uuid4().hex)


def away(story: Story, person: str = "mayor", **more: Any) -> str:
    span = {"starts_at": START, "ends_at": END, "kind": "business_trip", **more}
    return str(make(story, "sg", AddAbsence(person_id=person, **span))["id"])


def entrust(story: Story, **more: Any) -> str:
    asked = {
        "principal_id": "mayor",
        "substitute_id": "evm",
        "scope": ("instruct",),
        "starts_at": START,
        "ends_at": END,
        "evidence": "市长当面委托",
    }
    return str(make(story, "sg", GiveMandate(**{**asked, **more}))["id"])


@pytest.fixture
def story(any_engine: Engine) -> Story:
    told = Story(any_engine)
    told.at("2026-05-10T09:00:00+08:00")
    return told


def system_words(engine: Engine, kind: str) -> list[str]:
    with engine.database.read() as connection:
        names = {"sg": "褚维岳", "mayor": "卫承远", "vm1": "闻人岚"}
        told = history.entries(connection, history.SYSTEM, names)
    return [each.text for each in told if each.kind == kind]


# ---- absences --------------------------------------------------------------------------------


def test_one_registers_and_corrects_ones_own_absence_and_nobody_elses(story: Story) -> None:
    span = {"starts_at": START, "ends_at": END}
    own = make(story, "vm1", AddAbsence("vm1", "leave", **span))
    later = parse_moment("2026-05-17T00:00:00+08:00")
    make(story, "vm1", CorrectAbsence(own["id"], "sick", START, later))
    row = whereabouts.absence(story.engine, story.who("vm1"), own["id"])
    assert (row.kind, row.ends_at, row.state) == ("sick", later, "coming")
    [words] = system_words(story.engine, "absence.corrected")
    assert words == (
        "闻人岚更正了闻人岚的外出登记，原为休假，2026年5月11日00:00至2026年5月16日00:00，"
        "现为病假，2026年5月11日00:00至2026年5月17日00:00。"
    )
    with pytest.raises(NotAllowed):
        make(story, "vm1", AddAbsence("vm2", "leave", **span))
    with pytest.raises(NotFound):
        make(story, "vm2", EndAbsence(own["id"]))
    assert whereabouts.absences(story.engine, story.who("vm2")) == ()


def test_the_same_time_is_not_registered_twice(story: Story) -> None:
    away(story, "vm1")
    with pytest.raises(Invalid) as refused:
        away(story, "vm1", starts_at=parse_moment(DURING), ends_at=END)
    assert "这段时间已登记外出（出差" in refused.value.message
    after = parse_moment("2026-05-20T00:00:00+08:00")
    away(story, "vm1", starts_at=END, ends_at=after)  # it begins when the first has ended


def test_back_early_gives_untouched_work_back_at_once_and_keeps_what_is_signed(
    story: Story,
) -> None:
    absence = away(story)
    entrust(story)
    story.at(DURING)
    story.to_the_mayor()
    signed = Story(story.engine)
    signed.to_the_mayor()
    signed.do("evm", "UT_mayor", "approve", comment="同意。")
    make(story, "mayor", EndAbsence(absence))
    timers.fire_due(story.engine)
    assert story.open_steps() == [("UT_mayor", "卫承远")]
    done = next(each for each in signed.see().opinions if each.step == "市长批示")
    assert done.signed_as == "贺景舟（代行市长职务，委托编号代2026-1）"
    assert system_words(story.engine, "absence.ended") == [
        "卫承远登记卫承远提前返回，原定2026年5月16日00:00返回。"
    ]
    with pytest.raises(Conflict) as refused:
        make(story, "sg", EndAbsence(absence))
    assert "已经结束" in refused.value.message


def test_an_absence_that_has_not_begun_is_taken_back(story: Story) -> None:
    absence = away(story)
    made = make(story, "sg", EndAbsence(absence))
    assert made["message"] == "已取消卫承远的外出登记。"
    story.at(DURING)
    assert whereabouts.absence(story.engine, story.who("sg"), absence).state == "cancelled"
    story.to_the_mayor()
    assert story.see().open_items[0].alert is None
    with pytest.raises(Conflict):
        make(story, "sg", CorrectAbsence(absence, "leave", START, END))


def test_an_absence_under_way_keeps_its_beginning(story: Story) -> None:
    absence = away(story)
    story.at(DURING)
    late = parse_moment("2026-05-14T00:00:00+08:00")
    with pytest.raises(Invalid) as refused:
        make(story, "sg", CorrectAbsence(absence, "leave", late, END))
    assert "提前返回请用“提前结束”" in refused.value.message
    with pytest.raises(Invalid):
        make(story, "sg", CorrectAbsence(absence, "leave", START, parse_moment(DURING)))
    make(story, "sg", CorrectAbsence(absence, "leave", START, late))


# ---- mandates --------------------------------------------------------------------------------


def test_mandates_have_continuous_numbers_of_their_year(story: Story) -> None:
    away(story)
    first = entrust(story)
    make(story, "sg", RevokeMandate(first))
    second = entrust(story)
    given = {row.id: row for row in whereabouts.substitutions(story.engine, story.who("sg"))}
    assert [given[each].number for each in (first, second)] == ["代2026-1", "代2026-2"]
    with pytest.raises(Conflict) as refused:
        make(story, "sg", RevokeMandate(first))
    assert refused.value.message == "委托代2026-1已经撤回。"


@pytest.mark.parametrize("username", ["mayor", "evm", "dsg1", "gov_clerk", "sysadmin"])
def test_only_registrars_give_and_revoke(story: Story, username: str) -> None:
    mandate = entrust(story)
    for change in (RevokeMandate(mandate), AttachEvidence(mandate, "0" * 32)):
        with pytest.raises(NotAllowed):
            make(story, username, change)
    asked = GiveMandate("mayor", "evm", ("instruct",), START, END, "市长当面委托")
    with pytest.raises(NotAllowed):
        make(story, username, asked)


def test_the_moment_a_mandate_ends_is_kept_even_before_the_sweep(story: Story) -> None:
    away(story)
    entrust(story)
    story.at(DURING)
    story.to_the_mayor()
    row = story.item("evm", "UT_mayor")
    assert isinstance(story.engine.clock, ManualClock)
    story.engine.clock.move_to(END)  # nobody has swept yet
    with pytest.raises(Conflict) as refused:
        tasks.complete(
            story.engine,
            story.who("evm"),
            row.id,
            version=row.version,
            values={},
            outcome="approve",
            comment="同意。",
            confirm=PASSWORD,
            key=uuid4().hex,
        )
    assert refused.value.message == (
        "您代办的依据已经结束，这件回到卫承远名下。您的内容没有提交，已保留在页面上。"
    )


def test_the_paper_behind_a_mandate_is_for_whom_it_concerns(story: Story) -> None:
    file = story.letter("sg", "同意委托贺景舟同志代行。", "签批件.txt")
    mandate = entrust(story, evidence_file=file)
    for username in ("mayor", "evm", "office_director"):
        assert attachments.get(story.engine, story.who(username), file).name == "签批件.txt"
    for username in ("vm1", "gov_clerk", "sysadmin"):
        with pytest.raises(NotFound):
            attachments.get(story.engine, story.who(username), file)
    with pytest.raises(Conflict) as refused:
        make(story, "sg", AttachEvidence(mandate, file))
    assert "已附凭据" in refused.value.message


def test_the_paper_may_come_later(story: Story) -> None:
    mandate = entrust(story)
    file = story.letter("sg", "同意委托。", "签批件.txt")
    make(story, "sg", AttachEvidence(mandate, file))
    row = whereabouts.substitution(story.engine, story.who("evm"), mandate)
    assert row.evidence_file == file
    with pytest.raises(NotFound):
        whereabouts.substitution(story.engine, story.who("vm1"), mandate)


def test_a_foreign_file_is_no_evidence(story: Story) -> None:
    file = story.letter("gov_clerk", "别人的文件。", "别人.txt")
    with pytest.raises(NotFound):
        entrust(story, evidence_file=file)


# ---- preview and history -----------------------------------------------------------------------


def test_a_preview_tells_what_moves_and_changes_nothing(story: Story) -> None:
    story.at(DURING)
    story.to_the_mayor()
    away(story, starts_at=parse_moment(DURING), ends_at=END)
    timers.fire_due(story.engine)
    asked = GiveMandate("mayor", "evm", ("instruct",), parse_moment(DURING), END, "市长当面委托")
    [move] = changes.preview(story.engine, story.who("sg"), asked).moves
    assert (move.step, move.before) == ("市长批示", "卫承远")
    assert move.after == "贺景舟（代行市长职务）"
    assert move.title is not None  # the secretary-general has handled it
    [hidden] = changes.preview(story.engine, story.who("office_director"), asked).moves
    assert hidden.step == "市长批示"
    given = whereabouts.substitutions(story.engine, story.who("sg"))
    assert [row.state for row in given] == ["past"]  # the example of the demo office
    assert story.open_steps() == [("UT_mayor", "卫承远")]


def test_the_history_tells_every_change_of_hands_and_why(story: Story) -> None:
    away(story)
    mandate = entrust(story)
    story.at(DURING)
    story.to_the_mayor()
    make(story, "sg", RevokeMandate(mandate))
    timers.fire_due(story.engine)
    told = instances.history(story.engine, story.who("manager"), story.instance_id)
    mine = [each for each in told if each.element_id == "UT_mayor"]
    assert [each.kind for each in mine] == ["item.opened", "item.reassigned"]
    assert mine[0].text.startswith("“市长批示”已送达贺景舟（代行市长职务，委托编号代2026-1）")
    assert mine[0].signature_form == "acting"
    assert mine[1].text == (
        "“市长批示”改派，原由贺景舟办理，现由卫承远办理，原因：市长外出期间无代行委托记录，"
        "请补登委托或待市长返回。"
    )


def test_the_door_of_colleagues_says_the_same(story: Story) -> None:
    made = substitution.add_absence(
        story.engine,
        story.who("sg"),
        person_id="vm1",
        kind="leave",
        starts_at=START,
        ends_at=END,
        key="k",
    )
    assert made["message"] == "已登记闻人岚休假。"
