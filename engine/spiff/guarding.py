"""Around everything the library does: the moment its timers see, and its exceptions as ours."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from SpiffWorkflow.exceptions import SpiffWorkflowException

from engine.errors import GuichengError, ProcedureFault
from engine.spiff import waiting

OF_TIMERS = ("event_definitions/timer.py", "spiff/provisional.py")


class Guard:
    """Sets the moment for timers and turns the library's exceptions into ours."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __enter__(self) -> None:
        self.token = waiting.moment.set(self.moment)

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        waiting.moment.reset(self.token)
        if error is None or isinstance(error, GuichengError):
            return
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, GuichengError):
                raise ProcedureFault(fault(error, cause.message)) from error
            cause = getattr(cause, "exception", None) or cause.__cause__
        if isinstance(error, SpiffWorkflowException):
            raise ProcedureFault(fault(error, str(error))) from error
        if _in_a_timer(trace):
            words = "定时应为时刻、时长或周期的文本，实为别的内容。"
            raise ProcedureFault(fault(error, words)) from error
        if isinstance(error, RecursionError):
            raise ProcedureFault(fault(error, "形成没有出口的循环。")) from error


def _in_a_timer(trace: Any) -> bool:
    """Whether the failure is about a moment that was given."""
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.endswith(OF_TIMERS):
            return True
        trace = trace.tb_next
    return False


def fault(error: BaseException, detail: str) -> str:
    spec = getattr(error, "task_spec", None)
    where = getattr(spec, "bpmn_name", None) or getattr(spec, "name", None) or "某一步"
    return (
        f"流程在“{where}”的计算没有成功：{detail}本次操作没有生效，内容没有丢。请告诉流程设计人员。"
    )
