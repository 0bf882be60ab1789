"""事项调度: finding what one may reassign, suspend and terminate, without reading it.

Whoever steers answers for the office's work as a whole; that gives no right to what stands in a
document. A title is told only to those who may see the instance for a reason of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from engine import directory
from engine.duties import may_steer
from engine.errors import NotAllowed
from engine.model import Actor, Due, Page
from engine.running import views
from engine.running.verbs.hands import STEWARDS
from engine.storage import steering, work_items
from engine.storage.instances import COUNT_CAP

if TYPE_CHECKING:
    from engine.directory import Directory
    from engine.startup import Engine

State = Literal["going", "resting"]
LARGEST_PAGE = 100


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A step somebody has to do. id: of the task; hands: who has it, a person or a section."""

    id: str
    step: str
    hands: str
    due: Due


@dataclass(frozen=True, slots=True)
class Steered:
    """A running instance. title: None for those who may steer it and not read it; resting_since:
    when it was suspended, None while it goes on."""

    id: str
    procedure: str
    title: str | None
    number: str | None
    started_by: str
    started_at: datetime
    resting_since: datetime | None
    steps: tuple[OpenStep, ...]


def listing(
    engine: Engine,
    actor: Actor,
    *,
    state: State | None = None,
    overdue: bool = False,
    number: str | None = None,
    page: int = 1,
    size: int = 20,
) -> Page[Steered]:
    """The running instances this person may steer, newest first. NotAllowed for everybody else.

    overdue: only those with a step that is late; number: a part of the document's number.
    """
    if not may_steer(actor):
        raise NotAllowed(STEWARDS)
    page, size = max(1, page), min(max(1, size), LARGEST_PAGE)
    with engine.database.read() as connection:
        rows, total = steering.find(
            connection,
            actor,
            page=page,
            size=size,
            resting=None if state is None else state == "resting",
            late_at=engine.clock.now() if overdue else None,
            number=number,
        )
        ids = [row.id for row in rows]
        items = work_items.open_of(connection, ids)
        readable = steering.readable(connection, actor, ids)
        office = directory.snapshot(engine, connection)
    shown = tuple(
        _steered(engine, office, row, items.get(row.id, ()), row.id in readable) for row in rows
    )
    return Page(shown, min(total, COUNT_CAP), page, size, total > COUNT_CAP)


def _steered(
    engine: Engine, office: Directory, row: Any, items: Sequence[Any], reads: bool
) -> Steered:
    return Steered(
        id=row.id,
        procedure=row.procedure,
        title=row.title if reads else None,
        number=row.number,
        started_by=office.person_name(row.started_by),
        started_at=row.started_at,
        resting_since=row.suspended_at,
        steps=tuple(
            OpenStep(each.id, each.element_name, _hands(office, each), views.due_of(engine, each))
            for each in items
        ),
    )


def _hands(office: Directory, item: Any) -> str:
    if item.assignee_id:
        return office.person_name(item.assignee_id)
    return office.group_name(item.group_code or "")
