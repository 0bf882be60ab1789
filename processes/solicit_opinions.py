"""征求意见: departments, counties, and the public (工作规则第三十二、三十三条)."""

from __future__ import annotations

from engine.conventions import Convention
from engine.procedure import Procedure
from processes.shared import moments, opinions


def _days(key: str, name: str, default: int) -> Convention:
    used = (f"征求意见：{name}",)
    return Convention(
        key, f"{name}的天数", default, unit="个工作日", least=1, most=60, used_in=used
    )


PROCEDURE = Procedure(
    key="solicit_opinions",
    name="征求意见",
    functions={
        **moments.FUNCTIONS,
        **opinions.FUNCTIONS,
        "public_party": opinions.public_party,
        "public_answer": opinions.public_answer,
    },
    description="征求部门、县（市、区）意见，逾期视为无不同意见；公开征求只登记条数。",
    clause="工作规则第三十二、三十三条",
    conventions=(
        _days("solicit_draft_days", "编制征求意见稿", 1),
        _days("solicit_record_days", "登记公开征求情况", 2),
        _days("solicit_summary_days", "意见汇总与采纳", 2),
        _days("solicit_feedback_days", "反馈未采纳理由", 2),
    ),
)
