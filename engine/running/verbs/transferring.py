"""转办: somebody else does it, in his own name; it does not come back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.errors import Finding
from engine.forms import Field
from engine.running import turns
from engine.running.verbs import hands
from engine.running.verbs.telling import tell
from engine.running.verbs.verb import Asked, Values, Verb, reason, told, too_short

if TYPE_CHECKING:
    from engine.running.settle import Case


class Transfer(Verb):
    """Hand one's item over for good."""

    key, label, about = "transfer", "转办", "交给同事办，不再回到您这里"

    def fields(self, asked: Asked) -> tuple[Field, ...]:
        people = hands.takers(asked, self.key)
        return (hands.person_field(asked, "转给谁", people), reason(asked))

    def refusal(self, asked: Asked) -> str | None:
        return hands.not_in_hand(asked) or _is_somebody_elses(asked) or asked.against(self.key)

    def check(self, asked: Asked, values: Values) -> Iterable[Finding]:
        yield from too_short(asked, values)
        yield from hands.away(asked, [values["person"]], "person")

    def consequences(self, asked: Asked, values: Values) -> tuple[str, ...]:
        assert asked.item is not None
        person = asked.name(values["person"])
        return (
            f"“{asked.item.element_name}”转给{person}，以{person}的名义办理。",
            "办理时限不变。",
            "您不再办理这一步，仍可以查看这件的过程。",
        )

    def apply(self, case: Case, asked: Asked, values: Values) -> str:
        person = values["person"]
        columns = hands.given_to(person, asked.actor.person_id)
        turns.change(case, asked.item, columns | {"draft": None, "draft_at": None})
        data = {"after": asked.name(person), "reason": values["reason"]}
        case.note("item.transferred", data=data, **told(asked))
        tell(case, asked, "transferred", [person])
        return f"已转给{asked.name(person)}办理。"


def _is_somebody_elses(asked: Asked) -> str | None:
    """Who was asked by a signer to help him does not pass it on."""
    assert asked.item is not None
    if asked.item.kind in ("before", "delegated", "correction"):
        return f"这件是{asked.name(asked.item.given_by_id)}请您办的，不能再转给别人。"
    return None
