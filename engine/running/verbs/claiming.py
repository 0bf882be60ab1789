"""认领、退还科室: a section's work into one's own hands, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.running import completing, turns
from engine.running.verbs.verb import Asked, NotNow, Values, Verb, told

if TYPE_CHECKING:
    from engine.running.settle import Case


class Claim(Verb):
    """Take a group's item into one's own hands."""

    key, label, about = "claim", "认领", "归您办理，同事不能再办"
    quick = True

    def refusal(self, asked: Asked) -> str | None:
        why = _others(asked)
        if why is not None:
            return why
        assert asked.item is not None
        return None if asked.item.assignee_id is None else NotNow("这件已在您名下，不用再认领。")

    def apply(self, case: Case, asked: Asked, values: Values) -> str:
        columns = {"assignee_id": asked.actor.person_id, "claimed_at": asked.now}
        turns.change(case, asked.item, columns)
        case.note("item.claimed", **told(asked))
        return "已认领。"


class Release(Verb):
    """Give a claimed item back to its group."""

    key, label, about = "release", "退还科室", "草稿保留，由同事认领"
    quick = True

    def refusal(self, asked: Asked) -> str | None:
        why = _others(asked)
        if why is not None:
            return why
        assert asked.item is not None
        if asked.item.group_code is None:
            return "这件直接送您办理，不是从科室认领的，不能退还。"
        return None if asked.item.assignee_id is not None else NotNow("这件还没有人认领。")

    def apply(self, case: Case, asked: Asked, values: Values) -> str:
        turns.change(case, asked.item, {"assignee_id": None, "claimed_at": None})
        case.note("item.released", **told(asked))
        return "已退还给科室。"


def _others(asked: Asked) -> str | None:
    """Why it is not this person's; of two colleagues the second comes too late."""
    item, actor = asked.item, asked.actor
    why = completing.refusal(item, actor, asked.office)
    might = item is not None and item.group_code in actor.groups and actor.has("staff")
    return NotNow(why) if why is not None and might else why
