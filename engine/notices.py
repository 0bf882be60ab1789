"""Notices: what a person is told of, in the page head, by mail and to other systems.

A command leaves them in the outbox within its transaction (`told`, `CommandContext.tell`), so
nobody is told of what was rolled back; `engine/posting` delivers them after the commit. A notice
says what happened and at which step, never what a document contains; its title is looked up when
it is shown, and only for who may see the instance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.errors import NotFound
from engine.ids import new_id
from engine.model import Actor, Page
from engine.storage import notices as rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.startup import Engine

SIZE = 30
NOTICE, WORK = "notice", "work"  # kinds of outbox rows that become notices


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notice. words may use {step} and {by}; of_work: settled once the work is done."""

    name: str
    words: str
    of_work: bool = False


KINDS: Mapping[str, Kind] = {
    "opened": Kind("新待办", "请办理“{step}”。", of_work=True),
    "returned": Kind("退回", "{by}退回到“{step}”，请办理。", of_work=True),
    "withdrawn": Kind("撤回", "{by}撤回了“{step}”。"),
    "correct": Kind("更正", "{by}请您更正“{step}”，改好后回到他那里。", of_work=True),
    "voided": Kind("作废", "“{step}”不再需要您办理：{text}。"),
    "transferred": Kind("转办", "{by}把“{step}”转给您办理。", of_work=True),
    "delegated": Kind("委派", "{by}委派您办理“{step}”。", of_work=True),
    "delegation_done": Kind("委派已办", "{by}办完了您委派的“{step}”。"),
    "asked": Kind("加签", "{by}请您就“{step}”签署意见。", of_work=True),
    "unasked": Kind("减签", "{by}取消了请您办理的“{step}”。"),
    "reassigned": Kind("改派", "“{step}”改由您办理。", of_work=True),
    "urged": Kind("催办", "{by}催办：请尽快办理“{step}”。", of_work=True),
    "circulated": Kind("传阅", "{by}请您传阅。"),
    "copied": Kind("抄送", "{by}抄送给您。"),
    "read": Kind("已阅", "{by}已阅您送的这一件。"),
    "commented": Kind("留言", "{by}留言。"),
    "suspended": Kind("挂起", "{by}挂起了这件事项。"),
    "resumed": Kind("恢复", "{by}恢复了这件事项。"),
    "terminated": Kind("终止", "{by}终止了这件事项。"),
    "ended": Kind("办结", "您发起的事项已经办结。"),
    "soon": Kind("快到期", "“{step}”快到期了，请抓紧办理。", of_work=True),
    "overdue": Kind("已逾期", "“{step}”已经逾期，请立即办理。", of_work=True),
    "called": Kind("提示", "{text}"),
    "incident": Kind("运行故障", "{text}"),
}
OF_WORK = tuple(key for key, kind in KINDS.items() if kind.of_work)


def words(kind: str, step: str, by: str = "有人", text: str = "") -> str:
    """What a notice says."""
    return KINDS[kind].words.format(step=step, by=by, text=text)


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice as its reader sees it. title, instance_id: only where the instance may be seen."""

    id: str
    kind: str
    name: str
    text: str
    title: str | None
    number: str | None
    instance_id: str | None
    work_item_id: str | None  # while it can be opened
    at: datetime
    unread: bool


# ---- telling ---------------------------------------------------------------------------------


def told(
    kind: str,
    people: Iterable[str],
    *,
    at: datetime,
    instance_id: str | None = None,
    work_item_id: str | None = None,
    step: str = "",
    by: str = "有人",
    text: str = "",
    dedupe: str | None = None,
) -> dict[str, Any]:
    """The outbox row that tells people (ids) something; to be added in the transaction of what it
    tells of. kind: one of KINDS (KeyError for another). by: who did it, as he signs."""
    said = words(kind, step, by, text)
    return {
        "id": new_id(),
        "instance_id": instance_id,
        "kind": NOTICE,
        "name": kind,
        "payload": {"people": list(people), "item": work_item_id, "text": said},
        "created_at": at,
        "dedupe_key": dedupe,
    }


def called(role: str, text: str, *, at: datetime, instance_id: str | None) -> dict[str, Any]:
    """The outbox row that tells the holders of a role, whoever they are when it is delivered."""
    return {
        "id": new_id(),
        "instance_id": instance_id,
        "kind": NOTICE,
        "name": role,
        "payload": {"text": text},
        "created_at": at,
        "dedupe_key": None,
    }


def of_work(
    kind: str,
    item_ids: Iterable[str],
    *,
    at: datetime,
    instance_id: str,
    by: str | None = None,
    dedupe: str | None = None,
) -> dict[str, Any]:
    """The outbox row that tells whoever has these open items when it is delivered.

    by: whose act opened them; he needs not be told of his own next step.
    """
    return {
        "id": new_id(),
        "instance_id": instance_id,
        "kind": WORK,
        "name": kind,
        "payload": {"items": list(item_ids), "by": by},
        "created_at": at,
        "dedupe_key": dedupe,
    }


# ---- reading ---------------------------------------------------------------------------------


def unread(engine: Engine, actor: Actor) -> int:
    """How many of mine are unread, up to 100. Work done meanwhile does not count."""
    with engine.database.read() as connection:
        return rows.count_unread(connection, actor, OF_WORK)


def listing(engine: Engine, actor: Actor, *, page: int = 1, only_unread: bool = False) -> Page[Any]:
    """A page of my notices, the latest first."""
    page = max(1, page)
    with engine.database.read() as connection:
        found = rows.listing(
            connection,
            actor,
            OF_WORK,
            only_unread=only_unread,
            limit=SIZE,
            offset=(page - 1) * SIZE,
        )
        total = rows.total(connection, actor, OF_WORK, only_unread)
    return Page(tuple(map(_shown, found)), min(total, 999), page, SIZE, total > 999)


def read(engine: Engine, actor: Actor, notice_id: str) -> Notice:
    """Mark one of mine as read and hand it out. NotFound when it is not mine."""
    with engine.database.write() as connection:
        rows.read(connection, actor.person_id, engine.clock.now(), notice_id)
        found = one(connection, actor, notice_id)
    if found is None:
        raise NotFound
    return found


def one(connection: Connection, actor: Actor, notice_id: str) -> Notice | None:
    """One of mine as I see it; None when it is not mine."""
    found = rows.listing(connection, actor, OF_WORK, only_unread=False, one=notice_id)
    return _shown(found[0]) if found else None


def read_all(engine: Engine, actor: Actor) -> int:
    """Mark all of mine as read; how many were not."""
    with engine.database.write() as connection:
        return rows.read(connection, actor.person_id, engine.clock.now())


def _shown(row: Any) -> Notice:
    kind = KINDS.get(row.kind, KINDS["called"])
    return Notice(
        id=row.id,
        kind=row.kind,
        name=kind.name,
        text=row.text,
        title=row.title,
        number=row.number,
        instance_id=row.open_id,
        work_item_id=row.work_item_id if row.open_id and row.item_state == "open" else None,
        at=row.at,
        unread=bool(row.fresh),
    )
