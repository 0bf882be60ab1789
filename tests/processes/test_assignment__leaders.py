"""Who acts for a leader in charge who is away, and for the secretary-general (第五条)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from processes.shared import assignment, standing_in
from tests.paper_office import NOON, TRIP, away, mandate, paper_office, who

SECOND = timedelta(seconds=1)


def designated(principal: str, substitute: str, **more: object) -> tuple[str, dict[str, object]]:
    return mandate(substitute, principal_id=principal, kind="designated", number="指2026-1", **more)  # type: ignore[arg-type]


def b_role(principal: str, substitute: str, field: str | None = None) -> dict[str, object]:
    return mandate(substitute, principal_id=principal, kind="b_role", field=field)[1]


def test_b_acts_while_a_is_away_and_it_is_said_whose_place_he_takes() -> None:
    found = who(paper_office(away("vm2")), "vice_mayor", field="education")
    assert (found.person, found.form, found.acted_for) == ("vm1", "b_role", "vm2")


@pytest.mark.parametrize(
    ("at", "person"),
    [(TRIP[0] - SECOND, "vm2"), (TRIP[0], "vm1"), (TRIP[1] - SECOND, "vm1"), (TRIP[1], "vm2")],
)
def test_as_row_begins_inclusive_and_ends_exclusive(at: object, person: str) -> None:
    found = who(paper_office(away("vm2")), "vice_mayor", at, field="education")  # type: ignore[arg-type]
    assert found.person == person


def test_both_away_never_falls_to_the_executive_vice_mayor() -> None:
    found = who(paper_office(away("vm2"), away("vm1")), "vice_mayor", field="education")
    assert (found.person, found.form) == ("vm2", "self")
    assert found.alert == ("分管领导和B角均外出，请秘书长报市长指定，由人工改派（工作规则第五条）")


def test_without_a_b_role_it_stays_with_a() -> None:
    office = paper_office(away("vm2"), without=("ab-vm2-vm1",))
    found = who(office, "vice_mayor", field="education")
    assert (found.person, found.alert) == ("vm2", assignment.NO_B_ROLE)


def test_a_b_role_of_one_field_does_not_reach_into_another() -> None:
    row = ("substitution", b_role("vm2", "vm3", "health"))
    office = paper_office(away("vm2"), row, without=("ab-vm2-vm1",))
    assert who(office, "vice_mayor", field="health").person == "vm3"
    assert who(office, "vice_mayor", field="education").person == "vm2"


def test_whom_the_mayor_designates_acts_when_a_and_b_are_away() -> None:
    rows = [away("vm2"), away("vm1"), designated("vm2", "vm3")]
    found = who(paper_office(*rows), "vice_mayor", field="education")
    assert (found.person, found.form, found.acted_for) == ("vm3", "designated", "vm2")


def test_a_b_who_is_no_vice_mayor_any_more_does_not_act() -> None:
    office = paper_office(away("vm2"), without=("vm1-vice_mayor-city_gov",))
    found = who(office, "vice_mayor", field="education")
    assert (found.person, found.alert) == ("vm2", assignment.NO_SUBSTITUTE)


def test_a_field_of_nobody_is_told_by_its_name() -> None:
    found = who(paper_office(without=("vm2-education",)), "vice_mayor", field="education")
    assert found.person == "office_director"
    assert found.alert == "领域“教育科技”没有分管领导，请补登分工后改派"


def test_a_leader_who_has_left_his_post_is_not_in_charge_any_more() -> None:
    office = paper_office(without=("vm2-vice_mayor-city_gov",))
    found = who(office, "vice_mayor", field="education")
    assert found.person == "office_director"
    assert found.alert is not None
    assert "已不任职" in found.alert


def test_the_secretary_generals_work_waits_or_goes_to_a_designated_deputy() -> None:
    found = who(paper_office(away("sg")), "secretary_general")
    assert (found.person, found.alert) == (
        "sg",
        "秘书长外出，由市长指定的副秘书长办理，请人工登记改派（约定）",
    )
    office = paper_office(away("sg"), designated("sg", "dsg1"))
    found = who(office, "secretary_general")
    assert (found.person, found.form, found.acted_for) == ("dsg1", "designated", "sg")


def test_the_deputy_who_assists_the_leader_in_charge_gets_it() -> None:
    assert who(paper_office(), "deputy_secretary_general", field="education").person == "dsg3"
    found = who(paper_office(away("dsg3")), "deputy_secretary_general", field="education")
    assert found.person == "dsg3"
    assert found.alert is not None
    assert "请秘书长指定" in found.alert


@pytest.mark.parametrize(
    ("principal", "substitute"), [("mayor", "evm"), ("vm1", "sg"), ("sg", "dsg1")]
)
def test_ab_roles_are_between_vice_mayors_and_never_for_the_mayor(
    principal: str, substitute: str
) -> None:
    row = b_role(principal, substitute)
    [found] = standing_in.check_mandate(paper_office(), row)
    assert found.message == "AB角只在副市长之间设置，不替代市长（工作规则第五条）"


def test_a_second_b_for_the_same_time_is_refused() -> None:
    [found] = standing_in.check_mandate(paper_office(), b_role("vm2", "vm3"))
    assert found.message.startswith("这段时间已有B角（")
    assert not list(standing_in.check_mandate(paper_office(), b_role("vm2", "vm3", "health")))


@pytest.mark.parametrize(
    ("principal", "substitute", "words"),
    [
        ("mayor", "evm", "请登记代行委托"),
        ("vm2", "sg", "应指定其他副市长"),
        ("sg", "vm1", "应指定其他副秘书长"),
        ("finance_head", "dsg1", "由办公室主任改派"),
        ("vm2", "vm2", "应为另一个人"),
    ],
)
def test_a_designation_stays_within_its_kind(principal: str, substitute: str, words: str) -> None:
    _, row = designated(principal, substitute)
    [found] = standing_in.check_mandate(paper_office(), row)
    assert words in found.message


def test_a_designated_person_must_be_there() -> None:
    _, row = designated("vm2", "vm3", starts=NOON)
    [found] = standing_in.check_mandate(paper_office(away("vm3")), row)
    assert "已登记外出" in found.message


@pytest.mark.parametrize(("person", "fits"), [("vm1", True), ("sg", True), ("dsg1", False)])
def test_only_a_leader_is_put_in_charge_of_a_field(person: str, fits: bool) -> None:
    row = {"person_id": person, "field": "water", "valid_from": NOON}
    found = list(standing_in.check_arrangement(paper_office(), "responsibility", row))
    assert (found == []) is fits


def test_who_assists_whom_is_checked_and_a_second_leader_is_only_noted() -> None:
    office = paper_office()
    row = {"assistant_id": "sg", "leader_id": "dsg1", "valid_from": NOON}
    wrong = list(standing_in.check_arrangement(office, "assistant_link", row))
    assert [each.field for each in wrong] == ["assistant_id", "leader_id"]
    row = {"assistant_id": "dsg1", "leader_id": "vm1", "valid_from": NOON}
    [hint] = standing_in.check_arrangement(office, "assistant_link", row)
    assert hint.severity == "hint"
