"""When silence may count, whatever is asked of whom and when (工作规则第三十三条第二款)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import Calendar
from engine.clock import CHINA, FAR, parse_moment
from engine.expressions import compile_expression
from processes.shared import opinions
from processes.shared.moments import after
from processes.shared.silence import LAW_OFFICE

# As the drawings of countersigning and consultation write it.
MOMENT = 'FAR if (party["must_reply"] or party["provisional"]) else after(party["due_at"])'
DEPTS = ["finance_bureau", "hr_bureau", LAW_OFFICE]
SOURCE = {"note": "主办部门另定时限", "source": opinions.SECOND_PARAGRAPH}


class Office:
    """As much of a command's context as asking needs. now: the moment of the command."""

    calendar = Calendar()

    def __init__(self, now: datetime) -> None:
        self.now = now


def moments(first: int, last: int) -> st.SearchStrategy[datetime]:
    """Moments of these years, by the minute."""
    start = datetime(first, 1, 1, tzinfo=CHINA)
    minutes = int((datetime(last + 1, 1, 1, tzinfo=CHINA) - start).total_seconds() // 60) - 1
    return st.integers(0, minutes).map(lambda minute: start + timedelta(minutes=minute))


def ask(
    sent: datetime, must: list[str], kind: str, days: int = 7, custom: str | None = None
) -> Any:
    term = {"kind": kind, "days": days, "custom": custom, **SOURCE}
    return opinions.parties(Office(sent), DEPTS, must, sent.isoformat(), term)  # type: ignore[arg-type]


def armed(party: dict[str, Any]) -> datetime:
    expression = compile_expression(MOMENT, frozenset({"after"}))
    scope = {"party": party, "FAR": FAR.isoformat()}
    return parse_moment(expression.evaluate(scope, {"after": after}))


@given(moments(2025, 2028), st.lists(st.sampled_from(DEPTS), unique=True), st.integers(1, 60))
def test_silence_is_armed_one_second_after_the_last_working_day_or_never(
    sent: datetime, must: list[str], days: int
) -> None:
    calendar = Office.calendar
    for party in ask(sent, must, "workdays", days):
        due = parse_moment(party["due_at"])
        begun = calendar.start_day(sent)
        assert calendar.workdays_between(begun, due.date()) == days
        assert due > sent
        unknown = any(not calendar.known(year) for year in range(begun.year, due.year + 1))
        assert party["provisional"] is unknown
        if party["dept"] in must or party["dept"] == LAW_OFFICE or unknown:
            assert armed(party) == FAR
        else:
            assert armed(party) == due + timedelta(seconds=1)


@given(moments(2025, 2026), st.integers(0, 400))
def test_the_law_office_is_never_deemed_whatever_was_agreed(sent: datetime, later: int) -> None:
    [office] = [each for each in ask(sent, [], "workdays") if each["dept"] == LAW_OFFICE]
    new = (parse_moment(office["due_at"]) + timedelta(hours=later)).isoformat()
    moved = opinions.moved(Office(sent), office, new)  # type: ignore[arg-type]
    assert armed(moved) == FAR


@given(moments(2025, 2026), st.lists(st.integers(1, 2000), min_size=1, max_size=5))
def test_every_extension_moves_silence_to_its_own_moment_and_keeps_the_delivery(
    sent: datetime, hours: list[int]
) -> None:
    party = ask(sent, [], "workdays")[0]
    for more in hours:
        old = party["due_at"]
        new = parse_moment(old) + timedelta(hours=more)
        party = opinions.moved(Office(sent), party, new.isoformat())  # type: ignore[arg-type]
        assert party["sent_at"] == sent.isoformat()
        assert party["due_at"] > old
        known = Office.calendar.known(new.year)
        assert armed(party) == (new + timedelta(seconds=1) if known else FAR)


@given(moments(2025, 2026), moments(2025, 2028))
def test_another_deadline_of_the_host_is_the_one_that_counts(
    sent: datetime, chosen: datetime
) -> None:
    party = ask(sent, [], "custom", 0, chosen.isoformat())[0]
    assert party["due_at"] == chosen.isoformat()
    assert party["due_basis"]["length"] is None
    assert party["note"] == SOURCE["note"]


ANSWERS = st.sampled_from(["agree", "object", "not_ours", opinions.UNANSWERED])


@given(st.lists(st.tuples(st.sampled_from("abcdef"), ANSWERS), unique_by=lambda each: each[0]))
def test_only_objections_not_adopted_and_missing_consent_stay_unresolved(
    said: list[tuple[str, str]],
) -> None:
    now = datetime(2026, 2, 11, 10, tzinfo=CHINA)
    party = ask(now, [], "workdays")[0]
    results = [
        opinions.answer(Office(now), {**party, "dept": dept}, kind, "意见", "理据", "某人")  # type: ignore[arg-type]
        for dept, kind in said
    ]
    results.append(opinions.deemed({**party, "dept": "silent"}))
    rows = opinions.to_decide(results)
    assert [each["dept"] for each in rows] == [dept for dept, kind in said if kind == "object"]
    adopted = [{**each, "adopted": number % 2 == 0} for number, each in enumerate(rows)]
    taken = {each["dept"] for each in adopted if each["adopted"]}
    left = opinions.unresolved_of(results, adopted)
    assert left == [
        dept for dept, kind in said if kind in opinions.OBJECTIONS and dept not in taken
    ]
    assert opinions.adopted_any(adopted) is bool(taken)
    for row in results:
        unsigned = row["type"] in (opinions.DEEMED, opinions.UNANSWERED)
        assert (row["signature"] is None) is unsigned
        assert (row["responder"] is None) is unsigned


def test_calendar_days_roll_off_a_day_off_and_working_days_count_the_make_up_days() -> None:
    sent = datetime(2026, 2, 11, 10, tzinfo=CHINA)
    assert ask(sent, [], "workdays")[0]["due_at"] == "2026-02-27T18:00:00+08:00"
    thirty = ask(sent, [], "calendar", 30)[0]
    assert date.fromisoformat(thirty["due_at"][:10]) == date(2026, 3, 13)
    evening = datetime(2026, 2, 11, 18, 0, 1, tzinfo=CHINA)
    assert ask(evening, [], "workdays")[0]["due_at"] == "2026-02-28T18:00:00+08:00"
