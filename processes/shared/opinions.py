"""Asking other departments: who was asked, until when, and what their answers amount to.

工作规则第三十三条: seven working days from the day after delivery; silence is recorded as
DEEMED_NO_OBJECTION and never as agreement; on a provisional deadline nothing is deemed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from engine import deadline_records
from engine.clock import parse_moment
from engine.procedure import Context, with_context
from processes.shared.silence import WRITTEN_ONLY

DEEMED = "DEEMED_NO_OBJECTION"
UNANSWERED = "NO_REPLY_MUST"
OBJECTIONS = ("object", UNANSWERED)
UNITS = {"workdays": "workday", "calendar": "day"}
SECOND_PARAGRAPH = "工作规则第三十三条第二款"
PUBLIC = "public"
Row = dict[str, Any]
Results = list[Row]


@with_context
def parties(
    context: Context, depts: list[str], must_reply: list[str], sent_at: str, term: Row
) -> Results:
    """One row per department asked: delivered, due, whether silence counts, whether provisional.

    term: kind (workdays, calendar, custom), days, custom, note, source: the outcome of the table
    of reply terms. Bodies that are consulted in writing must answer whatever was ticked.
    """
    due = _due(context, sent_at, term)
    return [
        {"dept": dept, "public": False, "must_reply": dept in {*must_reply, *WRITTEN_ONLY}, **due}
        for dept in depts
    ]


@with_context
def public_party(context: Context, sent_at: str, term: Row) -> Results:
    """The public as the one party: its silence means nothing, the term only ends."""
    return [{"dept": PUBLIC, "public": True, "must_reply": False, **_due(context, sent_at, term)}]


def _due(context: Context, sent_at: str, term: Row) -> Row:
    row = {"sent_at": sent_at, "source": term["source"]}
    if term["kind"] == "custom" and term["custom"]:
        due = deadline_records.given(context.calendar, parse_moment(term["custom"]))
        return {**row, "note": term["note"], **due}
    unit = UNITS[term["kind"]]
    due = deadline_records.counted(context.calendar, parse_moment(sent_at), term["days"], unit)
    return {**row, "note": None, **due}


@with_context
def moved(context: Context, party: Row, new_due: str) -> Row:
    """The same department with the deadline agreed before the old one had passed."""
    old = parse_moment(party["due_at"])
    note = f"到期前商定延期（{SECOND_PARAGRAPH}），原时限{_words(old)}"
    return {
        **party,
        "note": note,
        **deadline_records.given(context.calendar, parse_moment(new_due)),
    }


@with_context
def answer(
    context: Context,
    party: Row,
    kind: str,
    opinion: str | None,
    basis: str | None,
    responder: str | None,
) -> Row:
    """What a department answered, signed by its head; NO_REPLY_MUST has no opinion and no name."""
    silent = kind == UNANSWERED
    return {
        "dept": party["dept"],
        "type": kind,
        "opinion": None if silent else opinion,
        "basis": None if silent else basis,
        "responder": None if silent else responder,
        "signature": None if silent else responder,
        "recorded_by": "person",
        "sent_at": party["sent_at"],
        "due_at": party["due_at"],
        "replied_at": None if silent else context.now.isoformat(),
    }


def deemed(party: Row) -> Row:
    """What silence until the deadline amounts to: no objection, said and signed by nobody."""
    return {
        "dept": party["dept"],
        "type": DEEMED,
        "opinion": None,
        "basis": SECOND_PARAGRAPH,
        "responder": None,
        "signature": None,
        "recorded_by": "system",
        "sent_at": party["sent_at"],
        "due_at": party["due_at"],
        "replied_at": None,
    }


def public_answer(party: Row, count: int, summary: str | None) -> Row:
    """What came of asking the public: how many opinions, and the main ones. Nothing is deemed."""
    return {
        "dept": party["dept"],
        "type": "PUBLIC",
        "opinion": summary,
        "count": count,
        "responder": None,
        "due_at": party["due_at"],
    }


def to_decide(results: Results) -> Results:
    """One empty row per objection, for the host to write whether it is adopted."""
    return [
        {"dept": each["dept"], "adopted": False, "reason": None}
        for each in results
        if each["type"] == "object"
    ]


def unresolved_of(results: Results, adoption: Results) -> list[str]:
    """Departments whose objection was not adopted, or who had to answer and did not."""
    adopted = {each["dept"] for each in adoption if each["adopted"]}
    return [
        each["dept"]
        for each in results
        if each["type"] == UNANSWERED or (each["type"] == "object" and each["dept"] not in adopted)
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
    """Leave a message for the holders of a post, or of one body: "dept_clerk@gov_office"; True."""
    return context.notify(role, text)


@with_context
def urge_words(context: Context, party: Row, title: str) -> str:
    """What the asking side reads when somebody who must answer has not answered in time."""
    name = context.directory.org_name(party["dept"])
    return f"“{title}”：{name}到期未回复，须实体同意，不适用“视为”；可催办，也可转入协商。"


def _words(moment: datetime) -> str:
    return f"{moment.year}年{moment.month}月{moment.day}日{moment:%H:%M}"


FUNCTIONS: dict[str, Any] = {
    "notify": notify,
    "urge_words": urge_words,
    "parties": parties,
    "moved": moved,
    "answer": answer,
    "deemed": deemed,
    "to_decide": to_decide,
    "unresolved_of": unresolved_of,
    "adopted_any": adopted_any,
    "merge_results": merge_results,
    "missing_depts": missing_depts,
}
