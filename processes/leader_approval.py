"""呈批: called to put a matter before the leaders (工作规则第三十四条)."""

from engine.procedure import Procedure
from processes.shared import moments

MARKED = "circulate"


def read_as(action: str, mode: str) -> str:
    """What an instruction decides: marking as read in an approving position counts as approval."""
    return "approve" if action == MARKED and mode == "approve" else action


def recorded_as(action: str, mode: str) -> str:
    """How it is recorded: the mark stays a mark (公文处理工作条例第二十二条), never an 'agreed'."""
    return "MARK_READ_AS_CONSENT" if action == MARKED and mode == "approve" else action


PROCEDURE = Procedure(
    key="leader_approval",
    name="呈批",
    functions={**moments.FUNCTIONS, "read_as": read_as, "recorded_as": recorded_as},
    description="依次呈办公室负责人、副秘书长、秘书长、分管副市长，重大事项报市长。",
    clause="工作规则第三十四条",
)
