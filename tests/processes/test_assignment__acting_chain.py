"""Who is mayor now: the six rows of the acting chain, their scope and their moments (第五条)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine.errors import Finding
from processes.shared import assignment, standing_in
from tests.paper_office import NOON, TRIP, away, mandate, paper_office, who

SECOND = timedelta(seconds=1)
START, END = TRIP
SCOPES = ("instruct", "sign_off", "statutory_sign", "chair_meeting", "approve_leave")


def findings(*rows: object, **asked: object) -> list[str]:
    """What speaks against registering this mandate in an office with these rows."""
    _, values = mandate(**asked)  # type: ignore[arg-type]
    found = standing_in.check_mandate(paper_office(*rows), values)  # type: ignore[arg-type]
    return [each.message for each in found if each.severity == "block"]


def hints(*rows: object, **asked: object) -> list[str]:
    _, values = mandate(**asked)  # type: ignore[arg-type]
    found: list[Finding] = list(standing_in.check_mandate(paper_office(*rows), values))  # type: ignore[arg-type]
    return [each.message for each in found if each.severity == "hint"]


# ---- the six rows ----------------------------------------------------------------------------

ROWS = {
    "1 the mayor is in": ([mandate()], "mayor", "self", None),
    "1 the mayor is in, no mandate": ([], "mayor", "self", None),
    "2 trip, executive in, entrusted": ([away("mayor"), mandate()], "evm", "acting", None),
    "3 both away, another entrusted": (
        [away("mayor"), away("evm"), mandate("vm3")],
        "vm3",
        "acting",
        None,
    ),
    "4 executive in, another entrusted": (
        [away("mayor"), mandate("vm3")],
        "mayor",
        "self",
        "常务副市长在岗时应由其代行市长职务（工作规则第五条）",
    ),
    "5 trip without a mandate": (
        [away("mayor")],
        "mayor",
        "self",
        "市长外出期间无代行委托记录，请补登委托或待市长返回",
    ),
    "5 both away without a further mandate": (
        [away("mayor"), away("evm"), mandate()],
        "mayor",
        "self",
        "市长外出期间无代行委托记录，请补登委托或待市长返回",
    ),
    "6 on leave, entrusted": ([away("mayor", kind="leave"), mandate()], "evm", "acting", None),
    "6 ill, entrusted": ([away("mayor", kind="sick"), mandate()], "evm", "acting", None),
}


@pytest.mark.parametrize("row", ROWS)
def test_each_row_of_the_acting_chain_names_who_it_should(row: str) -> None:
    rows, person, form, alert = ROWS[row]
    found = who(paper_office(*rows), "mayor", scope="instruct")
    assert (found.person, found.form, found.alert) == (person, form, alert)
    assert (found.acted_for, found.substitution) == (
        (None, None) if form == "self" else ("mayor", rows[-1][1]["id"])
    )


@pytest.mark.parametrize("needed", SCOPES)
@pytest.mark.parametrize("given", SCOPES)
def test_a_mandate_covers_what_it_names_and_nothing_else(given: str, needed: str) -> None:
    found = who(paper_office(away("mayor"), mandate(scope=(given,))), "mayor", scope=needed)
    presiding = (given, needed) == ("chair_meeting", "approve_leave")  # 第二十五条
    assert found.person == ("evm" if given == needed or presiding else "mayor")
    assert bool(found.alert) is (found.person == "mayor")


def test_signing_regulations_needs_to_be_named_in_the_mandate() -> None:
    office = paper_office(away("mayor"), mandate())
    assert who(office, "mayor", scope="statutory_sign").alert == (
        "规章、决定、命令、议案由市长签署；代行人须有明确授权（工作规则第五条、第三十五条）"
    )
    named = paper_office(away("mayor"), mandate(scope=("statutory_sign",)))
    assert who(named, "mayor", scope="statutory_sign").person == "evm"


def test_no_standing_meeting_without_who_may_convene_it() -> None:
    words = "市长外出且无代行委托，不能召集常务会议（工作规则第五条、第二十一条）"
    for rows in ([away("mayor")], [away("mayor"), mandate()]):
        found = who(paper_office(*rows), "mayor", scope="chair_meeting")
        assert (found.person, found.alert) == ("mayor", words)


def test_who_presides_for_the_mayor_grants_leave_from_the_meeting() -> None:
    office = paper_office(away("mayor"), mandate(scope=("chair_meeting",)))
    found = who(office, "mayor", scope="approve_leave")
    assert (found.person, found.acted_for, found.form) == ("evm", "mayor", "acting")


# ---- moments ---------------------------------------------------------------------------------

MOMENTS = [
    (START - SECOND, "mayor"),
    (START, "evm"),
    (START + SECOND, "evm"),
    (END - SECOND, "evm"),
    (END, "mayor"),
    (END + SECOND, "mayor"),
]


@pytest.mark.parametrize(("at", "person"), MOMENTS)
def test_a_trip_with_its_mandate_begins_inclusive_and_ends_exclusive(
    at: datetime, person: str
) -> None:
    assert who(paper_office(away("mayor"), mandate()), "mayor", at).person == person


@pytest.mark.parametrize(("at", "person"), MOMENTS)
def test_a_mandate_shorter_than_the_trip_ends_at_its_own_moment(at: datetime, person: str) -> None:
    longer = away("mayor", START - timedelta(days=2), END + timedelta(days=2))
    found = who(paper_office(longer, mandate()), "mayor", at)
    assert found.person == person
    assert bool(found.alert) is (person == "mayor")


@pytest.mark.parametrize(
    ("at", "person"), [(NOON - SECOND, "evm"), (NOON, "mayor"), (NOON + SECOND, "mayor")]
)
def test_a_revoked_mandate_holds_until_the_moment_it_is_revoked(at: datetime, person: str) -> None:
    office = paper_office(away("mayor"), mandate(revoked=NOON))
    assert who(office, "mayor", at).person == person


@pytest.mark.parametrize(
    ("at", "person"), [(NOON - SECOND, "evm"), (NOON, "mayor"), (NOON + SECOND, "mayor")]
)
def test_the_substitutes_own_trip_begins_and_the_mayor_has_it_again(
    at: datetime, person: str
) -> None:
    office = paper_office(away("mayor"), away("evm", NOON), mandate())
    assert who(office, "mayor", at).person == person


def test_a_further_mandate_covers_the_time_the_first_substitute_is_away() -> None:
    later = NOON + timedelta(days=1)
    office = paper_office(
        away("mayor"), away("evm", NOON, later), mandate(), mandate("vm3", starts=NOON, ends=later)
    )
    whose = [who(office, "mayor", at).person for at in (NOON - SECOND, NOON, later - SECOND, later)]
    assert whose == ["evm", "vm3", "vm3", "evm"]


def test_the_executive_back_in_office_ends_another_vice_mayors_acting() -> None:
    office = paper_office(away("mayor"), away("evm", START, NOON), mandate("vm3"))
    assert who(office, "mayor", NOON - SECOND).person == "vm3"
    found = who(office, "mayor", NOON)
    assert (found.person, found.alert) == ("mayor", assignment.EXECUTIVE_FIRST)


def test_a_substitute_who_is_no_vice_mayor_any_more_does_not_act() -> None:
    gone = ("evm-executive_vice_mayor-city_gov", "evm-vice_mayor-city_gov")
    found = who(paper_office(away("mayor"), mandate(), without=gone), "mayor")
    assert found.person == "mayor"
    assert found.alert is not None
    assert "已不任副市长" in found.alert


def test_a_vacant_post_of_mayor_goes_to_the_office_director_with_the_remedy() -> None:
    found = who(paper_office(without=("mayor-mayor-city_gov",)), "mayor")
    assert found.person == "office_director"
    assert found.alert == "市长空缺：请系统管理员补登任职后改派"


# ---- registering -----------------------------------------------------------------------------


def test_another_vice_mayor_is_refused_while_the_executive_is_in() -> None:
    assert findings(away("mayor"), substitute="vm3") == [
        "常务副市长在岗时应由其代行市长职务（工作规则第五条）"
    ]
    assert findings(away("mayor"), away("evm"), substitute="vm3") == []


@pytest.mark.parametrize("person", ["sg", "dsg1", "office_director", "finance_head"])
def test_only_vice_mayors_can_be_entrusted(person: str) -> None:
    assert findings(away("mayor"), substitute=person) == [
        "只有副市长可以受托代行市长职务（工作规则第五条）"
    ]


def test_only_the_mayor_entrusts() -> None:
    assert findings(away("vm1"), principal_id="vm1") == [
        "代行市长职务的委托人应为市长（工作规则第五条）"
    ]


def test_a_mandate_needs_its_evidence() -> None:
    assert findings(away("mayor"), evidence=" ") == [
        "代行须有市长的委托记录，请写明凭据（工作规则第五条）。"
    ]


def test_who_is_away_himself_cannot_be_entrusted() -> None:
    [words] = findings(away("mayor"), away("evm"))
    assert words.startswith("贺景舟在委托开始时已登记外出，不能受托代行；请改委托其他副市长")


def test_there_is_one_acting_mayor_at_a_time() -> None:
    trips = [away("mayor"), away("evm", START - timedelta(days=9), START)]
    first = mandate("evm")
    [words] = findings(
        *trips, away("evm", END, END + timedelta(days=9)), first, substitute="vm3", starts=NOON
    )[-1:]
    assert "同一时间只能由一位副市长代行" in words
    assert findings(away("mayor"), away("evm", NOON), first, substitute="vm3", starts=NOON) == []
    assert findings(away("mayor"), first, scope=("statutory_sign",), starts=NOON) == []
    assert findings(away("mayor"), first, starts=END, ends=END + timedelta(days=1)) == []


def test_what_clause_5_does_not_say_is_shown_as_a_convention() -> None:
    assert standing_in.ONLY_TRIPS in hints(away("mayor", kind="leave"))
    assert standing_in.ONLY_TRIPS in hints(away("mayor", kind="visit"))
    assert standing_in.ONLY_TRIPS not in hints(away("mayor"))
    assert standing_in.NOT_AWAY in hints()
    assert any("请追加委托" in each for each in hints(away("mayor"), away("evm", NOON)))
