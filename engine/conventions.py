"""Conventions of the office 【约】: what neither the rules nor a law say, each one a setting.

A convention is declared once, by the engine (`OFFICE`) or by a procedure (`Procedure.conventions`),
with its default; only a value that differs is stored. A command reads them in its own transaction,
so a change counts for what is computed after it and for nothing before. A value is shown with the
word 约定 beside it and is never a legal basis (00 §0.1, 07 item 43).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine import directory, history
from engine.commands import run_once
from engine.convention_kinds import LONGEST_TEXT as LONGEST_TEXT
from engine.convention_kinds import WORD as WORD
from engine.convention_kinds import Convention as Convention
from engine.duties import CONVENTIONS, require
from engine.errors import Finding, Invalid, NotFound, ProcedureFault
from engine.model import Actor
from engine.storage import conventions as rows
from engine.storage import versions
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.procedure import Procedure
    from engine.startup import Engine

CHANGED = "convention.changed"
NAMED = re.compile(r"\{([a-z_]+)\}")  # a convention in a sentence of a form


OFFICE: tuple[Convention, ...] = (
    Convention(
        "office_hours_end",
        "下班时间",
        "18:00",
        kind="time",
        used_in=("全部时限：送达当日是否起算、最后一日截止时刻",),
        about="此刻之后送达的，以次一工作日为起算日；时限最后一日到此刻截止。",
    ),
    Convention(
        "summer_hours_end",
        "夏季下班时间",
        "18:00",
        kind="time",
        used_in=("全部时限（夏季作息期间）",),
        about="夏季作息期间代替“下班时间”。",
    ),
    Convention("summer_hours_from", "夏季作息开始", "05-01", kind="day", used_in=("全部时限",)),
    Convention("summer_hours_to", "夏季作息结束", "09-30", kind="day", used_in=("全部时限",)),
    Convention(
        "due_soon_days",
        "快到期提示",
        3,
        unit="个工作日",
        least=1,
        most=30,
        used_in=("工作台、事项查询",),
        about="离截止不多于这些工作日的，用醒目颜色提示。",
    ),
    Convention(
        "remind_days",
        "到期提醒",
        1,
        unit="个工作日",
        least=0,
        most=30,
        used_in=("通知：快到期",),
        about="离截止不多于这些工作日时，通知办理人一次；0为不提醒。",
    ),
    Convention(
        "remind_overdue",
        "逾期提醒",
        True,
        kind="yes_no",
        used_in=("通知：已逾期",),
        about="过了截止还没有办的，通知办理人一次。",
    ),
    Convention(
        "notice_months",
        "通知保存",
        12,
        unit="个月",
        least=1,
        most=120,
        used_in=("通知列表",),
        about="更早的通知由每日清理删去；办理记录不受影响。",
    ),
    Convention(
        "cancel_reason_length",
        "撤销理由最少字数",
        5,
        unit="个字",
        least=1,
        most=200,
        used_in=("撤销事项",),
    ),
    Convention(
        "verb_reason_length",
        "转办、改派等理由最少字数",
        2,
        unit="个字",
        least=1,
        most=200,
        used_in=("退回、转办、委派、加签、减签、改派、挂起、终止",),
    ),
    Convention(
        "withdraw_after_claim",
        "下一步认领后仍可撤回",
        True,
        kind="yes_no",
        used_in=("撤回",),
        about="下一步已暂存、已办、已加签或者已转办的，一律不能撤回。",
    ),
    Convention(
        "urge_pause_hours",
        "两次催办至少间隔",
        4,
        unit="小时",
        least=1,
        most=720,
        used_in=("催办",),
        about="同一件在这段时间里只催办一次。",
    ),
    Convention(
        "give_up_reason_length",
        "放弃运行故障理由最少字数",
        5,
        unit="个字",
        least=1,
        most=200,
        used_in=("运行故障：放弃处理",),
    ),
    Convention(
        "override_reason_length",
        "放行理由最少字数",
        10,
        unit="个字",
        least=1,
        most=200,
        used_in=("“原则上”“一般”要求未满足而放行时", "公文呈批：说明理由、沿用会签结果"),
    ),
    Convention(
        "signing_confirmation",
        "签批时再次确认身份",
        "password",
        kind="choice",
        choices=(("password", "密码或验证码"), ("code", "只用验证码"), ("off", "不再确认")),
        used_in=("领导签批的各步",),
        about="只用验证码的，签批的人须先启用第二因素；不再确认的，签批记录里写明未再确认。",
    ),
)


class Conventions:
    """The values at one moment: the default unless the office decided otherwise."""

    def __init__(
        self, declared: Mapping[str, Convention], stored: Mapping[str, Any], version: int = 0
    ) -> None:
        self.declared = declared
        self.version = version
        self._stored = {
            key: value
            for key, value in stored.items()
            if key in declared and declared[key].wrong(value) is None
        }

    def __getitem__(self, key: str) -> Any:
        """The value of a convention; ProcedureFault when nobody declared it."""
        if key not in self.declared:
            raise ProcedureFault(f"没有名为“{key}”的约定参数，请告诉流程设计人员。")
        return self._stored.get(key, self.declared[key].default)

    def shown(self, key: str) -> str:
        """The value in words, marked as what it is: 5个字（约定）."""
        return f"{self.declared[key].shown(self[key])}（{WORD}）"

    def told(self, text: str) -> str:
        """A sentence of a form with the values of the conventions it names:
        不少于{override_reason_length} → 不少于10个字（约定）."""
        return NAMED.sub(
            lambda name: self.shown(name[1]) if name[1] in self.declared else name[0], text
        )


def declared(procedures: Iterable[Procedure]) -> dict[str, Convention]:
    """Every convention by key. The same key must mean the same convention (ValueError)."""
    found: dict[str, Convention] = {}
    own = [("the engine", OFFICE), *((each.key, each.conventions) for each in procedures)]
    for owner, conventions in own:
        for each in conventions:
            if found.setdefault(each.key, each) != each:
                raise ValueError(f"convention {each.key!r} of {owner!r} is declared twice")
            if each.wrong(each.default) is not None:
                raise ValueError(f"the default of convention {each.key!r} is none of its values")
    return found


def snapshot(
    engine: Engine, connection: Connection, seen: Mapping[int, int] | None = None
) -> Conventions:
    """The values as this transaction sees them; read again only after a change.

    seen: the versions this transaction has read already.
    """
    current = (seen or versions.read(connection))[versions.CONVENTIONS]
    kept: Conventions | None = engine.cache.get("conventions")
    if kept is None or kept.version != current or kept.declared is not engine.registry.conventions:
        kept = Conventions(engine.registry.conventions, rows.load(connection), current)
        engine.cache["conventions"] = kept
    return kept


def current(engine: Engine) -> Conventions:
    """The values for a screen: those of the last look at the database."""
    kept: Conventions | None = engine.cache.get("conventions")
    seen = engine.cache.get("versions", {}).get(versions.CONVENTIONS)
    if kept is None or seen not in (None, kept.version):
        with engine.database.read() as connection:
            return snapshot(engine, connection)
    return kept


def fresh(engine: Engine, connection: Connection) -> Conventions:
    """The values straight from the tables, for a transaction that has changed a version itself."""
    return Conventions(engine.registry.conventions, rows.load(connection))


# ---- the office's own decisions --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """One change that was made: from when, by whom, why."""

    at: datetime
    by: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """A convention with its present value. used_by: names of the procedures that declare it."""

    convention: Convention
    value: Any
    used_by: tuple[str, ...]
    changes: tuple[Change, ...] = ()

    @property
    def differs(self) -> bool:
        return bool(self.value != self.convention.default)


def listing(engine: Engine, actor: Actor) -> tuple[Row, ...]:
    """Every convention with its value, the engine's first."""
    require(actor, CONVENTIONS)
    with engine.database.read() as connection:
        values = snapshot(engine, connection)
    return tuple(_row(engine, each, values) for each in values.declared.values())


def one(engine: Engine, actor: Actor, key: str) -> Row:
    """One convention with every change ever made to it, the newest first. NotFound."""
    require(actor, CONVENTIONS)
    convention = _declared(engine, key)
    with engine.database.read() as connection:
        values = snapshot(engine, connection)
        names = directory.snapshot(engine, connection).person_names
        links = history.of_kind(connection, history.SYSTEM, CHANGED)
    changes = tuple(
        Change(
            at=link["at"],
            by=names.get(link["actor_id"], link["actor_id"] or "系统"),
            before=link["data"]["before"],
            after=link["data"]["after"],
            reason=link["data"]["reason"],
        )
        for link in reversed(links)
        if link["data"]["key"] == key
    )
    found = _row(engine, convention, values)
    return Row(found.convention, found.value, found.used_by, changes)


def change(
    engine: Engine, actor: Actor, convention_key: str, value: str, reason: str, *, key: str
) -> dict[str, Any]:
    """Give a convention another value, typed as text; counts for what is computed from now on.

    Raises NotAllowed, NotFound, Invalid (value, reason).
    """
    require(actor, CONVENTIONS)
    convention = _declared(engine, convention_key)
    wanted = convention.read(value)
    return _set(engine, actor, convention, wanted, reason, key)


def reset(
    engine: Engine, actor: Actor, convention_key: str, reason: str, *, key: str
) -> dict[str, Any]:
    """Back to the default."""
    require(actor, CONVENTIONS)
    convention = _declared(engine, convention_key)
    return _set(engine, actor, convention, convention.default, reason, key)


def _set(
    engine: Engine, actor: Actor, convention: Convention, wanted: Any, reason: str, key: str
) -> dict[str, Any]:
    if not reason.strip():
        raise Invalid([Finding("请写明为什么改，改动会留痕。", "reason")])

    def work(connection: Connection) -> dict[str, Any]:
        versions.bump(connection, versions.CONVENTIONS)  # first: it locks out another change
        before = fresh(engine, connection)[convention.key]
        if before == wanted:
            raise Invalid([Finding(f"现在就是{convention.shown(wanted)}，没有改动。", "value")])
        now = engine.clock.now()
        if wanted == convention.default:
            rows.remove(connection, convention.key)
        else:
            rows.put(connection, convention.key, wanted, now, actor.person_id)
        told = {
            "key": convention.key,
            "name": convention.name,
            "before": convention.shown(before),
            "after": convention.shown(wanted),
            "reason": reason.strip(),
        }
        history.record_system(connection, at=now, kind=CHANGED, actor_id=actor.person_id, data=told)
        message = f"“{convention.name}”已由{told['before']}改为{told['after']}（{WORD}）。"
        return {"message": message + "此前已经算出的结果不变。"}

    body = {"convention": convention.key, "value": wanted, "reason": reason}
    answer, _ = run_once(engine, actor.person_id, key, "convention", body, work)
    return answer


def _declared(engine: Engine, key: str) -> Convention:
    found = engine.registry.conventions.get(key)
    if found is None:
        raise NotFound
    return found


def _row(engine: Engine, convention: Convention, values: Conventions) -> Row:
    users = tuple(each.name for each in engine.registry if convention in each.conventions)
    return Row(convention, values[convention.key], users)
