"""留言: a word beside the flow that everybody who may see the instance can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.forms import Field
from engine.running.verbs.telling import tell
from engine.running.verbs.verb import INSTANCE, Asked, Values, Verb

if TYPE_CHECKING:
    from engine.running.settle import Case

KIND = "instance.commented"


class Comment(Verb):
    """Leave a word. It decides nothing and is never taken away."""

    key, label, about = "comment", "留言", "写一句话给一起办这件的人看，不影响流程"
    on = INSTANCE
    guarded = False
    while_suspended = True
    ended = True

    def fields(self, asked: Asked) -> tuple[Field, ...]:
        return (Field("text", "留言", "textarea", required=True, max_length=1000),)

    def refusal(self, asked: Asked) -> str | None:
        return None if asked.actor.has("staff") else "您的账号不办理公文，不能留言。"

    def consequences(self, asked: Asked, values: Values) -> tuple[str, ...]:
        return ("能看到这件的人都能看到，发出后不能删改。", "现在的办理人和发起人会收到提醒。")

    def apply(self, case: Case, asked: Asked, values: Values) -> str:
        data = {"text": values["text"].strip()}
        case.note(KIND, actor_id=asked.actor.person_id, data=data)
        people = [asked.instance.started_by, *(each.assignee_id for each in asked.live)]
        tell(case, asked, "commented", people)
        return "留言已发出。"
