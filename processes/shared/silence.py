"""Where silence may count as “no objection”, and where never (工作规则第三十三条第二款).

The clause names two things: departments consulting one another, and countersigning. Everything
else that waits for an answer waits until it comes.
"""

from __future__ import annotations

from collections.abc import Mapping

COUNTS = ("countersign", "opinion")  # property `reply` of a step that asks: 会签, 征求意见
LAW_OFFICE = "law_governance_office"
WRITTEN_ONLY = frozenset({LAW_OFFICE})  # bodies of the party are consulted in writing, see README
LEADERS = frozenset(
    {
        "mayor",
        "executive_vice_mayor",
        "vice_mayor",
        "secretary_general",
        "deputy_secretary_general",
        "office_director",
    }
)
NEVER = {
    "legal_review": "合法性审核没有“逾期视为无不同意见”：到期只升级催办（工作规则第三十四条）",
    "law_office": "商市委依法治市办须取得书面意见，不适用“视为”（工作规则第二十八条）",
    "leader": "领导审核、批示没有“逾期视为同意”：到期只催办，不代签（工作规则第三十四条）",
    "assist": "协办意见不适用“视为”：没有反馈的如实记为未收到（推论）",
    "consent": "须实体同意的单位不适用“视为”：到期催办，可转入协商（推论）",
    "unnamed": "“视为”只用于部门之间征求意见和会签：请写明 reply=countersign 或 "
    "opinion（工作规则第三十三条第二款）",
}


def refuse_silence(step: Mapping[str, str]) -> str | None:
    """Why silence may never answer a step with these properties; None when it may."""
    roles = {each.strip() for each in step.get("role", "").split(",")}
    if "legal_reviewer" in roles:
        return NEVER["legal_review"]
    if roles & LEADERS:
        return NEVER["leader"]
    if LAW_OFFICE in step.get("org", ""):
        return NEVER["law_office"]
    if "party" not in step or step.get("reply") in COUNTS:
        return None
    return NEVER.get(step.get("reply", ""), NEVER["unnamed"])
