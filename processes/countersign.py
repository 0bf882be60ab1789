"""会签: called by procedures that touch other departments' duties (工作规则第三十三条)."""

from engine.conventions import Convention
from engine.procedure import Procedure
from processes.shared import moments, opinions

PROCEDURE = Procedure(
    key="countersign",
    name="会签",
    functions={**moments.FUNCTIONS, **opinions.FUNCTIONS},
    description="主办部门先签，各部门7个工作日内答复，逾期视为无不同意见。",
    clause="工作规则第三十三条",
    conventions=(
        Convention(
            key="countersign_host_days",
            name="会签中主办部门每步的天数",
            default=1,
            unit="个工作日",
            least=1,
            most=30,
            used_in=("选定会签部门", "主办部门主要负责人先签", "汇总会签意见"),
        ),
    ),
)
