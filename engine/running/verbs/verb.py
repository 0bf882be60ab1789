"""What a staff verb is: a value that judges, foresees and acts. One module a verb stands beside.

Judging and foreseeing are pure: everything they look at is in `Asked`. Acting happens in the
command's transaction on a `Case` (or a `Work`, when the flow may move on).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from engine.errors import Finding
from engine.forms import Field, Form
from engine.model import Actor
from engine.procedure import STEP_VERBS, Handing

if TYPE_CHECKING:
    from engine.conventions import Conventions
    from engine.directory import Directory
    from engine.procedure import RefuseHanding
    from engine.running.backwards import Backwards
    from engine.running.settle import Case
    from engine.spiff import CompiledDefinition

TASK, INSTANCE = "task", "instance"


class NotNow(str):
    """A refusal because of what has happened meanwhile, not because of who asks."""


Values = Mapping[str, Any]


@dataclass(frozen=True)
class Asked:
    """Everything a verb is judged by. item: the work item, None for a verb on an instance; items:
    all of the instance that are live or done; readings: what was sent round to be read; back: for a
    verb that goes back, where to and what that undoes; None for a quick look."""

    actor: Actor
    office: Directory
    now: datetime
    definition: CompiledDefinition
    conventions: Conventions
    refuse_handing: RefuseHanding
    instance: Any
    items: Sequence[Any]
    item: Any | None = None
    readings: Sequence[Any] = ()
    back: Backwards | None = None

    @cached_property
    def properties(self) -> Mapping[str, str]:
        """The properties of the item's step."""
        item = self.item
        if item is None:
            return {}
        return self.definition.elements[item.process_key, item.element_id].properties

    @property
    def live(self) -> list[Any]:
        """The items that somebody still has to do."""
        return [each for each in self.items if each.state in ("waiting", "open")]

    @property
    def beside(self) -> list[Any]:
        """The items of the same activation, the item itself among them."""
        own = self.item
        if own is None:
            return []
        same = (own.task_id, own.epoch)
        return [each for each in self.items if (each.task_id, each.epoch) == same]

    def against(self, verb: str, person: str | None = None) -> str | None:
        """What the office's rules say against handing the item on (to a person)."""
        assert self.item is not None
        handing = Handing(verb, self.properties, self.item, person, self.now)
        return self.refuse_handing(self.office, handing)

    def name(self, person: str | None) -> str:
        return self.office.person_name(person) if person else "——"


class Verb:
    """One verb. key: its word in the glossary, in addresses and in the step property `verbs`.

    label: the button; about: what it does, in one line of the menu; on: a task or an instance;
    moves_flow: whether the flow may go on by it; looks_back: whether it goes back in the flow, so
    that all of it has to be looked at; guarded: whether it is refused when
    something changed since it was looked at; grave: it takes something away; while_suspended: it is
    possible while the instance rests; ended: it is possible after the end.
    """

    key: ClassVar[str]
    label: ClassVar[str]
    about: ClassVar[str]
    on: ClassVar[str] = TASK
    moves_flow: ClassVar[bool] = False
    looks_back: ClassVar[bool] = False
    guarded: ClassVar[bool] = True
    grave: ClassVar[bool] = False
    while_suspended: ClassVar[bool] = False
    ended: ClassVar[bool] = False
    quick: ClassVar[bool] = False  # done at once: nothing to fill in, nothing to think over
    ends: ClassVar[bool] = False  # the instance is over by it
    of_stewards: ClassVar[bool] = False  # also for those who steer without seeing the document

    def allowed(self, asked: Asked) -> bool:
        """Whether the step allows it."""
        return allowed(asked.properties, self)

    def fields(self, asked: Asked) -> tuple[Field, ...]:
        """What is to be filled in."""
        return ()

    def form(self, asked: Asked) -> Form:
        return Form(self.key, self.fields(asked))

    def refusal(self, asked: Asked) -> str | None:
        """Why this person may not do it here and now; None when it is allowed. Pure."""
        raise NotImplementedError

    def check(self, asked: Asked, values: Values) -> Iterable[Finding]:
        """What stands against the values, beyond the form. Pure."""
        return ()

    def consequences(self, asked: Asked, values: Values) -> tuple[str, ...]:
        """What will happen, in sentences, for the page that asks once more. Pure."""
        return ()

    def apply(self, case: Case, asked: Asked, values: Values) -> str:
        """Do it; the sentence that says it is done."""
        raise NotImplementedError


# ---- what several verbs share -----------------------------------------------------------------

LONGEST_REASON = 500


def reason(asked: Asked, label: str = "理由", *, required: bool = True, help: str = "") -> Field:
    """A field for why. Its shortest length is a convention of the office."""
    shortest = asked.conventions["verb_reason_length"]
    told = help or f"办理过程里会记下；不少于{shortest}个字（约定）。"
    return Field(
        "reason", label, "textarea", required=required, help=told, max_length=LONGEST_REASON
    )


def too_short(asked: Asked, values: Values, key: str = "reason") -> Iterable[Finding]:
    """A reason that says nothing."""
    shortest = asked.conventions["verb_reason_length"]
    text = str(values.get(key) or "").strip()
    if text and len(text) < shortest:
        yield Finding(f"理由不少于{shortest}个字（约定），请写清楚一些。", key, source="约定")


def allowed(properties: Mapping[str, str], verb: Verb) -> bool:
    """Whether a step allows a verb: by its property `verbs` if it has one, else by default."""
    by_default = STEP_VERBS.get(verb.key)
    if by_default is None:
        return True
    named = properties.get("verbs")
    if named is None:
        return by_default
    return verb.key in {each.strip() for each in named.split(",")}


def told(asked: Asked) -> dict[str, Any]:
    """What every link of history about an item says: at which step, of whom."""
    item = asked.item
    assert item is not None
    return {
        "actor_id": asked.actor.person_id,
        "element_id": item.element_id,
        "element_name": item.element_name,
        "work_item_id": item.id,
        "acted_for_id": item.acted_for_id if _is_own(asked, item) else None,
        "signature_form": item.signature_form if _is_own(asked, item) else None,
        "substitution_id": item.substitution_id if _is_own(asked, item) else None,
    }


def _is_own(asked: Asked, item: Any) -> bool:
    return bool(item.assignee_id == asked.actor.person_id)
