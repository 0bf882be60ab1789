"""合法性审核意见书 (05 §5.0; 工作规则第三十四条): conclusion, comments, who, when, number."""

from __future__ import annotations

from engine.paper import Facts, Happened, Sheet, Text
from processes.shared.papers import wording
from processes.shared.papers.wording import text, told_moment

RESULTS = {
    "pass": "合法",
    "pass_with_changes": "修改后合法",
    "fail": "不合法",
}
ULTRA_VIRES = "超越职权"


def legal_opinion(happened: Happened) -> Sheet | None:
    """The judicial bureau's opinion, once it has been issued under its number."""
    issued = happened.entered("legal_opinion_no")
    result = happened.entered("review_result")
    if issued is None or not issued.value or result is None:
        return None
    reviewer = happened.office.person_name(result.person_id) if result.person_id else ""
    signer = happened.office.person_name(issued.person_id) if issued.person_id else ""
    facts = Facts(
        (
            ("送审文件", happened.row.title),
            ("送审单位", happened.row.sender or ""),
            ("收齐材料", told_moment(happened.last("legal_received_at"))),
            ("审核结论", _conclusion(happened, text(result.value))),
        )
    )
    comments = text(happened.last("review_comments")) or "无修改意见。"
    listed = tuple(each for each in comments.splitlines() if each.strip())
    note = "本意见只就送审文本的合法性提出；文本改动后须重新审核（工作规则第三十四条）。"
    closing = (f"审核人：{reviewer}", f"签发人：{signer}", wording.day(issued.at))
    parts = (facts, Text("审核意见", listed), Text("说明", (note,)))
    return Sheet("合法性审核意见书", parts, number=text(issued.value), closing=closing)


def _conclusion(happened: Happened, result: str) -> str:
    beyond = result == "fail" and happened.last("fail_kind") == "ultra_vires"
    return ULTRA_VIRES if beyond else RESULTS.get(result, result)
