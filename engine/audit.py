"""The audit administrator's room: who did what, when, on which number. Looking is noted too.

He sees acts, not documents: of an instance its number, procedure, step, who, outcome, deadlines;
never titles, opinions, reasons or form values, and words are not searched in them, since a search
that answers yes or no tells their content as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine import anchors, directory, duties, history
from engine.deeds import HistoryEntry
from engine.history import SYSTEM, record_system
from engine.model import Actor, Page
from engine.storage import audit as rows
from engine.storage.snapshot import snapshot
from engine.verification import Report

if TYPE_CHECKING:
    from engine.startup import Engine

PAGE = 50
MOST_EXPORTED = 10_000
AREAS = {  # what an entry is about: words for it, beginnings of kinds
    "access": ("账号和访问", ("account.", "access.", "token.")),
    "office": (
        "机构和人员",
        ("organisation.", "person.", "post.", "office.", "reform.", "absence.", "mandate."),
    ),
    "flow": ("事项办理", ("instance.", "item.", "flow.", "timer.", "response.", "message.")),
    "rules": ("流程、日历、约定", ("definition.", "calendar.", "convention.", "clock.")),
    "audit": ("审计查询", ("audit.",)),
}
ACTS = frozenset(
    {"procedure", "outcome_label", "assignee", "group", "due", "before", "after", "steps", "source"}
    | {"name", "party_name", "step", "until"}
)  # what of an instance's data is told


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for. until: not included. number: part of a document's number, or an id."""

    since: datetime | None = None
    until: datetime | None = None
    person_id: str | None = None
    area: str | None = None
    number: str | None = None
    words: str | None = None

    def told(self, names: dict[str, str]) -> str:
        """The conditions as people read them."""
        area = AREAS.get(self.area or "")
        parts = (
            ("自", f"{self.since:%Y-%m-%d}" if self.since else None),
            ("至", f"{self.until:%Y-%m-%d}（不含）" if self.until else None),
            ("人员", names.get(self.person_id or "", self.person_id)),
            ("类别", area[0] if area else None),
            ("文号", self.number),
            ("字词", self.words),
        )
        return "，".join(f"{label}{value}" for label, value in parts if value) or "无"


@dataclass(frozen=True, slots=True)
class Found:
    """An entry and where it belongs. place: "公文呈批 忻政办请〔2026〕3号" or "系统"."""

    chain: str
    place: str
    entry: HistoryEntry


@dataclass(frozen=True, slots=True)
class Verified:
    """What verifying found. anchored: when the last anchor outside the database was made."""

    report: Report
    anchored: datetime | None


def search(engine: Engine, actor: Actor, asked: Question, page: int = 1) -> Page[Found]:
    """A page of what was asked for, the latest first; noted with its conditions."""
    duties.require(actor, duties.AUDIT)
    wanted, names = _condition(asked), dict(directory.snapshot(engine).person_names)
    with engine.database.read() as connection:
        total, capped = rows.count(connection, wanted)
        found = rows.find(connection, wanted, limit=PAGE, offset=(page - 1) * PAGE)
    _note(engine, actor, "audit.searched", asked, names, total, capped)
    return Page(tuple(_found(row, names) for row in found), total, page, PAGE, capped)


def export(engine: Engine, actor: Actor, asked: Question) -> Iterator[Found]:
    """Everything that was asked for, at most MOST_EXPORTED, the latest first; noted before."""
    duties.require(actor, duties.AUDIT)
    wanted, names = _condition(asked), dict(directory.snapshot(engine).person_names)
    with snapshot(engine.database) as connection:
        found = rows.find(connection, wanted, limit=MOST_EXPORTED)
    capped = len(found) == MOST_EXPORTED
    _note(engine, actor, "audit.exported", asked, names, len(found), capped)
    return (_found(row, names) for row in found)


def verify(engine: Engine, actor: Actor) -> Verified:
    """Check every chain and the anchors; noted with the result."""
    duties.require(actor, duties.AUDIT)
    report = history.verify(engine)
    noted = anchors.read(engine.settings.data).anchors
    result = "完整，没有改动" if report.ok else f"有{len(report.problems)}处问题"
    with engine.database.write() as connection:
        record_system(
            connection,
            at=engine.clock.now(),
            kind="audit.verified",
            actor_id=actor.person_id,
            data={"result": result, "links": report.links},
        )
    return Verified(report, noted[-1].at if noted else None)


def _condition(asked: Question) -> Any:
    area = AREAS.get(asked.area or "")
    return rows.condition(
        since=asked.since,
        until=asked.until,
        person_id=asked.person_id,
        kinds=area[1] if area else (),
        number=asked.number,
        words=asked.words,
    )


def _note(
    engine: Engine,
    actor: Actor,
    kind: str,
    asked: Question,
    names: dict[str, str],
    count: int,
    capped: bool,
) -> None:
    told = {"conditions": asked.told(names), "count": f"{count}+" if capped else str(count)}
    with engine.database.write() as connection:
        record_system(
            connection, at=engine.clock.now(), kind=kind, actor_id=actor.person_id, data=told
        )


def _found(row: dict[str, Any], names: dict[str, str]) -> Found:
    """One entry, without what is not an act."""
    place = "系统"
    if row["chain"] != SYSTEM:
        place = f"{row['procedure'] or '流程'} {row['number'] or '（无文号）'}"
        row = row | {"data": {key: row["data"][key] for key in ACTS & row["data"].keys()}}
    return Found(row["chain"], place, history.shown(row, names))
