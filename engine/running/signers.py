"""Several people on one activation of a user task: whose turn it is, and when it is done. Pure.

One activation has an item per signer. Those the office's rules named are `main`; whoever they
bring in stands before, beside or after them. Before-signers hold the item of whoever asked them and
do not count; after-signers come when he has signed, count, and must act even where a share of the
signers would do. Every activation is completed once, by the engine, when its policy is met.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

MAIN, BEFORE, AFTER, PARALLEL = "main", "before", "after", "parallel"
DELEGATED, CORRECTION = "delegated", "correction"
KINDS = {
    MAIN: "",
    BEFORE: "前加签",
    AFTER: "后加签",
    PARALLEL: "并加签",
    DELEGATED: "受委派",
    CORRECTION: "更正",
}
COUNTING = frozenset({MAIN, PARALLEL, AFTER})
ASKED_FIRST = frozenset({BEFORE, DELEGATED, CORRECTION})  # hold the item of whoever asked
POLICIES = {"all": "全部签批", "ordered": "依次签批", "any": "一人签批即可", "share": "按比例签批"}
ENOUGH = "签批人数已够，不再需要办理"


@dataclass(frozen=True, slots=True)
class Signer:
    """One item of an activation, as far as the order of signing goes."""

    id: str
    kind: str
    state: str  # waiting, open, done; what is void stands no more
    position: int
    of_id: str | None = None
    held: bool = False

    @property
    def is_live(self) -> bool:
        return self.state in ("waiting", "open")

    @classmethod
    def of(cls, row: Any) -> Signer:
        """From a row of work_item."""
        return cls(row.id, row.kind, row.state, row.position, row.of_id, row.held)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows. opens: whose turn has come; returns: whose item comes back to him; unneeded:
    whose word is not wanted any more; done: the activation is complete."""

    opens: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()
    unneeded: tuple[str, ...] = ()
    done: bool = False


@dataclass(frozen=True)
class Activation:
    """The signers of one activation, those who have signed among them."""

    policy: str
    share: int | None
    signers: Sequence[Signer] = field(default=())

    @property
    def counting(self) -> list[Signer]:
        return [each for each in self.signers if each.kind in COUNTING]

    @property
    def needed(self) -> int:
        """How many have to sign."""
        count = len(self.counting)
        if self.policy == "any":
            return min(1, count)
        if self.policy == "share":
            return -(-count * (self.share or 100) // 100)
        return count

    def follows(self) -> Verdict:
        """What follows from how things stand; nothing when it is somebody's turn already."""
        if self._is_done():
            unneeded = tuple(each.id for each in self.signers if each.is_live)
            return Verdict(unneeded=unneeded, done=True)
        waiting = [each for each in self.signers if each.state == "waiting"]
        live = {each.id for each in self.signers if each.is_live}
        asked = {each.of_id for each in self.signers if each.is_live and each.kind in ASKED_FIRST}
        returns = tuple(each.id for each in waiting if each.held and each.id not in asked)
        opens = [
            each.id
            for each in waiting
            if not each.held and each.kind == AFTER and each.of_id not in live
        ]
        busy = opens or returns or any(each.held or each.state == "open" for each in self.signers)
        if not busy:
            turn = [each for each in waiting if each.kind != AFTER]
            opens = [min(turn, key=lambda each: each.position).id] if turn else []
        return Verdict(tuple(opens), returns)

    def _is_done(self) -> bool:
        counting = self.counting
        live = {each.id for each in counting if each.is_live}
        if self.policy in ("all", "ordered") or not live:
            return not live
        after = any(
            each.kind == AFTER and each.id in live for each in counting if each.of_id not in live
        )
        signed = len(counting) - len(live)
        return signed >= self.needed and not after

    def why_not_removed(self, signer_id: str) -> str | None:
        """Why a signer can not be taken off; None when he can."""
        own = next(each for each in self.signers if each.id == signer_id)
        if any(each.of_id == own.id and each.is_live for each in self.signers):
            return "这位签批人请的加签人还没有办完，请先减去加签人。"
        mains = [each for each in self.signers if each.kind == MAIN]
        if own.kind == MAIN and len(mains) < 2:
            return "这是最后一位签批人，不能减签；要换人请用改派。"
        return None


def added(
    kind: str, owner: Any, person: str, by: str, position: int, **columns: Any
) -> dict[str, Any]:
    """The columns of an item for somebody brought in beside the owner of another."""
    waits = kind == AFTER
    return {
        **{name: getattr(owner, name) for name in _AS_THE_OWNER},
        "kind": kind,
        "of_id": owner.id,
        "position": position,
        "state": "waiting" if waits else "open",
        "held": False,
        "version": 1,
        "role": None,
        "scope": None,
        "assignee_id": person,
        "group_code": None,
        "acted_for_id": None,
        "signature_form": "self",
        "substitution_id": None,
        "alert": None,
        "given_by_id": by,
        **columns,
    }


_AS_THE_OWNER = (
    *("instance_id", "task_id", "element_id", "element_name", "process_key", "form", "policy"),
    *("share", "epoch", "org", "field", "due_at", "due_basis"),
)


def kind_word(item: Any) -> str:
    """前加签 …; nothing for who signs by the office's own rules."""
    return KINDS.get(item.kind, "")


def progress(activation: Activation) -> str | None:
    """How far it has come, for people: 3人签批，已签1人（全部签批）. None with one signer."""
    counting = activation.counting
    if len(counting) < 2:
        return None
    signed = sum(not each.is_live for each in counting)
    words = POLICIES[activation.policy]
    need = "" if activation.needed == len(counting) else f"，须签{activation.needed}人"
    return f"{len(counting)}人签批，已签{signed}人{need}（{words}）"
