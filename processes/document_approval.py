"""公文呈批: what the diagram of document approval cannot draw (工作规则第二十九至三十六条)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from engine.conventions import Convention
from engine.procedure import Column, Context, Procedure, Register, Summary, lasting, with_context
from processes.shared import linked, moments, opinions, papers, standing, word_count

Rows = list[dict[str, Any]]

RECEIVED = Register(
    key="received_document",
    name="收文登记簿",
    columns=(
        Column("number", "收文号"),
        Column("title", "标题"),
        Column("sender", "来文单位", "org"),
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
PLACEHOLDER = Register(
    key="classified_placeholder",
    name="涉密件占位登记簿",
    columns=(  # none that could hold a title or a text
        Column("number", "占位号"),
        Column("secret_no", "件号"),
        Column("level", "密级"),
        Column("storage", "存放处"),
        Column("channel", "机要交接"),
        Column("sender", "来文单位"),
    ),
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


def _days(key: str, name: str, default: int, *steps: str) -> Convention:
    used = tuple(f"公文呈批：{step}" for step in steps)
    return Convention(key, name, default, unit="个工作日", least=1, most=60, used_in=used)


DAYS = (
    _days("fix_days", "退回修改的天数", 5, "修改后重报"),
    _days("initial_days", "初审的天数", 1, "初审"),
    _days("material_check_days", "材料核验的天数", 1, "各项材料核验"),
    _days("draft_opinion_days", "提出拟办意见的天数", 5, "提出拟办意见"),
    _days("offline_issue_days", "转线下发文的天数", 7, "转线下发文"),
    _days("transfer_days", "转办的天数", 1, "转办"),
    _days("answer_days", "答复来文单位的天数", 1, "答复来文单位", "答复不予批准"),
)
INITIAL_HOURS = Convention(
    "initial_urgent_hours",
    "急件初审的小时数",
    2,
    unit="小时",
    least=1,
    most=24,
    used_in=("公文呈批：初审",),
)
URGENT = ("urgent", "extra")
LEVELS = {"secret": "秘密", "confidential": "机密", "top": "绝密"}
GRANTED = ("approve", "approve_rev")


@lasting
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


@lasting
@with_context
def slip_number(context: Context, title: str, reasons: str) -> str:
    """Take the next number for a return slip that lists every reason at once."""
    number = context.take_number(RETURNED.key)
    slip_no = f"退文〔{context.now.year}〕{number}号"
    context.add_record(RETURNED.key, {"number": slip_no, "title": title, "reasons": reasons})
    return slip_no


@lasting
@with_context
def register_placeholder(
    context: Context, secret_no: str, level: str, storage: str, channel: str, sender: str
) -> str:
    """Enter a classified document by its number alone (保守国家秘密法); its placeholder number."""
    number = f"密占〔{context.now.year}〕{context.take_number(PLACEHOLDER.key)}号"
    context.add_record(
        PLACEHOLDER.key,
        {
            "number": number,
            "secret_no": secret_no,
            "level": LEVELS[level],
            "storage": storage,
            "channel": channel,
            "sender": context.directory.org_name(sender),
        },
    )
    return number


@lasting
@with_context
def seal_files(context: Context) -> int:
    """Seal what was uploaded by mistake and tell who answers for secrecy; how many files."""
    sealed = context.seal_files()
    context.notify(
        "security_admin", f"有涉密件误传入系统，{sealed}个文件已封存，请按保密规定处置。"
    )
    return sealed


@with_context
def count_chars(context: Context, sha256: str | None) -> int | None:
    """The words of a stored body file; None when they cannot be counted automatically."""
    found = context.read_file(sha256) if sha256 else None
    return word_count.count_file(*found) if found is not None else None


def days_before(deadline: str | None, days: int | None) -> str | None:
    """The last day for submitting a draft: calendar days back, never rolled (第三十条)."""
    if deadline is None or days is None:
        return None
    return (date.fromisoformat(deadline[:10]) - timedelta(days=days)).isoformat()


@with_context
def prev_workday(context: Context, day: str | None) -> str | None:
    """The day to recommend when the last day is no working day 【约】."""
    return day and context.calendar.prev_workday(date.fromisoformat(day)).isoformat()


@with_context
def days_late(context: Context, latest: str | None) -> int:
    """By how many days a draft submitted now is late; 0 when it is in time."""
    if latest is None:
        return 0
    return max(0, (context.now.date() - date.fromisoformat(latest)).days)


def reason_to_fix(
    has_block: bool,
    init_result: str | None,
    final_decision: str | None,
    legal_result: str | None,
    dispute_revise: bool,
    proc_failed: bool,
) -> str:
    """Why a document is back with its drafter; it decides where it goes when it is mended."""
    reasons = {
        "leader": final_decision == "return",
        "legal": legal_result == "pass_with_changes",
        "legal_fail": legal_result == "fail",
        "dispute": dispute_revise,
        "initial": init_result == "supplement",
        "precheck": has_block,
        "procedure": proc_failed,
    }
    return next((reason for reason, holds in reasons.items() if holds), "adopt")


@with_context
def initial_length(context: Context, urgency: str | None) -> int:
    """How long the initial check may take, in the unit of `initial_unit`."""
    key = "initial_urgent_hours" if urgency in URGENT else "initial_days"
    return int(context.convention(key))


def initial_unit(urgency: str | None) -> str:
    """Hours for what is urgent, working days for the rest 【约】."""
    return "hour" if urgency in URGENT else "workday"


def unexplained(violations: Rows, notes: Rows) -> Rows:
    """Overridable findings without a reason; asked again when the value changed."""
    explained = {(note["no"], note["value"]) for note in notes if note["reason"]}
    return [
        each
        for each in violations
        if each["severity"] == "override" and (each["no"], each["value"]) not in explained
    ]


def notes_to_write(violations: Rows, notes: Rows) -> Rows:
    """The reasons given so far, and an empty line for each finding that still wants one."""
    wanted = unexplained(violations, notes)
    empty = [{"no": each["no"], "value": each["value"], "reason": None} for each in wanted]
    return [*notes, *empty]


def decision_ok(decision: str | None, must_meet: bool, dispute_status: str) -> bool:
    """Whether a decision can be carried out: what a meeting must decide, or what departments still
    dispute, is not approved (第二十一条、第三十四条)."""
    if decision in GRANTED:
        return not must_meet and dispute_status in ("none", "closed")
    return decision in ("reject", "to_meeting", "transfer", "circulate")


def lead_of(handlers: list[str], lead: str | None) -> str:
    """The department that handles; with several, the one named."""
    return lead or handlers[0]


PROCEDURE = Procedure(
    key="document_approval",
    name="公文呈批",
    summary=Summary(
        title="title", number="doc_number", urgency="is_urgent", sender="submitter_org"
    ),
    functions={
        **moments.FUNCTIONS,
        **opinions.FUNCTIONS,
        **standing.FUNCTIONS,
        "receive_number": receive_number,
        "slip_number": slip_number,
        "register_placeholder": register_placeholder,
        "seal_files": seal_files,
        "count_chars": count_chars,
        "days_before": days_before,
        "prev_workday": prev_workday,
        "days_late": days_late,
        "reason_to_fix": reason_to_fix,
        "initial_length": initial_length,
        "initial_unit": initial_unit,
        "unexplained": unexplained,
        "notes_to_write": notes_to_write,
        "decision_ok": decision_ok,
        "lead_of": lead_of,
        "start_linked": linked.start_linked,
    },
    registers=(RECEIVED, RETURNED, PLACEHOLDER, linked.PENDING),
    papers=papers.PAPERS,
    conventions=(OFFICE_HEAD_REVIEWS, SG_REVIEWS_SINGLE_FIELD, *DAYS, INITIAL_HOURS),
    starter_roles=frozenset(
        {"dept_clerk", "dept_head", "county_clerk", "county_head", "doc_section"}
    ),
    description="请示、报告、通知等公文从报送、初审、会签到领导批示、答复、归档。",
    clause="工作规则第二十九至三十七条",
)
