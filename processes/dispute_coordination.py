"""分歧协调: heads negotiate, then a leader coordinates (工作规则第三十三、三十四条)."""

from __future__ import annotations

from typing import Any

from engine.conventions import Convention
from engine.procedure import Procedure
from processes.shared import moments

STATED = ("opinion", "basis", "suggestion")  # three things, all of them (第三十三条)
SETTLED = ("agreed", "plan")
REFERRED = {"to_meeting": "referred_meeting", "to_mayor": "referred_mayor"}
Rows = list[dict[str, Any]]


def ladder_done(parties: list[str], table: Rows) -> bool:
    """Whether heads have negotiated and the dispute is stated with every party that is left.

    Only who negotiated without result states a dispute, so a complete statement shows both steps.
    """
    stated = {row["party"] for row in table if all(row.get(each) for each in STATED)}
    return len(parties) > 0 and all(party in stated for party in parties)


def to_state(parties: list[str], table: Rows) -> Rows:
    """The statement to fill in: one row for every party that is left, what is known kept."""
    known = {row["party"]: row for row in table}
    empty = dict.fromkeys(STATED)
    return [{"party": party, **empty, **known.get(party, {})} for party in parties]


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
        "status_after": status_after,
    },
    description="主要负责人协商，不一致的列明分歧，由分管主办部门的市领导牵头协调。",
    clause="工作规则第三十三、三十四条",
    conventions=(
        _days("negotiate_days", "主要负责人协商", 5),
        _days("state_dispute_days", "列明分歧", 2),
        _days("coordinate_days", "分管领导牵头协调", 10),
    ),
)
