"""会签: called by procedures that touch other departments' duties (工作规则第三十三条)."""

from engine.procedure import Procedure
from processes.shared import moments, opinions

PROCEDURE = Procedure(
    key="countersign",
    name="会签",
    functions={**moments.FUNCTIONS, **opinions.FUNCTIONS},
    description="主办部门先签，各部门7个工作日内答复，逾期视为无不同意见。",
    clause="工作规则第三十三条",
)
