"""退回: the flow goes back to a step that was done, or only its person is asked to correct it.

Where the drawing has a way back (a button of the form), that way is taken; going back by itself is
possible only where the step allows it (`verbs`) and nothing is drawn. Walking again undoes exactly
what followed from the step; correcting alone leaves the flow where it is and brings the item back
to who returned it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from engine.errors import Finding
from engine.forms import Field, ways_back
from engine.ids import new_id
from engine.running import completing, reopening, signers, turns, words
from engine.running.item_forms import form_of
from engine.running.settle import Work, note_opened
from engine.running.verbs import hands
from engine.running.verbs.verb import Asked, Values, Verb, reason, told, too_short
from engine.storage import work_items

if TYPE_CHECKING:
    from engine.running.backwards import Way
    from engine.running.settle import Case

WALK, DIRECT = "walk", "direct"
MODES = ((WALK, "按流程重走"), (DIRECT, "改后直接送回我"))
RETURNED = "return"  # the outcome of the item that was returned
NOWHERE = "在这一步之前没有可以退回的步骤。"


class Return(Verb):
    """Give an item back to a step before it."""

    key, label, about = "return", "退回", "退回到已办过的一步，须写明理由"
    moves_flow = True
    looks_back = True
    grave = True

    def allowed(self, asked: Asked) -> bool:
        """Also where it is drawn: then it takes that way."""
        return bool(drawn(asked)) or super().allowed(asked)

    def fields(self, asked: Asked) -> tuple[Field, ...]:
        shortest = asked.conventions["verb_reason_length"]
        why = reason(
            asked, "退回理由", help=f"对方会看到，办理过程里会记下；不少于{shortest}个字（约定）。"
        )
        ways = drawn(asked)
        if ways:
            return (Field("outcome", "退到哪里", "enum", required=True, options=ways), why)
        options = tuple((each.undoing.task_id, _place(asked, each)) for each in _ways(asked))
        target = Field("target", "退回到", "enum", required=True, options=options)
        mode = Field("mode", "改好以后", "enum", required=True, options=_modes(asked))
        return (target, mode, why)

    def refusal(self, asked: Asked) -> str | None:
        why = hands.not_in_hand(asked)
        if why is not None:
            return why
        assert asked.item is not None
        if asked.item.kind != signers.MAIN:
            return "加签、委派和更正只回到请您办理的人，不能退回到别的步骤。"
        if drawn(asked):
            button = "、".join(f"“{label}”" for _, label in drawn(asked))
            return f"这一步的退回在表单上：请用{button}。" if asked.back is None else None
        return None if _ways(asked) else NOWHERE

    def check(self, asked: Asked, values: Values) -> Iterable[Finding]:
        yield from too_short(asked, values)
        if values.get("mode") != DIRECT:
            return
        way = _way(asked, values)
        if not way.alone:
            yield Finding(
                "这一步填写的内容决定了以后的流程，改后须按流程重走，不能直接送回。", "mode"
            )
        elif way.item.done_by in hands.holders(asked):
            yield Finding(
                f"{asked.name(way.item.done_by)}正在办这一步，不能同时更正；请选按流程重走。",
                "mode",
            )
        else:
            yield from hands.away(asked, [way.item.done_by], "mode")

    def consequences(self, asked: Asked, values: Values) -> tuple[str, ...]:
        item = asked.item
        assert item is not None
        if "outcome" in values:
            label = dict(drawn(asked))[values["outcome"]]
            return (f"按流程图上的“{label}”办理，理由作为意见一并提交。",)
        way = _way(asked, values)
        step, who = way.item.element_name, asked.name(way.item.done_by)
        if values["mode"] == DIRECT:
            return (
                f"{who}更正“{step}”的内容，改好后直接回到您这里；流程不动。",
                "其他人办过的、正在办的都照旧。",
                "办理时限照常计算。",
            )
        said = [f"“{step}”重新送{who}办理，填过的内容还在；以后的步骤按流程重走。"]
        undone = _steps(asked, [each for each in asked.items if _undone(each, way)])
        if undone:
            said.append(f"已办的{undone}作废，须重新办理；已写的意见仍在办理过程里。")
        closed = _steps(asked, [each for each in _closed(asked, way) if each.id != item.id])
        if closed:
            said.append(f"正在办的{closed}取消，会通知到人。")
        said.append("从事实起算的法定时限不重新计算。")
        return tuple(said)

    def apply(self, case: Case, asked: Asked, values: Values) -> str:
        work, item = cast("Work", case), asked.item
        assert item is not None
        if "outcome" in values:
            typed = (item.draft or {}).get("values", {})
            why = values["reason"]
            completing.complete(work, item, asked.actor, typed, values["outcome"], why)
            return "已退回。"
        way = _way(asked, values)
        if values["mode"] == DIRECT:
            return _correct(work, asked, way, values["reason"])
        return _walk(work, asked, way, values["reason"])


def drawn(asked: Asked) -> tuple[tuple[str, str], ...]:
    """The buttons of the step's form that give it back: (value, label)."""
    item = asked.item
    if item is None:
        return ()
    return ways_back(form_of(asked.definition, item), asked.properties.get("outcomes", ""))


def _walk(work: Work, asked: Asked, way: Way, why: str) -> str:
    item, step = asked.item, way.item.element_name
    assert item is not None
    _close_own(work, asked, why)
    others = [each for each in work.live_items if each.task_id in way.undoing.closed]
    data = _data(asked, way, WALK, why) | {
        "elements": [list(each) for each in way.undoing.elements],
        "voided": list(dict.fromkeys(each.element_name for each in others)),
    }
    work.note("item.returned", data=data, **told(asked))
    reopening.rewind(work, way.undoing, f"已退回到“{step}”")
    before = [
        each
        for each in asked.items
        if (each.task_id, each.epoch) == (way.item.task_id, way.item.epoch) and each.state == "done"
    ]
    new = reopening.offer_anew(work, way.item.task_id, before)
    for each in new:
        if each["state"] == "open" and each["assignee_id"] is not None:
            _tell(work, asked, "returned", each)
    return f"已退回到“{step}”。"


def _close_own(work: Work, asked: Asked, why: str) -> None:
    """Who returns it has done his part: it stands in the history with his reason."""
    columns = {
        "state": "done",
        "done_at": asked.now,
        "done_by": asked.actor.person_id,
        "outcome": RETURNED,
        "comment": why,
        "draft": None,
        "draft_at": None,
    }
    turns.change(work, asked.item, columns)


def _correct(work: Work, asked: Asked, way: Way, why: str) -> str:
    """Only the person is asked; the flow stays where it is."""
    item, was = asked.item, way.item
    assert item is not None
    turns.change(work, item, {"state": "waiting", "held": True})
    step = {
        name: getattr(was, name) for name in ("process_key", "element_id", "element_name", "form")
    }
    row = signers.added(
        signers.CORRECTION,
        item,
        was.done_by,
        asked.actor.person_id,
        item.position,
        id=new_id(),
        opened_at=asked.now,
        draft=reopening.draft(work, was),
        **step,
    )
    work_items.insert(work.context.connection, [row])
    work.note("item.returned", data=_data(asked, way, DIRECT, why), **told(asked))
    note_opened(work, row)
    _tell(work, asked, "correct", row)
    work.live_items = work_items.of_instance(
        work.context.connection, work.context.instance_id, work_items.LIVE
    )
    return f"已请{asked.name(was.done_by)}更正“{was.element_name}”，改好后回到您这里。"


def _tell(work: Work, asked: Asked, kind: str, item: Mapping[str, Any]) -> None:
    """That it has come back, instead of that something new has come."""
    work.context.tell(
        kind,
        [item["assignee_id"]],
        work_item_id=item["id"],
        step=item["element_name"],
        by=asked.actor.name,
    )
    work.told.add(item["id"])


# ---- words -----------------------------------------------------------------------------------


def _ways(asked: Asked) -> tuple[Way, ...]:
    return asked.back.ways if asked.back is not None else ()


def _way(asked: Asked, values: Values) -> Way:
    return next(each for each in _ways(asked) if each.undoing.task_id == values["target"])


def _modes(asked: Asked) -> tuple[tuple[str, str], ...]:
    busy = hands.holders(asked)
    possible = any(each.alone and each.item.done_by not in busy for each in _ways(asked))
    return MODES if possible else MODES[:1]


def _place(asked: Asked, way: Way) -> str:
    """登记　张某某［上一步］（2026年2月11日10:00）: with what it is to the reader."""
    item = way.item
    marks = []
    if way is _ways(asked)[0]:
        marks.append("上一步")
    if asked.instance is not None and item.done_by == asked.instance.started_by:
        marks.append("发起人")
    mark = f"［{'、'.join(marks)}］" if marks else ""
    return f"{item.element_name}　{asked.name(item.done_by)}{mark}（{words.moment(item.done_at)}）"


def _data(asked: Asked, way: Way, mode: str, why: str) -> dict[str, Any]:
    return {
        "to": way.item.element_name,
        "person": asked.name(way.item.done_by),
        "reason": why,
        "mode": dict(MODES)[mode],
    }


def _undone(item: Any, way: Way) -> bool:
    return item.state == "done" and item.task_id in way.undoing.undone


def _closed(asked: Asked, way: Way) -> list[Any]:
    return [each for each in asked.live if each.task_id in way.undoing.closed]


def _steps(asked: Asked, items: Iterable[Any]) -> str:
    """“拟办”（张某某）、“审核”（文书科）."""
    named = []
    for each in items:
        who = each.done_by or each.assignee_id
        hand = asked.name(who) if who else asked.office.group_name(each.group_code)
        named.append(f"“{each.element_name}”（{hand}）")
    return "、".join(dict.fromkeys(named))
