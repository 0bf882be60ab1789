"""加签、减签 and the four ways of signing together, on one step of several signers.

What others report as broken is played here by name: design complaints about signers (加签, 会签).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import instances, tasks, verbs
from engine.errors import Conflict, Invalid, NotAllowed
from engine.startup import Engine
from tests.engine.signing_office import Signing, deploy


@pytest.fixture
def office(any_engine: Engine, tmp_path: Path) -> Engine:
    deploy(any_engine, tmp_path)
    return any_engine


@pytest.fixture
def quick(engine: Engine, tmp_path: Path) -> Engine:
    deploy(engine, tmp_path)
    return engine


# ---- how many sign ----------------------------------------------------------------------------


def test_all_sign_before_it_goes_on(office: Engine) -> None:
    case = Signing(office, "sec1", "sec2")
    assert case.open_for() == ["sec1", "sec2"]
    case.sign("sec2")
    assert not case.moved_on
    case.sign("sec1")
    assert case.moved_on


def test_in_order_each_waits_for_the_one_before(office: Engine) -> None:
    case = Signing(office, "sec1", "sec2", "docs", how="ordered")
    for person in ("sec1", "sec2", "docs"):
        assert case.open_for() == [person]
        case.sign(person)
    assert case.moved_on


def test_of_any_the_first_suffices_and_the_others_are_told(office: Engine) -> None:
    case = Signing(office, "sec1", "sec2", "docs", how="any")
    case.sign("sec2")
    assert case.moved_on
    assert [each.void_reason for each in case.items("void")] == ["签批人数已够，不再需要办理"] * 2
    with pytest.raises(Conflict, match="签批人数已够"):
        tasks.complete(
            office, case.who("sec1"), case.items("void")[0].id, version=1, values={}, key="late"
        )


@pytest.mark.parametrize(("quota", "needed"), [(60, 2), (67, 3), (1, 1), (100, 3)])
def test_by_share_so_many_suffice(quick: Engine, quota: int, needed: int) -> None:
    people = ["sec1", "sec2", "docs"]
    case = Signing(quick, *people, how="share", quota=quota)
    for number, person in enumerate(people[:needed], 1):
        assert not case.moved_on
        view = tasks.get(quick, case.who(person), case.of(person).id)
        less = "" if needed == 3 else f"，须签{needed}人"
        assert view.progress == f"3人签批，已签{number - 1}人{less}（按比例签批）"
        case.sign(person)
    assert case.moved_on


def test_the_page_says_who_has_signed_and_who_has_not(quick: Engine) -> None:
    case = Signing(quick, "sec1", "sec2", how="ordered")
    case.add("sec1", "after", "docs")
    case.sign("sec1")
    view = tasks.get(quick, case.who("docs"), case.of("docs").id)
    told = [(each.person, each.part, each.words) for each in view.signers]
    names = [case.who(each).name for each in ("sec1", "docs", "sec2")]
    assert told == [
        (names[0], "", "已签"),
        (names[1], "后加签", "正在办理"),
        (names[2], "", "还没有轮到"),
    ]
    assert view.signers[1].added_by == names[0]


# ---- 加签 --------------------------------------------------------------------------------------


def test_whoever_is_asked_before_holds_the_step_until_he_has_said_his_word(office: Engine) -> None:
    case = Signing(office, "sec1")
    case.add("sec1", "before", "docs", "legal")
    assert sorted(case.open_for()) == ["docs", "legal"]
    with pytest.raises(Conflict, match=r"前加签.*已请别人先办") as told:
        case.sign("sec1")
    assert case.who("sec1").name in told.value.message
    case.sign("docs")
    assert case.open_for() == ["legal"]
    case.sign("legal", "object")
    assert case.open_for() == ["sec1"]
    case.sign("sec1")
    assert case.moved_on


def test_an_added_signer_may_object_and_it_is_read_beside_the_decision(quick: Engine) -> None:
    """Elsewhere 加签 can not say no (ruoyi-vue-pro, PR 566)."""
    case = Signing(quick, "sec1")
    case.add("sec1", "before", "legal")
    case.sign("legal", "object")
    view = tasks.get(quick, case.who("sec1"), case.of("sec1").id)
    said = [(each.person, each.outcome_label, each.css) for each in view.opinions]
    assert said == [(case.who("legal").name, "有不同意见", "back")]


def test_who_signs_beside_must_sign_too(office: Engine) -> None:
    case = Signing(office, "sec1")
    case.add("sec1", "parallel", "docs")
    case.sign("sec1")
    assert not case.moved_on
    case.sign("docs")
    assert case.moved_on


@pytest.mark.parametrize(("how", "quota"), [("any", 100), ("share", 50), ("all", 100)])
def test_who_signs_after_must_act_however_few_suffice(quick: Engine, how: str, quota: int) -> None:
    case = Signing(quick, "sec1", "sec2", how=how, quota=quota)
    case.add("sec1", "after", "docs")
    assert "docs" not in case.open_for()
    case.sign("sec1")
    assert "docs" in case.open_for()
    assert not case.moved_on
    if how == "all":
        case.sign("sec2")
    case.sign("docs")
    assert case.moved_on


def test_nobody_gets_two_copies_of_one_step(quick: Engine) -> None:
    case = Signing(quick, "sec1", "sec2")
    with pytest.raises(Invalid):
        case.add("sec1", "parallel", "sec2")
    case.add("sec1", "parallel", "docs")
    with pytest.raises(Invalid):
        case.add("sec2", "before", "docs")


def test_one_step_is_completed_once_however_many_signed(office: Engine) -> None:
    """Elsewhere two or more people of a role end a 会签 twice or never (RuoYi-Flowable-Plus 3)."""
    case = Signing(office, "sec1", "sec2", "docs")
    case.add("docs", "parallel", "legal", "super1")
    for person in ("legal", "sec2", "docs", "sec1", "super1"):
        assert not case.moved_on
        case.sign(person)
    assert case.moved_on
    chain = instances.history(office, case.who("manager"), case.id)
    passed = [each for each in chain if each.kind == "flow.passed"]
    signed = [["many", "SIGN"] in each.data["elements"] for each in passed]
    assert signed.count(True) == 1


def test_a_step_that_collects_gives_all_signers_the_same_form(
    engine: Engine, tmp_path: Path
) -> None:
    deploy(engine, tmp_path, "gathering", collect="said")
    case = Signing(engine, "sec1", key="gathering")
    case.add("sec1", "parallel", "docs")
    view = tasks.get(engine, case.who("docs"), case.of("docs").id)
    assert view.form is not None
    assert view.form.id != "opinion"
    case.sign("docs")
    case.sign("sec1")
    assert case.moved_on


# ---- 减签 --------------------------------------------------------------------------------------


def test_who_was_brought_in_can_be_let_go_and_the_owner_goes_on(office: Engine) -> None:
    case = Signing(office, "sec1")
    case.add("sec1", "before", "docs")
    owner, asked = case.of("sec1").id, case.of("docs").id
    case.use("sec1", "remove_signer", owner, signer=asked, reason="不用了。")
    assert case.open_for() == ["sec1"]
    case.sign("sec1")
    assert case.moved_on


def test_letting_the_last_one_who_is_missing_go_lets_the_flow_go_on(office: Engine) -> None:
    case = Signing(office, "sec1", "sec2")
    case.add("sec2", "parallel", "docs")
    case.sign("sec1")
    case.sign("sec2")
    item = case.of("docs")
    told = verbs.foresee(
        office,
        case.who("sec2"),
        "remove_signer",
        item.id,
        {"signer": item.id, "reason": "出差在外。"},
    )
    assert "流程随即往下走" in "".join(told)
    case.use("sec2", "remove_signer", item.id, signer=item.id, reason="出差在外。")
    assert case.moved_on


def test_the_last_signer_whom_the_rules_name_stays(quick: Engine) -> None:
    case = Signing(quick, "office_director", "sec1")
    [director, clerk] = [case.of(each) for each in ("office_director", "sec1")]
    values = {"signer": clerk.id, "reason": "不涉及该科室。"}
    case.use("office_director", "remove_signer", director.id, **values)
    with pytest.raises((NotAllowed, Invalid)):
        case.use(
            "office_director", "remove_signer", director.id, signer=director.id, reason="换人。"
        )


def test_a_colleague_takes_off_nobody(quick: Engine) -> None:
    case = Signing(quick, "sec1", "sec2")
    with pytest.raises(NotAllowed, match="没有您可以减去的"):
        case.use("sec1", "remove_signer", signer=case.of("sec2").id, reason="不需要。")


# ---- whoever has it can open it -----------------------------------------------------------------


def test_whoever_gets_a_step_by_a_verb_can_open_it(quick: Engine) -> None:
    """Elsewhere a step that was reset can not be opened by its assignee (spiff-arena 657, 767)."""
    case = Signing(quick, "sec1")
    case.add("sec1", "before", "docs")
    assert tasks.get(quick, case.who("docs"), case.of("docs").id).may_act
    case.sign("docs")
    assert tasks.get(quick, case.who("sec1"), case.of("sec1").id).may_act
    case.use("sec1", "transfer", person="legal", reason="归口办理。")
    assert tasks.get(quick, case.who("legal"), case.of("legal").id).may_act
    case.sign("legal")
    assert case.moved_on
