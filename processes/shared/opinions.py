"""Asking other departments: who was asked, until when, and what their answers amount to.

工作规则第三十三条: seven working days from the day after delivery; silence is recorded as
DEEMED_NO_OBJECTION and never as agreement; on a provisional deadline nothing is deemed.
"""

from __future__ import annotations

from typing import Any

from engine import deadline_records
from engine.clock import parse_moment
from engine.procedure import Context, with_context

OBJECTIONS = ("object", "NO_REPLY_MUST")
Results = list[dict[str, Any]]


@with_context
def parties(
    context: Context,
    depts: list[str],
    must_reply: list[str],
    sent_at: str,
    due_kind: str,
    due_days: int,
    custom_due: str | None,
) -> Results:
    """One row per department asked: delivered, due, whether silence counts, whether provisional."""
    if due_kind == "custom" and custom_due:
        due = deadline_records.given(context.calendar, parse_moment(custom_due))
    else:
        unit = "day" if due_kind == "calendar" else "workday"
        delivered = parse_moment(sent_at)
        due = deadline_records.counted(context.calendar, delivered, due_days, unit)
    return [
        {"dept": dept, "must_reply": dept in must_reply, "sent_at": sent_at, **due}
        for dept in depts
    ]


@with_context
def moved(context: Context, party: dict[str, Any], new_due: str) -> dict[str, Any]:
    """The same department with the deadline agreed before the old one had passed."""
    return {**party, **deadline_records.given(context.calendar, parse_moment(new_due))}


def unresolved_of(results: Results, adoption: Results) -> list[str]:
    """Departments whose objection was not adopted, or who had to answer and did not."""
    adopted = {each["dept"] for each in adoption if each["adopted"]}
    return [
        each["dept"]
        for each in results
        if each["type"] in OBJECTIONS and each["dept"] not in adopted
    ]


def adopted_any(adoption: Results) -> bool:
    """Whether the text has to be changed."""
    return any(each["adopted"] for each in adoption)


def merge_results(before: Results, now: Results) -> Results:
    """The answers of several rounds; the newest of each department stands."""
    return list({each["dept"]: each for each in [*before, *now]}.values())


def missing_depts(
    depts: list[str], results: Results, results_hash: str | None, body_hash: str | None
) -> list[str]:
    """Departments that have not countersigned the present text: a changed text voids answers."""
    answered = {each["dept"] for each in results} if results_hash == body_hash else set()
    return [dept for dept in depts if dept not in answered]


@with_context
def notify(context: Context, role: str, text: str) -> bool:
    """Leave a message for the holders of a post; True."""
    return context.notify(role, text)


FUNCTIONS: dict[str, Any] = {
    "notify": notify,
    "parties": parties,
    "moved": moved,
    "unresolved_of": unresolved_of,
    "adopted_any": adopted_any,
    "merge_results": merge_results,
}
