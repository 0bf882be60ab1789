"""委派: somebody else prepares it; it comes back to its owner, who confirms it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.errors import Finding
from engine.forms import Field
from engine.ids import new_id
from engine.running import signers, turns
from engine.running.settle import note_opened
from engine.running.verbs import hands
from engine.running.verbs.telling import tell
from engine.running.verbs.transferring import _is_somebody_elses
from engine.running.verbs.verb import Asked, Values, Verb, reason, told, too_short
from engine.storage import work_items

if TYPE_CHECKING:
    from engine.running.settle import Case


class Delegate(Verb):
    """Have one's item prepared by somebody else."""

    key, label, about = "delegate", "委派", "请同事先办好，再回到您这里确认"

    def fields(self, asked: Asked) -> tuple[Field, ...]:
        people = hands.takers(asked, self.key)
        asked_for = reason(asked, "要办什么", help="写明要他做什么，他会看到。")
        return (hands.person_field(asked, "委派给谁", people), asked_for)

    def refusal(self, asked: Asked) -> str | None:
        return hands.not_in_hand(asked) or _is_somebody_elses(asked) or asked.against(self.key)

    def check(self, asked: Asked, values: Values) -> Iterable[Finding]:
        yield from too_short(asked, values)
        yield from hands.away(asked, [values["person"]], "person")

    def consequences(self, asked: Asked, values: Values) -> tuple[str, ...]:
        person = asked.name(values["person"])
        return (
            f"{person}填好后，这一步回到您这里，由您看过确认，以您的名义提交。",
            "在他办好之前您不能提交；需要时可以用“减签”收回。",
            "办理时限不变，仍由您负责。",
        )

    def apply(self, case: Case, asked: Asked, values: Values) -> str:
        item, person = asked.item, values["person"]
        assert item is not None
        turns.change(case, item, {"state": "waiting", "held": True})
        row = signers.added(
            signers.DELEGATED,
            item,
            person,
            asked.actor.person_id,
            item.position,
            id=new_id(),
            opened_at=asked.now,
            draft=item.draft,
            draft_at=item.draft_at,
        )
        work_items.insert(case.context.connection, [row])
        data = {"after": asked.name(person), "reason": values["reason"]}
        case.note("item.delegated", data=data, **told(asked))
        note_opened(case, row)
        tell(case, asked, "delegated", [person], item_id=row["id"])
        return f"已委派{asked.name(person)}先办，办好后回到您这里确认。"
