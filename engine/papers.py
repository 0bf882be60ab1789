"""The papers of an instance: which there are now, and each as PDF or docx.

Who may see the instance may print what it shows. Every print is noted in the instance's history
under a number of its own, which stands on the paper.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine import definitions, directory, printing
from engine.deeds import Available
from engine.errors import Conflict, NotFound
from engine.history import Entry
from engine.model import Actor
from engine.paper import Answered, Entered, Happened, Sheet
from engine.running import completing, decisions, views, words
from engine.running.scene import Scene
from engine.storage import access, registers, responses, work_items
from engine.storage import history as history_rows
from engine.storage import instances as rows
from engine.storage.database import Connection

if TYPE_CHECKING:
    from engine.procedure import Paper
    from engine.startup import Engine

MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
PRINTED = "paper.printed"


@dataclass(frozen=True, slots=True)
class Printed:
    """A finished paper."""

    name: str
    media_type: str
    content: bytes
    number: int


def available(engine: Engine, actor: Actor, instance_id: str) -> tuple[Available, ...]:
    """The papers of an instance that have something on them by now."""
    with engine.database.read() as connection:
        return _available(*_look(engine, connection, actor, instance_id))


def of_scene(connection: Connection, row: Any, scene: Scene) -> tuple[Available, ...]:
    """The same for an instance that has been read already: its row, and its scene."""
    return _available(_happened(connection, row, scene), _declared(scene.engine, row))


def _available(happened: Happened, declared: tuple[Paper, ...]) -> tuple[Available, ...]:
    return tuple(
        Available(paper.key, paper.name, ("pdf", "docx") if paper.editable else ("pdf",))
        for paper in declared
        if paper.fill(happened) is not None
    )


def look(engine: Engine, actor: Actor, instance_id: str, key: str) -> Sheet:
    """What stands on a paper now; nothing is printed or noted. NotFound as for printing."""
    return _filled(engine, actor, instance_id, key)[2]


def print_one(
    engine: Engine, actor: Actor, instance_id: str, key: str, kind: str = "pdf"
) -> Printed:
    """One paper, and a note that it was printed. NotFound when there is no such paper (yet)."""
    happened, paper, sheet = _filled(engine, actor, instance_id, key)
    if kind not in MEDIA:
        raise NotFound("文书只有PDF和Word两种形式。")
    if kind == "docx" and not paper.editable:
        raise NotFound("这种文书只能打印，不能改写。")
    with engine.database.write() as connection:
        number = _note(engine, connection, actor, instance_id, paper, sheet)
    footer = f"{actor.name}　{words.moment(happened.now)}　打印第{number}份"
    content = printing.pdf(sheet, footer) if kind == "pdf" else printing.docx(sheet, footer)
    name = f"{paper.name} {happened.row.number or happened.row.title[:40]}.{kind}"
    return Printed(name, MEDIA[kind], content, number)


def _filled(
    engine: Engine, actor: Actor, instance_id: str, key: str
) -> tuple[Happened, Paper, Sheet]:
    with engine.database.read() as connection:
        happened, declared = _look(engine, connection, actor, instance_id)
    for paper in declared:
        sheet = paper.fill(happened) if paper.key == key else None
        if sheet is not None:
            return happened, paper, sheet
    raise NotFound("这件还没有这种文书。")


def _look(
    engine: Engine, connection: Connection, actor: Actor, instance_id: str
) -> tuple[Happened, tuple[Paper, ...]]:
    row = rows.get(connection, instance_id, access.may_see_instance(actor))
    if row is None:
        raise NotFound
    office = directory.snapshot(engine, connection)
    items = work_items.of_instance(connection, instance_id, ("done",))
    answered = responses.responses(connection, instance_id)
    definition = definitions.compiled(engine, row.definition_id, connection)
    signatures = decisions.signatures_of(connection, definition, items)
    scene = Scene(engine, definition, office, items, answered, set(), signatures)
    return _happened(connection, row, scene), _declared(engine, row)


def _declared(engine: Engine, row: Any) -> tuple[Paper, ...]:
    procedure = engine.registry.get(row.key)
    return procedure.papers if procedure is not None else ()


def _happened(connection: Connection, row: Any, scene: Scene) -> Happened:
    engine, office = scene.engine, scene.office
    done = [each for each in scene.items if each.state == "done"]
    return Happened(
        row=views.instance_row(engine, row, office, done),
        facts=[_entered(each) for each in responses.facts(connection, row.id)],
        answers=[_answered(each, office) for each in scene.responses],
        opinions=scene.opinions(),
        office=office,
        now=engine.clock.now(),
        records=[
            (each["register"], each["values"]) for each in registers.of_instance(connection, row.id)
        ],
    )


def _entered(row: Any) -> Entered:
    return Entered(row.element_id, row.name, row.value, row.person_id, row.at)


def _answered(row: Any, office: directory.Directory) -> Answered:
    return Answered(
        process=row.process_key,
        element_id=row.element_id,
        party=office.asked_name(row.party, row.sent_at or row.recorded_at),
        type=row.type,
        person=office.person_name(row.person_id) if row.person_id else None,
        opinion=row.opinion,
        basis=row.basis,
        sent_at=row.sent_at,
        due_at=row.due_at,
        at=row.recorded_at,
    )


def _note(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    instance_id: str,
    paper: Paper,
    sheet: Sheet,
) -> int:
    """One link in the instance's history; the number of this print of this paper."""
    instance = rows.lock(connection, instance_id)
    if instance is None:
        raise Conflict
    before = history_rows.of_kind(connection, instance_id, PRINTED)
    number = 1 + len([each for each in before if each["data"].get("paper") == paper.key])
    entry = Entry(
        kind=PRINTED,
        at=engine.clock.now(),
        actor_id=actor.person_id,
        data={
            "paper": paper.key,
            "name": paper.name,
            "number": number,
            "sha256": hashlib.sha256(repr(sheet).encode()).hexdigest(),
        },
    )
    completing.only_history(connection, instance, [entry])
    return number
