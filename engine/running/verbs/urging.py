"""催办: remind who has a step, at most once in a while."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from engine.errors import Conflict
from engine.forms import Field
from engine.running import words
from engine.running.verbs.telling import tell
from engine.running.verbs.verb import Asked, NotNow, Values, Verb, told
from engine.running.views import hands as in_whose_hands
from engine.storage import work_items

if TYPE_CHECKING:
    from engine.running.settle import Case


class Urge(Verb):
    """Remind whoever has the step. Everybody who may see the instance may, but for himself."""

    key, label, about = "urge", "催办", "提醒办理人尽快办，会记入办理过程"
    guarded = False

    def fields(self, asked: Asked) -> tuple[Field, ...]:
        return (Field("note", "附言", "text", max_length=200, help="可以不写。"),)

    def refusal(self, asked: Asked) -> str | None:
        item = asked.item
        assert item is not None
        if item.state != "open":
            return "这一步现在没有人在办，不用催办。"
        mine = item.group_code in asked.actor.groups and item.assignee_id is None
        if mine or item.assignee_id == asked.actor.person_id:
            return "这一步在您自己手里。"
        if not (asked.actor.has("staff") or asked.actor.has("manager")):
            return "您的账号不办理公文，不能催办。"
        return self._too_soon(asked)

    def _too_soon(self, asked: Asked) -> str | None:
        assert asked.item is not None
        last, pause = asked.item.urged_at, _pause(asked)
        if last is None or asked.now - last >= pause:
            return None
        again = words.moment(last + pause)
        return NotNow(f"这一步{words.moment(last)}已经催办过，{again}以后可以再催（约定）。")

    def consequences(self, asked: Asked, values: Values) -> tuple[str, ...]:
        item = asked.item
        assert item is not None
        who = in_whose_hands(item.assignee_id, item.group_code, asked.office)
        hours = asked.conventions["urge_pause_hours"]
        return (f"提醒{who}办理“{item.element_name}”。", f"{hours}小时内不能重复催办（约定）。")

    def apply(self, case: Case, asked: Asked, values: Values) -> str:
        item = asked.item
        assert item is not None
        since = asked.now - _pause(asked)
        if not work_items.note_urged(case.context.connection, item.id, asked.now, since):
            raise Conflict("别人刚刚催办过这一步，不用再催。")
        who = in_whose_hands(item.assignee_id, item.group_code, asked.office)
        own = told(asked)
        case.note("item.urged", data={"person": who, "note": values.get("note")}, **own)
        people = [item.assignee_id] if item.assignee_id else _members(asked, item.group_code)
        tell(case, asked, "urged", people)
        return f"已催办{who}。"


def _pause(asked: Asked) -> timedelta:
    return timedelta(hours=asked.conventions["urge_pause_hours"])


def _members(asked: Asked, group: str) -> list[str]:
    post, _, org = group.partition("@")
    return asked.office.holders(post, org, at=asked.now)
