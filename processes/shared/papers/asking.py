"""会签单, 意见采纳情况表, 分歧意见对照表 (05 §5.2; 工作规则第三十二、三十三条)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.paper import Answered, Grid, Happened, Sheet, Text
from processes.shared.papers import wording
from processes.shared.papers.wording import BY_THE_SYSTEM, DEEMED, NO_SIGNATURE, text

SILENCE = "DEEMED_NO_OBJECTION"
COUNTERSIGNING = (
    *("部门", "送达时间", "到期时间", "回复时间"),
    *("结论", "意见", "主要负责人签字", "采纳情况"),
)
CONCLUSIONS = {
    "agree": "同意",
    "object": "有意见",
    "not_ours": "不涉及本单位职权",
    "no_reply_escalate": "未作答复，报请协调",
    "LATE_OPINION": "逾期后提出的意见",
    SILENCE: DEEMED,
}


def countersign_sheet(happened: Happened) -> Sheet | None:
    """What every department that was asked has answered, or that its time ran out."""
    answers = happened.answers_to("countersign")
    if not answers:
        return None
    adopted = _adopted(happened)
    rows = tuple(
        (
            each.party,
            wording.moment(each.sent_at),
            wording.moment(each.due_at),
            "" if each.type == SILENCE else wording.moment(each.at),
            CONCLUSIONS.get(each.type, each.type),
            BY_THE_SYSTEM if each.type == SILENCE else text(each.opinion),
            NO_SIGNATURE if each.type == SILENCE else text(each.person),
            adopted.get(each.party, ""),
        )
        for each in answers
    )
    grid = Grid(COUNTERSIGNING, rows, _silent(answers))
    foot = tuple(
        f"主办部门主要负责人：{wording.signature(said)}　{wording.day(said.at)}"
        for said in happened.said_at("UT_host_sign")[-1:]
    )
    return Sheet(f"会签单　{happened.row.title}", (grid,), closing=foot, wide=True)


def opinion_table(happened: Happened) -> Sheet | None:
    """Which opinions were asked for, came in, and what was made of each."""
    answers = [*happened.answers_to("solicit_opinions"), *happened.answers_to("countersign")]
    if not answers:
        return None
    adopted = _adopted(happened)
    rows = tuple(
        (
            str(number),
            each.party,
            _conclusion(each),
            BY_THE_SYSTEM if each.type == SILENCE else text(each.opinion) or "无",
            text(each.basis) if each.type != SILENCE else "",
            adopted.get(each.party, ""),
        )
        for number, each in enumerate(answers, 1)
    )
    grid = Grid(("序号", "单位", "结论", "意见", "理据", "采纳情况和理由"), rows, _silent(answers))
    return Sheet(f"意见采纳情况表　{happened.row.title}", (grid,), wide=True)


def dispute_table(happened: Happened) -> Sheet | None:
    """Who stands where when departments have not agreed, and what the host proposes."""
    stated = happened.entered("dispute_table")
    if stated is None or not stated.value:
        return None
    responses = _adopted(happened)
    rows = tuple(
        (
            wording.organisation(happened, each.get("party"), stated.at),
            text(each.get("opinion")),
            text(each.get("basis")),
            responses.get(wording.organisation(happened, each.get("party"), stated.at), ""),
            text(each.get("suggestion")),
        )
        for each in stated.value
    )
    grid = Grid(("单位", "意见", "理据", "主办部门的回应", "主办部门的办理建议"), rows)
    parts: list[Grid | Text] = [grid]
    for name, heading in (("negotiate_record", "主要负责人协商情况"), ("coord_note", "协调结果")):
        note = happened.last(name)
        if note:
            parts.append(Text(heading, (text(note),)))
    return Sheet(f"分歧意见对照表　{happened.row.title}", tuple(parts), wide=True)


def _conclusion(answer: Answered) -> str:
    """Who is only asked for an opinion has none, where who countersigns agrees."""
    if answer.process == "solicit_opinions" and answer.type == "agree":
        return "无意见"
    return CONCLUSIONS.get(answer.type, answer.type)


def _silent(answers: list[Answered]) -> frozenset[int]:
    return frozenset(n for n, each in enumerate(answers) if each.type == SILENCE)


def _adopted(happened: Happened) -> dict[str, str]:
    """Organisation → 采纳 / 不采纳：reason, from the summaries entered last."""
    found: dict[str, str] = {}
    for entry in happened.facts:
        if entry.name == "adoption" and isinstance(entry.value, list):
            for each in entry.value:
                party = wording.organisation(happened, each.get("dept"), entry.at)
                found[party] = _adoption(each)
    return found


def _adoption(row: Mapping[str, Any]) -> str:
    reason = text(row.get("reason"))
    words = "采纳" if row.get("adopted") else "不采纳"
    return f"{words}：{reason}" if reason else words
