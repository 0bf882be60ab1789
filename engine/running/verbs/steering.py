"""挂起、恢复、终止: the secretary-general, the office director, the system administrator steer.

While an instance rests nobody can do anything with it and no timer of it fires. Its statutory
deadlines run on all the same: they stop only where a rule says so (补正、有登记依据的暂缓), and a
suspension is neither. What came due meanwhile fires when it goes on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.errors import Finding
from engine.forms import Field
from engine.running import words
from engine.running.settle import Work
from engine.running.verbs import hands
from engine.running.verbs.telling import tell
from engine.running.verbs.verb import INSTANCE, Asked, NotNow, Values, Verb, reason, too_short
from engine.running.views import TERMINATED
from engine.storage import instances as rows
from engine.storage import jobs

if TYPE_CHECKING:
    from engine.running.settle import Case


class _Steering(Verb):
    """Of those who answer for the whole office."""

    on = INSTANCE
    of_stewards = True
    while_suspended = True

    def fields(self, asked: Asked) -> tuple[Field, ...]:
        return (reason(asked),)

    def check(self, asked: Asked, values: Values) -> Iterable[Finding]:
        return too_short(asked, values)


class Suspend(_Steering):
    """Let an instance rest."""

    key, label, about = "suspend", "挂起", "暂时停下这件，恢复以前谁都不能办"
    grave = True

    def refusal(self, asked: Asked) -> str | None:
        resting = NotNow("这件已经挂起。") if asked.instance.suspended_at is not None else None
        return hands.not_a_steward(asked) or _over(asked) or resting

    def consequences(self, asked: Asked, values: Values) -> tuple[str, ...]:
        return (
            *_open_steps(asked, "暂停办理"),
            "挂起期间办理时限照常计算，不因挂起停止；到期要做的事恢复时补做。",
        )

    def apply(self, case: Case, asked: Asked, values: Values) -> str:
        resting = {
            "suspended_at": asked.now,
            "suspended_by": asked.actor.person_id,
            "suspend_reason": values["reason"],
        }
        rows.rest(case.context.connection, asked.instance.id, resting)
        data = {"reason": values["reason"]}
        case.note("instance.suspended", actor_id=asked.actor.person_id, data=data)
        tell(case, asked, "suspended", _concerned(asked))
        return "已挂起。恢复以前，这件不能办理。"


class Resume(_Steering):
    """Let it go on."""

    key, label, about = "resume", "恢复", "让挂起的这件继续办理"

    def refusal(self, asked: Asked) -> str | None:
        going = NotNow("这件没有挂起。") if asked.instance.suspended_at is None else None
        return hands.not_a_steward(asked) or _over(asked) or going

    def consequences(self, asked: Asked, values: Values) -> tuple[str, ...]:
        since = words.moment(asked.instance.suspended_at)
        return (
            *_open_steps(asked, "继续办理"),
            f"自{since}起挂起；期间到期的提醒、截止现在补做。",
        )

    def apply(self, case: Case, asked: Asked, values: Values) -> str:
        nothing = {"suspended_at": None, "suspended_by": None, "suspend_reason": None}
        rows.rest(case.context.connection, asked.instance.id, nothing)
        jobs.release_held(case.context.connection, asked.instance.id)
        data = {"reason": values["reason"]}
        case.note("instance.resumed", actor_id=asked.actor.person_id, data=data)
        tell(case, asked, "resumed", _concerned(asked))
        return "已恢复，可以继续办理。"


class Terminate(_Steering):
    """End an instance for good."""

    key, label, about = "terminate", "终止", "这件到此为止，不再办理，不能恢复"
    grave = True
    moves_flow = True
    ends = True

    def refusal(self, asked: Asked) -> str | None:
        return hands.not_a_steward(asked) or _over(asked)

    def consequences(self, asked: Asked, values: Values) -> tuple[str, ...]:
        return (
            *_open_steps(asked, "作废"),
            "还没有到期的提醒和截止全部取消。",
            "已经写下的意见、文件和办理过程保留，可以查看。",
            "终止以后不能恢复；要再办须重新发起。",
        )

    def apply(self, case: Case, asked: Asked, values: Values) -> str:
        assert isinstance(case, Work)
        case.execution.cancel()
        case.ended_as = TERMINATED
        data = {"reason": values["reason"]}
        case.note("instance.terminated", actor_id=asked.actor.person_id, data=data)
        jobs.void_all(case.context.connection, asked.instance.id)
        tell(case, asked, "terminated", _concerned(asked))
        return "已终止。"


def _over(asked: Asked) -> NotNow | None:
    return None if asked.instance.state == "running" else NotNow("这件已经结束。")


def _open_steps(asked: Asked, what: str) -> tuple[str, ...]:
    office = asked.office
    found = []
    for each in asked.live:
        who = (
            office.person_name(each.assignee_id)
            if each.assignee_id
            else office.group_name(each.group_code or "")
        )
        found.append(f"“{each.element_name}”（{who}）{what}。")
    return tuple(dict.fromkeys(found))


def _concerned(asked: Asked) -> list[str | None]:
    return [asked.instance.started_by, *(each.assignee_id for each in asked.live)]
