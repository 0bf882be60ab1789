"""改派: those who answer for the office put a step into other hands, whoever has it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from engine import signatures
from engine.errors import Finding
from engine.forms import Field
from engine.running import turns
from engine.running.verbs import hands
from engine.running.verbs.telling import tell
from engine.running.verbs.verb import Asked, Values, Verb, reason, told, too_short
from engine.running.views import hands as in_whose_hands

if TYPE_CHECKING:
    from engine.running.settle import Case


class Reassign(Verb):
    """Give a step to somebody else, with a reason, as one of those who answer for the office."""

    key, label, about = "reassign", "改派", "换一个人办这一步，须写明理由"
    of_stewards = True

    def fields(self, asked: Asked) -> tuple[Field, ...]:
        people = [*hands.takers(asked, self.key)]
        return (hands.person_field(asked, "改派给谁", people), reason(asked))

    def refusal(self, asked: Asked) -> str | None:
        item = asked.item
        assert item is not None
        why = hands.not_a_steward(asked)
        if why is not None:
            return why
        if item.state not in ("waiting", "open"):
            return "这一步已经办完，不能再改派。"
        if item.held:
            return "这一步已请别人先办，等他们办完或者减签以后再改派。"
        return asked.against(self.key)

    def check(self, asked: Asked, values: Values) -> Iterable[Finding]:
        yield from too_short(asked, values)
        yield from hands.away(asked, [values["person"]], "person")

    def consequences(self, asked: Asked, values: Values) -> tuple[str, ...]:
        item, person = asked.item, asked.name(values["person"])
        assert item is not None
        before = in_whose_hands(item.assignee_id, item.group_code, asked.office) or "——"
        told = [f"“{item.element_name}”由{before}改为{person}办理，办理时限不变。"]
        if item.draft_at is not None:
            told.append("已暂存而没有提交的内容作废。")
        whose = _principal(item)
        if whose is not None:
            told.append(f"{person}以本人名义代{asked.name(whose)}办理，如实显示为受指定代办。")
        return tuple(told)

    def apply(self, case: Case, asked: Asked, values: Values) -> str:
        item, person = asked.item, values["person"]
        assert item is not None
        before = in_whose_hands(item.assignee_id, item.group_code, asked.office)
        columns = hands.given_to(person, asked.actor.person_id)
        whose = _principal(item)
        if whose is not None and whose != person:
            columns |= {"acted_for_id": whose, "signature_form": "designated"}
        turns.change(case, item, columns | {"draft": None, "draft_at": None})
        data = {"before": before, "after": asked.name(person), "reason": values["reason"]}
        case.note("item.given", data=data, **told(asked))
        tell(case, asked, "reassigned", [person])
        tell(case, asked, "unasked", [item.assignee_id])
        return f"已改派给{asked.name(person)}。"


def _principal(item: Any) -> str | None:
    """In whose place the new hands sign: the holder of the post, where the step wants a mandate."""
    if item.scope is None:
        return None
    own = item.assignee_id if item.signature_form == signatures.SELF else item.acted_for_id
    return None if own is None else str(own)
