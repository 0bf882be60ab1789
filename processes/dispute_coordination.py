"""分歧协调: heads negotiate, then a leader coordinates (工作规则第三十三、三十四条)."""

from __future__ import annotations

from typing import Any

from engine.conventions import Convention
from engine.procedure import Column, Context, Procedure, Register, lasting, with_context
from processes.shared import moments

STATED = ("opinion", "basis", "suggestion")  # three things, all of them (第三十三条)
SETTLED = ("agreed", "plan")
REFERRED = {"to_meeting": "referred_meeting", "to_mayor": "referred_mayor"}
Rows = list[dict[str, Any]]
RESULTS = {
    "agreed": "一致",
    "plan": "明确采纳方案",
    "to_meeting": "上会研究",
    "to_mayor": "报市长审批",
    "listed": "部门间未一致，随文报市政府",
}
DISPUTES = Register(
    key="dispute",
    name="分歧协调登记",
    columns=(
        Column("number", "登记号"),
        Column("title", "标题"),
        Column("host", "主办部门"),
        Column("parties", "有分歧的部门"),
        Column("result", "结果"),
        Column("at", "时间", "moment"),
    ),
    unique=("number",),
)


def ladder_done(parties: list[str], table: Rows) -> bool:
    """Whether heads have negotiated and the dispute is stated with every party that is left.

    Only who negotiated without result states a dispute, so a complete statement shows both steps.
    """
    stated = {row["party"] for row in table if all(row.get(each) for each in STATED)}
    return len(parties) > 0 and all(party in stated for party in parties)


def to_state(parties: list[str], table: Rows, answers: Rows | None = None) -> Rows:
    """The statement to fill in: one row for every party that is left, what is known kept.

    answers: how the parties answered when they were asked (dept, opinion, basis); what a party has
    said and reasoned there stands in its row already and is not typed again.
    """
    known = {row["party"]: row for row in table}
    said = {row["dept"]: row for row in answers or ()}
    rows = []
    for party in parties:
        row = {"party": party, **dict.fromkeys(STATED), **known.get(party, {})}
        given = said.get(party, {})
        rows.append(row | {name: given.get(name) for name in STATED if not row[name] and given})
    return rows


@lasting
@with_context
def register_dispute(
    context: Context, title: str, host: str, parties: list[str], result: str
) -> str:
    """Enter how a dispute came out at this level in the book; its number.

    result: agreed, plan, to_meeting, to_mayor; listed while the departments have not agreed and
    the document goes up with what each of them says.
    """
    number = f"分歧〔{context.now.year}〕{context.take_number(DISPUTES.key)}号"
    office = context.directory
    context.add_record(
        DISPUTES.key,
        {
            "number": number,
            "title": title,
            "host": office.org_name(host),
            "parties": "、".join(office.org_name(each) for each in parties),
            "result": RESULTS[result],
            "at": context.now.isoformat(),
        },
    )
    return number


def status_after(result: str) -> str:
    """What the result makes of the dispute: closed, or open until somebody else decides."""
    return "closed" if result in SETTLED else REFERRED[result]


def _days(key: str, name: str, default: int) -> Convention:
    used = (f"分歧协调：{name}",)
    return Convention(
        key, f"{name}的天数", default, unit="个工作日", least=1, most=60, used_in=used
    )


PROCEDURE = Procedure(
    key="dispute_coordination",
    name="分歧协调",
    functions={
        **moments.FUNCTIONS,
        "ladder_done": ladder_done,
        "to_state": to_state,
        "register_dispute": register_dispute,
        "status_after": status_after,
    },
    registers=(DISPUTES,),
    description="主要负责人协商，不一致的列明分歧，由分管主办部门的市领导牵头协调。",
    clause="工作规则第三十三、三十四条",
    conventions=(
        _days("negotiate_days", "主要负责人协商", 5),
        _days("state_dispute_days", "列明分歧", 2),
        _days("coordinate_days", "分管领导牵头协调", 10),
    ),
)
