"""传阅、抄送、已阅: an instance is shown to others. It never holds anything up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from engine.errors import Finding
from engine.forms import Field
from engine.ids import new_id
from engine.running.verbs import hands
from engine.running.verbs.telling import tell
from engine.running.verbs.verb import INSTANCE, Asked, Values, Verb
from engine.storage import readings

if TYPE_CHECKING:
    from engine.running.settle import Case

MOST = 100  # persons at once


class _Sending(Verb):
    """Show an instance to people."""

    on = INSTANCE
    guarded = False
    while_suspended = True
    ended = True
    wish: ClassVar[str]
    notice: ClassVar[str]

    def fields(self, asked: Asked) -> tuple[Field, ...]:
        people = hands.staff(asked)
        note = Field("note", "附言", "text", max_length=200, help="可以不写。")
        return (hands.persons_field(asked, "送给谁", people), note)

    def refusal(self, asked: Asked) -> str | None:
        if not asked.actor.has("staff"):
            return "您的账号不办理公文，不能送别人阅看。"
        return None

    def check(self, asked: Asked, values: Values) -> Iterable[Finding]:
        if len(values["persons"]) > MOST:
            yield Finding(f"一次最多送{MOST}人。", "persons")
        if not _new(asked, values):
            yield Finding("选的人都已经送过，还没有阅看，不用再送。", "persons")

    def consequences(self, asked: Asked, values: Values) -> tuple[str, ...]:
        new = "、".join(asked.name(each) for each in _new(asked, values))
        return (f"{new}可以看到这件的全部内容。", self.wish, "流程照常进行，不等他们。")

    def apply(self, case: Case, asked: Asked, values: Values) -> str:
        people = _new(asked, values)
        rows = [
            {
                "id": new_id(),
                "instance_id": asked.instance.id,
                "kind": self.key,
                "person_id": person,
                "sent_by_id": asked.actor.person_id,
                "sent_at": asked.now,
                "note": values.get("note"),
            }
            for person in people
        ]
        readings.insert(case.context.connection, rows)
        names = [asked.name(each) for each in people]
        data = {"people": names, "note": values.get("note")}
        kind = "instance.circulated" if self.key == "circulate" else "instance.copied"
        case.note(kind, actor_id=asked.actor.person_id, data=data)
        tell(case, asked, self.notice, people)
        return f"已{self.label}{'、'.join(names)}。"


class Circulate(_Sending):
    """Show it, and ask for a receipt."""

    key, label, about = "circulate", "传阅", "送别人阅看并请回“已阅”，不影响流程"
    wish = "请他们看后点“已阅”，谁看了、什么时候看的都有记录。"
    notice = "circulated"


class Copy(_Sending):
    """Show it, for information."""

    key, label, about = "cc", "抄送", "让别人知道这件，不影响流程"
    wish = "供他们了解，点“已阅”后从待阅里移走。"
    notice = "copied"


class Acknowledge(Verb):
    """Say that one has read it."""

    key, label, about = "acknowledge", "已阅", "告诉送阅的人您看过了"
    on = INSTANCE
    guarded = False
    while_suspended = True
    ended = True

    def fields(self, asked: Asked) -> tuple[Field, ...]:
        return (Field("remark", "阅后意见", "text", max_length=500, help="可以不写。"),)

    def refusal(self, asked: Asked) -> str | None:
        return None if _unread(asked) else "这件没有送您阅看，或者您已经看过。"

    def consequences(self, asked: Asked, values: Values) -> tuple[str, ...]:
        senders = dict.fromkeys(asked.name(each.sent_by_id) for each in _unread(asked))
        return (f"{'、'.join(senders)}会看到您已阅。", "这件从您的待阅里移走。")

    def apply(self, case: Case, asked: Asked, values: Values) -> str:
        mine, remark = _unread(asked), values.get("remark")
        ids = [each.id for each in mine]
        readings.mark_read(case.context.connection, ids, asked.now, remark)
        data = {"remark": remark}
        case.note("instance.read", actor_id=asked.actor.person_id, data=data)
        tell(case, asked, "read", [each.sent_by_id for each in mine])
        return "已记为已阅。"


def _unread(asked: Asked) -> list[Any]:
    me = asked.actor.person_id
    return [each for each in asked.readings if each.person_id == me and each.read_at is None]


def _new(asked: Asked, values: Values) -> list[str]:
    """Of those chosen, whoever does not have it to read already."""
    waiting = {each.person_id for each in asked.readings if each.read_at is None}
    return [each for each in values["persons"] if each not in waiting]
