"""撤回: whoever did a step takes it back while nobody after him has done anything.

Drafts, signatures and added signers of the next step block it; that somebody has claimed it blocks
only where the office says so. What follows by itself (numbers, messages, deadlines that are over)
blocks it too. A document in approval is withdrawn by its own request, which is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from engine.errors import Finding
from engine.forms import Field
from engine.running import decisions, reopening, signers, words
from engine.running.settle import Work
from engine.running.verbs.verb import Asked, Values, Verb, reason, told, too_short
from engine.spiff import taking_back
from engine.storage import work_items

if TYPE_CHECKING:
    from engine.running.settle import Case

TAKEN_BACK = "已撤回重办"
ASKED_AGAIN = "前面的签批已撤回，重新送签"


class Withdraw(Verb):
    """Take back what one has just submitted."""

    key, label, about = "withdraw", "撤回", "下一步还没有办，收回来重办"
    moves_flow = True
    looks_back = True
    grave = True

    def fields(self, asked: Asked) -> tuple[Field, ...]:
        """A decision that was signed is not taken back without saying why."""
        if not _was_signed(asked):
            return (reason(asked, required=False),)
        return (
            reason(asked, "撤回理由", help="已签批的决定，须写明为什么撤回；办理过程里会记下。"),
        )

    def check(self, asked: Asked, values: Values) -> Iterable[Finding]:
        return too_short(asked, values) if _was_signed(asked) else ()

    def refusal(self, asked: Asked) -> str | None:
        item = asked.item
        assert item is not None
        if item.state != "done" or item.done_by != asked.actor.person_id:
            return "只有办理这一步的人，在办理之后才能撤回。"
        if item.kind not in signers.COUNTING:
            return "加签、委派和更正的内容已交回原办理人，不能撤回；请与他联系。"
        if item.instance_state != "running":
            return "这件已经结束，不能撤回。"
        if not _is_present(asked, item):
            return "这一步已经退回重办，不能再撤回。"
        beside = [each for each in asked.beside if each.id != item.id]
        if any(each.of_id == item.id for each in beside):
            return "您请的加签人已经接手，不能撤回；请先减签。"
        if any(each.state in ("open", "waiting") for each in beside):
            return _next_in_order(asked, beside)
        return self._after_all(asked)

    def _after_all(self, asked: Asked) -> str | None:
        """The step was complete: what has been done since?"""
        assert asked.back is not None
        undoing = asked.back.own
        if undoing is None:
            return None
        if undoing.refusals:
            return undoing.refusals[0]
        for item in asked.items:
            if item.task_id in undoing.undone and item.state == "done":
                return _done_already(asked, item)
            if item.task_id in undoing.closed and _is_present(asked, item):
                why = _touched(asked, item)
                if why is not None:
                    return why
        return None

    def consequences(self, asked: Asked, values: Values) -> tuple[str, ...]:
        assert asked.item is not None
        said = [f"“{asked.item.element_name}”回到您名下，您填过的内容还在，可以改后重新提交。"]
        for item in _vanishing(asked):
            who = asked.name(item.assignee_id) if item.assignee_id else "科室"
            said.append(f"已送{who}的“{item.element_name}”作废，会通知到人。")
        if _was_signed(asked):
            said.append("您的签批记录照原样保留，办理过程里记明已撤回；再提交时须重新签批。")
        said.append("从事实起算的法定时限不重新计算。")
        return tuple(said)

    def apply(self, case: Case, asked: Asked, values: Values) -> str:
        work, item = cast("Work", case), asked.item
        assert item is not None
        assert asked.back is not None
        draft = reopening.draft(work, item)
        beside = [each for each in asked.beside if each.id != item.id]
        undoing = asked.back.own
        data: dict[str, Any] = {"reason": values.get("reason")}
        if undoing is not None:
            data["elements"] = [list(each) for each in undoing.elements]
        work.note("item.withdrawn", data=data, **told(asked))
        if undoing is None:
            taking_back.open_afresh(work.execution, item.task_id)
        else:
            reopening.rewind(work, undoing, f"{asked.actor.name}已撤回上一步")
        reopening.enter_again(work, item.task_id, [each for each in beside if each.state == "done"])
        reopening.take_off(work, item, TAKEN_BACK)
        claimed = {"claimed_at": asked.now} if item.group_code else {}
        new = [reopening.again(work, item, draft=draft, **claimed)]
        new += self._needed_again(work, item)
        self._wait_again(work, item, beside)
        reopening.add(work, new)
        return f"已撤回，“{item.element_name}”回到您名下。"

    def _needed_again(self, work: Work, item: Any) -> list[dict[str, Any]]:
        """Those whose word was not wanted any more because of this signature."""
        dropped = work_items.dropped_of(
            work.context.connection, item.instance_id, item.task_id, item.epoch, signers.ENOUGH
        )
        for each in dropped:
            asked_again = {"void_reason": ASKED_AGAIN}
            work_items.update(work.context.connection, each.id, each.version, asked_again)
        return [reopening.again(work, each, draft=each.draft) for each in dropped]

    def _wait_again(self, work: Work, item: Any, beside: list[Any]) -> None:
        """In order: the next waits until he has signed again."""
        if item.policy != "ordered":
            return
        for each in beside:
            if each.state == "open" and each.position > item.position:
                waiting = {"state": "waiting", "opened_at": None, "due_at": None, "due_basis": None}
                work_items.update(work.context.connection, each.id, each.version, waiting)


def _was_signed(asked: Asked) -> bool:
    return asked.item is not None and decisions.is_signed(asked.definition, asked.item)


def _is_present(asked: Asked, item: Any) -> bool:
    """Whether an item belongs to the last opening of its step; a step may have been returned."""
    return all(each.epoch <= item.epoch for each in asked.items if each.task_id == item.task_id)


def _next_in_order(asked: Asked, beside: list[Any]) -> str | None:
    item = asked.item
    assert item is not None
    if item.policy != "ordered":
        return None
    for each in beside:
        if each.position > item.position:
            if each.state == "done":
                return _done_already(asked, each)
            why = _touched(asked, each)
            if why:
                return why
    return None


def _done_already(asked: Asked, item: Any) -> str:
    who = asked.name(item.done_by)
    return f"“{item.element_name}”已由{who}于{words.moment(item.done_at)}办理，不能撤回。"


def _touched(asked: Asked, item: Any) -> str | None:
    """What the next one has done with his item so far; None when nothing that counts."""
    step = f"“{item.element_name}”"
    if item.state == "done":
        return _done_already(asked, item)
    if item.draft_at is not None:
        return f"{step}已由{asked.name(item.assignee_id)}开始填写，不能撤回；请与他联系退回。"
    if item.held or item.kind != signers.MAIN:
        return f"{step}已请人加签或者委派，不能撤回；请与办理人联系退回。"
    if item.given_by_id is not None:
        return f"{step}已转办给{asked.name(item.assignee_id)}，不能撤回；请与他联系退回。"
    if item.claimed_at is not None and not asked.conventions["withdraw_after_claim"]:
        return f"{step}已由{asked.name(item.assignee_id)}认领，不能撤回；请与他联系退回。"
    return None


def _vanishing(asked: Asked) -> list[Any]:
    """The live items that become void by it."""
    if asked.back is None or asked.back.own is None:
        return []
    closed = asked.back.own.closed
    return [each for each in asked.items if each.task_id in closed and each.state != "done"]
