"""Who signs a step, who has read what was sent round, what was said beside it. For the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from engine.deeds import Reading, Remark, SignerRow
from engine.running import signers
from engine.running.signers import Activation, Signer
from engine.running.views import hands

if TYPE_CHECKING:
    from engine.directory import Directory

ORDER = {"done": 0, "open": 1, "waiting": 2}


def progress(beside: Sequence[Any]) -> str | None:
    """3人签批，已签1人（全部签批）; None where one person signs. beside: items of an activation."""
    if len(beside) < 2:
        return None
    first = beside[0]
    return signers.progress(
        Activation(first.policy, first.share, [Signer.of(each) for each in beside])
    )


def rows(beside: Sequence[Any], office: Directory) -> tuple[SignerRow, ...]:
    """One line a signer, in the order of signing; none where one person signs."""
    if len(beside) < 2:
        return ()
    ordered = sorted(beside, key=lambda each: (each.position, ORDER[each.state], each.id))
    return tuple(_row(each, office) for each in ordered)


def _row(item: Any, office: Directory) -> SignerRow:
    state = "held" if item.held else {"open": "now"}.get(item.state, item.state)
    words = {
        "done": "已签",
        "now": "正在办理",
        "held": "等加签人、受委派人办完",
        "waiting": "还没有轮到",
    }
    who = hands(item.assignee_id, item.group_code, office)
    return SignerRow(
        id=item.id,
        person=who or "——",
        part=signers.kind_word(item),
        state=state,
        words=words[state],
        at=item.done_at,
        outcome=item.outcome,
        added_by=office.person_name(item.given_by_id) if item.given_by_id else None,
    )


def readings(found: Sequence[Any], office: Directory) -> tuple[Reading, ...]:
    """To whom an instance was sent, and who has read it."""
    return tuple(
        Reading(
            kind=each.kind,
            person=office.person_name(each.person_id),
            sent_by=office.person_name(each.sent_by_id),
            sent_at=each.sent_at,
            note=each.note,
            read_at=each.read_at,
            remark=each.remark,
        )
        for each in found
    )


def remarks(links: Sequence[Mapping[str, Any]], office: Directory) -> tuple[Remark, ...]:
    """What was said beside the flow, newest first."""
    told = [
        Remark(link["at"], office.person_name(link["actor_id"]), link["data"]["text"])
        for link in links
    ]
    return tuple(reversed(told))
