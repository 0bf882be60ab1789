"""合法性审核: five to fifteen working days, never deemed passed (工作规则第三十四、三十六条).

国办发〔2018〕115号: the clock begins the day after the materials are complete and stands still
while they are being supplemented. When it runs out somebody is called; nothing is let through.
"""

from __future__ import annotations

from datetime import date, datetime

from engine.clock import parse_moment
from engine.conventions import Convention
from engine.procedure import Column, Context, Procedure, Register, lasting, with_context
from processes.shared import moments, opinions

RESULTS = {"pass": "合法", "pass_with_changes": "修改后合法", "fail": "不合法"}
BEYOND = "超越职权"
REVIEWS = Register(
    key="legal_review",
    name="合法性审核登记",
    columns=(
        Column("number", "登记号"),
        Column("opinion_no", "意见书编号"),
        Column("title", "标题"),
        Column("host", "送审单位"),
        Column("received_at", "收齐材料", "moment"),
        Column("result", "结论"),
        Column("issued_at", "出具时间", "moment"),
        Column("text", "送审文本校验值"),
    ),
    unique=("number",),
)


@with_context
def due_after(
    context: Context, due: str | None, received: str, days: int, paused: str | None
) -> str:
    """When the review is due once the materials are complete.

    The first time: `days` working days from the day after. After a supplement: the working days
    that were left when the clock stopped; a clock that had run out does not begin again.
    """
    if due is None or paused is None:
        return context.calendar.workdays_end(parse_moment(received), days).isoformat()
    left = _left(context, due, paused)
    if left <= 0:
        return due
    return context.calendar.workdays_end(parse_moment(received), left).isoformat()


@with_context
def earliest_after(
    context: Context, earliest: str | None, received: str, days: int, paused: str | None
) -> str:
    """The first moment a conclusion may come: the day on which the least time has been spent."""
    left = days
    if earliest is not None and paused is not None:
        left = _left(context, earliest, paused)
        if left <= 0:
            return earliest
    day = context.calendar.workdays_end(parse_moment(received), left).date()
    return parse_moment(f"{day.isoformat()}T00:00:00+08:00").isoformat()


@with_context
def pause_note(context: Context, paused: str | None, received: str, due: str | None) -> str | None:
    """How a supplement moved the deadline, for the screen that derives it; None without one."""
    if paused is None or due is None:
        return None
    left = max(0, _left(context, due, paused))
    stopped, resumed = (_words(parse_moment(each).date()) for each in (paused, received))
    return f"{stopped}要求补正，{resumed}收齐，期间不计，余{left}个工作日"


@lasting
@with_context
def register_review(
    context: Context,
    title: str,
    host: str,
    opinion_no: str | None,
    received: str | None,
    result: str,
    fail_kind: str | None,
    text: str | None,
) -> str:
    """Enter an issued opinion in the book; its number there.

    result: pass, pass_with_changes, fail; received: when the materials were complete, None when
    only the changes were looked at again; text: hash of the text the opinion is about.
    """
    number = f"审核〔{context.now.year}〕{context.take_number(REVIEWS.key)}号"
    context.add_record(
        REVIEWS.key,
        {
            "number": number,
            "opinion_no": opinion_no,
            "title": title,
            "host": context.directory.org_name(host),
            "received_at": received,
            "result": BEYOND if fail_kind == "ultra_vires" else RESULTS[result],
            "issued_at": context.now.isoformat(),
            "text": text,
        },
    )
    return number


def _left(context: Context, due: str, paused: str) -> int:
    """Working days after the day the clock stopped, up to the due day."""
    stopped: datetime = parse_moment(paused)
    return context.calendar.workdays_between(stopped.date(), parse_moment(due).date())


def _words(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _days(key: str, name: str, default: int) -> Convention:
    used = (f"合法性审核：{name}",)
    return Convention(
        key, f"{name}的天数", default, unit="个工作日", least=1, most=60, used_in=used
    )


PROCEDURE = Procedure(
    key="legal_review",
    name="合法性审核",
    functions={
        **moments.FUNCTIONS,
        "notify": opinions.notify,
        "due_after": due_after,
        "earliest_after": earliest_after,
        "pause_note": pause_note,
        "register_review": register_review,
    },
    registers=(REVIEWS,),
    description="报送材料，法制科核对，市司法局受理、审核、出具意见书；到期只升级催办。",
    clause="工作规则第三十四、三十六条",
    conventions=(
        _days("legal_submit_days", "报送送审材料", 2),
        _days("legal_check_days", "材料完备性审查", 1),
        _days("legal_accept_days", "司法局受理", 1),
        _days("legal_supplement_days", "补正材料", 5),
        _days("recheck_days", "按意见修改后的复核", 3),
    ),
)
