"""Asking for another procedure to be started: a topic for a meeting, a supervised task.

Long-running matters do not hold up the document they come from: they are instances of their own. As
long as a procedure is not deployed, what was asked for stands in the book 待立项 and its section is
told; nothing fails and nothing is pretended.
"""

from __future__ import annotations

from engine.procedure import Column, Context, Register, lasting, with_context

PENDING = Register(
    key="pending_start",
    name="待立项登记簿",
    columns=(
        Column("number", "序号"),
        Column("procedure", "待立项的事项"),
        Column("title", "来源公文"),
        Column("reg_no", "收文号"),
        Column("section", "承接科室"),
        Column("asked_at", "提出时间", "moment"),
    ),
    unique=("number",),
)
ASKED = {
    "meeting_topic": ("会议议题", "meeting_section"),
    "supervision_13710": ("督办立项", "supervision_section"),
}


@lasting
@with_context
def start_linked(context: Context, process: str, title: str | None, reg_no: str | None) -> str:
    """Enter the matter in 待立项 and tell the section that takes it up; the entry's number."""
    name, section = ASKED[process]
    number = f"待立〔{context.now.year}〕{context.take_number(PENDING.key)}号"
    context.add_record(
        PENDING.key,
        {
            "number": number,
            "procedure": name,
            "title": title,
            "reg_no": reg_no,
            "section": context.directory.post_name(section),
            "asked_at": context.now.isoformat(),
        },
    )
    context.notify(
        section, f"{name}：{title or ''}（{reg_no or '未编号'}），登记为{number}，请立项。"
    )
    return number
