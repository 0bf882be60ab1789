"""What a member of staff can do with a task or an instance beside submitting it: one module a verb.

The door is engine.verbs. A new verb is a class in a module here and a line in `EVERY`.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.running.verbs.adding import AddSigner, RemoveSigner
from engine.running.verbs.circulating import Acknowledge, Circulate, Copy
from engine.running.verbs.claiming import Claim, Release
from engine.running.verbs.commenting import Comment
from engine.running.verbs.delegating import Delegate
from engine.running.verbs.reassigning import Reassign
from engine.running.verbs.returning import Return
from engine.running.verbs.steering import Resume, Suspend, Terminate
from engine.running.verbs.transferring import Transfer
from engine.running.verbs.urging import Urge
from engine.running.verbs.verb import INSTANCE, TASK, Asked, Verb
from engine.running.verbs.withdrawing import Withdraw

__all__ = ["INSTANCE", "TASK", "VERBS", "Asked", "Verb", "offered", "refusal"]

EVERY: Sequence[Verb] = (
    *(
        Claim(),
        Release(),
        Return(),
        Withdraw(),
        Transfer(),
        Delegate(),
        AddSigner(),
        RemoveSigner(),
        Urge(),
        Reassign(),
    ),
    *(Acknowledge(), Circulate(), Copy(), Comment(), Suspend(), Resume(), Terminate()),
)
VERBS = {each.key: each for each in EVERY}


def refusal(verb: Verb, asked: Asked) -> str | None:
    """Why a verb is not possible here and now: the step does not allow it (the office's rule with
    its clause says so better, where there is one), or its own rule."""
    if asked.item is not None and not verb.allowed(asked):
        plain = f"“{asked.item.element_name}”这一步不用“{verb.label}”。"
        return asked.against(verb.key) or plain
    return verb.refusal(asked)


def offered(asked: Asked) -> tuple[Verb, ...]:
    """The verbs this person may use now, in the order of the menu."""
    on = TASK if asked.item is not None else INSTANCE
    row = asked.item if asked.item is not None else asked.instance
    rests = row.suspended_at is not None
    return tuple(
        each
        for each in EVERY
        if each.on == on and not (rests and not each.while_suspended)
        if refusal(each, asked) is None
    )
