"""公文呈批: what the diagram of document approval cannot draw (工作规则第二十九至三十六条)."""

from __future__ import annotations

from typing import Any

from engine.conventions import Convention
from engine.procedure import Column, Context, Procedure, Register, Summary, with_context
from processes.shared import moments, opinions, word_count

RECEIVED = Register(
    key="received_document",
    name="收文登记簿",
    columns=(
        Column("number", "收文号"),
        Column("title", "标题"),
        Column("sender", "来文单位"),
        Column("received_at", "收到时间", "moment"),
    ),
    unique=("number",),
)
RETURNED = Register(
    key="return_slip",
    name="退文单",
    columns=(Column("number", "退文单号"), Column("title", "标题"), Column("reasons", "理由")),
    unique=("number",),
)
OFFICE_HEAD_REVIEWS = Convention(
    "office_head_reviews",
    "呈批先经办公室负责人审核",
    True,
    kind="yes_no",
    used_in=("呈批：办公室负责人审核",),
    about="路径和处理单上有此一栏；新发起的事项起适用。",
)
SG_REVIEWS_SINGLE_FIELD = Convention(
    "sg_reviews_single_field",
    "只涉及一个领域的也经秘书长",
    False,
    kind="yes_no",
    used_in=("呈批：秘书长审核",),
    about="涉及多个领域或重大事项的一律经秘书长；新发起的事项起适用。",
)
MEETING_ONLY = ("approve", "approve_rev")


@with_context
def receive_number(context: Context, title: str, sender: str, received_at: str) -> str:
    """Take the next 收文号 and enter the document in the book; a number is never given back."""
    number = context.take_number(RECEIVED.key)
    reg_no = f"收文〔{context.now.year}〕{number}号"
    context.add_record(
        RECEIVED.key,
        {"number": reg_no, "title": title, "sender": sender, "received_at": received_at},
    )
    return reg_no


@with_context
def slip_number(context: Context, title: str, reasons: str) -> str:
    """Take the next number for a return slip that lists every reason at once."""
    number = context.take_number(RETURNED.key)
    slip_no = f"退文〔{context.now.year}〕{number}号"
    context.add_record(RETURNED.key, {"number": slip_no, "title": title, "reasons": reasons})
    return slip_no


@with_context
def count_chars(context: Context, sha256: str | None) -> int | None:
    """The words of a stored body file (04 §4.2); None when they cannot be counted automatically."""
    found = context.read_file(sha256) if sha256 else None
    return word_count.count_file(*found) if found is not None else None


def reason_to_fix(
    has_block: bool, init_result: str | None, final_decision: str | None, cs_revise: bool
) -> str:
    """Why a document is back with its drafter."""
    if final_decision == "return":
        return "leader"
    if cs_revise:
        return "adopt"
    return "initial" if init_result == "supplement" else "precheck"


def unexplained(violations: list[Any], notes: list[Any]) -> list[Any]:
    """The overridable findings without a reason; asked again when the value has changed."""
    explained = {(note["no"], note["value"]) for note in notes}
    return [
        each
        for each in violations
        if each["severity"] == "override" and (each["no"], each["value"]) not in explained
    ]


def to_countersign(
    nature: str | None,
    authority: list[str],
    extra: list[str],
    results: list[Any],
    results_hash: str | None,
    body_hash: str | None,
) -> list[str]:
    """Departments that still have to countersign the present text (工作规则第三十三条)."""
    wanted = [*(authority if nature == "request" else []), *extra]
    return opinions.missing_depts(list(dict.fromkeys(wanted)), results, results_hash, body_hash)


def decision_ok(decision: str | None, meeting_item: bool) -> bool:
    """Whether a decision can be carried out: what a meeting must decide is not approved alone."""
    return decision is not None and not (meeting_item and decision in MEETING_ONLY)


PROCEDURE = Procedure(
    key="document_approval",
    name="公文呈批",
    summary=Summary(
        title="title", number="doc_number", urgency="is_urgent", sender="submitter_org"
    ),
    functions={
        **moments.FUNCTIONS,
        **opinions.FUNCTIONS,
        "receive_number": receive_number,
        "slip_number": slip_number,
        "count_chars": count_chars,
        "reason_to_fix": reason_to_fix,
        "unexplained": unexplained,
        "to_countersign": to_countersign,
        "decision_ok": decision_ok,
    },
    registers=(RECEIVED, RETURNED),
    conventions=(OFFICE_HEAD_REVIEWS, SG_REVIEWS_SINGLE_FIELD),
    starter_roles=frozenset(
        {"dept_clerk", "dept_head", "county_clerk", "county_head", "doc_section"}
    ),
    description="请示、报告、通知等公文从报送、初审、会签到领导批示、答复、归档。",
    clause="工作规则第二十九至三十六条",
)
