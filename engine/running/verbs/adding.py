"""加签、减签: others sign this step too, before, beside or after oneself; and off again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from engine.duties import REGISTRARS
from engine.errors import Finding
from engine.forms import Field
from engine.ids import new_id
from engine.running import signers, turns
from engine.running.item_forms import gives_opinion
from engine.running.settle import Work, note_opened
from engine.running.signers import Activation, Signer
from engine.running.verbs import hands
from engine.running.verbs.telling import tell
from engine.running.verbs.verb import Asked, Values, Verb, reason, told, too_short
from engine.storage import work_items

if TYPE_CHECKING:
    from engine.running.settle import Case

WHERE = (
    (signers.BEFORE, "前加签：请他们先提意见，办完再由您办"),
    (signers.PARALLEL, "并加签：和您同时办，都办完才往下走"),
    (signers.AFTER, "后加签：您办完再由他们办，都办完才往下走"),
)
MOST = 20  # persons at once


class AddSigner(Verb):
    """Bring others into one's own step."""

    key, label, about = "add_signer", "加签", "请别人也签这一步：先签、同时签或者后签"

    def fields(self, asked: Asked) -> tuple[Field, ...]:
        people = hands.takers(asked, self.key)
        where = Field("where", "加在哪里", "enum", required=True, options=WHERE)
        what = reason(asked, "请他们看什么", help="写明请他们看什么，他们会看到。")
        return (where, hands.persons_field(asked, "请谁加签", people), what)

    def refusal(self, asked: Asked) -> str | None:
        why = hands.not_in_hand(asked)
        if why is not None:
            return why
        assert asked.item is not None
        if asked.item.kind not in signers.COUNTING:
            return f"这件是{asked.name(asked.item.given_by_id)}请您办的，不能再请别人加签。"
        return asked.against(self.key)

    def check(self, asked: Asked, values: Values) -> Iterable[Finding]:
        yield from too_short(asked, values)
        yield from hands.away(asked, values["persons"], "persons")
        if len(values["persons"]) > MOST:
            yield Finding(f"一次最多请{MOST}人加签。", "persons")

    def consequences(self, asked: Asked, values: Values) -> tuple[str, ...]:
        names = "、".join(asked.name(each) for each in values["persons"])
        item, kind = asked.item, values["where"]
        assert item is not None
        after = {
            signers.BEFORE: f"{names}先提意见；他们办完之前，您不能提交这一步。",
            signers.PARALLEL: f"{names}和您同时办；都办完，流程才往下走。",
            signers.AFTER: f"您提交以后由{names}办；他们办完，流程才往下走。",
        }[kind]
        probe = _Probe(kind, item)
        form = (
            "他们填写意见（同意，或有不同意见），决定仍由您作出。"
            if gives_opinion(asked.definition, probe)
            else "他们和您填写同样的内容，一并汇总。"
        )
        return (after, form, "办理时限不变。")

    def apply(self, case: Case, asked: Asked, values: Values) -> str:
        item, kind, people = asked.item, values["where"], values["persons"]
        assert item is not None
        if kind == signers.BEFORE:
            turns.change(case, item, {"state": "waiting", "held": True})
        last = max(each.position for each in asked.beside)
        rows = [
            signers.added(
                kind,
                item,
                person,
                asked.actor.person_id,
                last + 1 + number if kind == signers.PARALLEL else item.position,
                id=new_id(),
                opened_at=None if kind == signers.AFTER else asked.now,
            )
            for number, person in enumerate(people)
        ]
        work_items.insert(case.context.connection, rows)
        names = [asked.name(each) for each in people]
        data = {"part": signers.KINDS[kind], "people": names, "reason": values["reason"]}
        case.note("signer.added", data=data, **told(asked))
        for row in rows:
            if row["state"] == "open":
                note_opened(case, row)
                tell(case, asked, "asked", [row["assignee_id"]], item_id=row["id"])
        return f"已请{'、'.join(names)}{signers.KINDS[kind]}。"


class _Probe:
    """An item that is not there yet, to ask on which form it would be done."""

    def __init__(self, kind: str, owner: Any) -> None:
        self.kind, self.process_key = kind, owner.process_key
        self.element_id = owner.element_id


class RemoveSigner(Verb):
    """Take a signer off again who has not signed."""

    key, label, about = "remove_signer", "减签", "不再请某位签批人签这一步，或者收回委派"
    moves_flow = True
    grave = True

    def fields(self, asked: Asked) -> tuple[Field, ...]:
        options = tuple((each.id, _named(asked, each)) for each in _removable(asked))
        who = Field("signer", "减去谁", "enum", required=True, options=options)
        return (who, reason(asked))

    def refusal(self, asked: Asked) -> str | None:
        item = asked.item
        assert item is not None
        if item.state not in ("waiting", "open"):
            return "这一步已经办完，不能再减签。"
        if not _removable(asked):
            return "这一步没有您可以减去的签批人。"
        return None

    def consequences(self, asked: Asked, values: Values) -> tuple[str, ...]:
        row = next(each for each in asked.beside if each.id == values["signer"])
        told = [f"{_named(asked, row)}不再办理这一步，没有提交的内容作废。"]
        rest = _activation(asked, without=row.id).follows()
        if rest.done:
            told.append("其余签批人都已签完，流程随即往下走。")
        told += [
            f"这一步回到{_named(asked, each)}名下。"
            for each in asked.beside
            if each.id in rest.returns
        ]
        return tuple(told)

    def apply(self, case: Case, asked: Asked, values: Values) -> str:
        row = next(each for each in asked.beside if each.id == values["signer"])
        why = f"{asked.actor.name}减签：{values['reason']}"
        gone = {"state": "void", "void_reason": why, "done_at": asked.now}
        turns.change(case, row, gone)
        data = {"person": _named(asked, row), "reason": values["reason"], "item": row.id}
        case.note("signer.removed", data=data, **told(asked))
        tell(case, asked, "unasked", [row.assignee_id], item_id=row.id)
        assert isinstance(case, Work)
        turns.pass_on(case, row, {})
        return f"已减去{_named(asked, row)}。"


def _removable(asked: Asked) -> list[Any]:
    """Whom this person may take off: those he brought in; of the others, whoever steers the office
    may, as long as one is left."""
    me = asked.actor.person_id
    heads = asked.actor.has("staff") and any(post in REGISTRARS for post, _ in asked.actor.posts)
    activation = _activation(asked)
    return [
        each
        for each in asked.beside
        if each.state in ("waiting", "open")
        and (each.given_by_id == me or heads)
        and (each.kind != signers.MAIN or heads)
        and activation.why_not_removed(each.id) is None
    ]


def _activation(asked: Asked, without: str | None = None) -> Activation:
    item = asked.item
    assert item is not None
    rows = [Signer.of(each) for each in asked.beside if each.id != without]
    return Activation(item.policy, item.share, rows)


def _named(asked: Asked, item: Any) -> str:
    part = signers.kind_word(item)
    who = (
        asked.office.person_name(item.assignee_id)
        if item.assignee_id
        else asked.office.group_name(item.group_code or "")
    )
    return f"{who}（{part}）" if part else who
