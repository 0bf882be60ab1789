"""Tasks: the worklist, one task with its form, claim, release, draft, complete."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from typing import Annotated, Any, Literal

from flask import Response
from pydantic import Field, StringConstraints

from engine import tasks
from engine.model import DueSpan, Filters, WorkItemRow
from web.api import auth
from web.api.forms import FormAnswer, shown
from web.api.schemas import (
    Answer,
    Body,
    Chained,
    Done,
    File,
    InstanceRow,
    ItemPath,
    Keyed,
    Line,
    OfferAnswer,
    Opinion,
    Step,
    Strung,
    TaskRow,
    Version,
    answer,
    chained,
    read,
)
from web.sessions import engine

blueprint = auth.blueprint("tasks", "待办")
Confirm = Annotated[str, StringConstraints(max_length=128)]
Comment = Annotated[str, StringConstraints(max_length=10_000)]


View = Literal["mine", "group", "to_read", "done", "completed", "started", "drafts", "delegated"]


class Wanted(Strung):
    """Which list of the workbench, and what it is narrowed to."""

    view: View = "mine"
    procedure: Line | None = Field(None, max_length=128, description="流程的键")
    role: Line | None = Field(None, max_length=64, description="以什么职务办理：职务的代码")
    due: DueSpan | None = None
    unit: Line | None = Field(None, max_length=200, description="来文单位的名称")
    urgency: Line | None = Field(None, max_length=32)
    since: date | None = Field(None, description="自哪一天起，含当天")
    until: date | None = Field(None, description="至哪一天止，含当天")

    def filters(self) -> Filters:
        return Filters(
            **{each.name: getattr(self, each.name) for each in dataclasses.fields(Filters)}
        )


class Tasks(Chained):
    """A stretch of a list; “to_read”, “started” and “completed” list instances."""

    view: str
    items: list[TaskRow | InstanceRow]


class ActionAnswer(Answer):
    """Something the caller may do now: complete (with an outcome), save_draft, claim, release."""

    verb: str
    label: str
    outcome: str | None
    primary: bool
    needs_comment: bool


class Fact(Answer):
    """What an earlier step entered."""

    label: str
    text: str


class Notice(Answer):
    """What a check found before this step. severity: block, override, hint; source: its basis."""

    message: str
    severity: str
    source: str | None


class SignerAnswer(Answer):
    """One signer of a step of several. state: done, now, waiting, held."""

    id: str
    person: str
    part: str
    state: str
    words: str
    at: datetime | None
    outcome: str | None
    added_by: str | None


class TaskAnswer(Answer):
    """One task: its row (version and deadline in it), form, values, actions, what comes next."""

    task: TaskRow
    form: FormAnswer | None
    values: dict[str, Any]
    facts: list[Fact]
    actions: list[ActionAnswer]
    next_steps: list[str]
    opinions: list[Opinion]
    steps: list[Step]
    files: list[File]
    help: str | None
    clause: str | None
    draft_at: datetime | None
    may_act: bool
    refusal: str | None
    notices: list[Notice]
    verbs: list[OfferAnswer]
    progress: str | None
    signers: list[SignerAnswer]
    confirm: Literal["password", "code"] | None


class VersionBody(Body):
    """The version of the task that was seen."""

    version: Version


class DraftBody(VersionBody):
    """What is typed so far."""

    values: dict[str, Any] = Field(default_factory=dict)
    comment: Comment | None = None


class CompleteBody(DraftBody):
    """What is submitted. outcome: the button pressed; confirm: one's password or code again, where
    the task asks for it (`confirm` of the task)."""

    outcome: Annotated[str, StringConstraints(max_length=64)] | None = None
    confirm: Confirm | None = None


@blueprint.get("/tasks", summary="工作台的各个列表", responses={200: Tasks})
def worklist(query: Wanted) -> Response:
    found = tasks.worklist(
        engine(),
        auth.caller(),
        query.view,
        size=query.size,
        filters=query.filters(),
        at=query.at,
    )
    items: list[TaskRow | InstanceRow] = [
        read(TaskRow, row) if isinstance(row, WorkItemRow) else read(InstanceRow, row)
        for row in found.items
    ]
    return answer(Tasks(view=query.view, items=items, **chained(found)))


@blueprint.get("/tasks/<id>", summary="一个任务", responses={200: TaskAnswer})
def one(path: ItemPath) -> Response:
    view = tasks.get(engine(), auth.caller(), path.id)
    facts = [Fact(label=label, text=text) for label, text in view.facts]
    return answer(read(TaskAnswer, view, task=view.row, form=shown(view.form), facts=facts))


@blueprint.post("/tasks/<id>/claim", summary="认领", responses={200: Done})
def claim(header: Keyed, path: ItemPath, body: VersionBody) -> Response:
    done = tasks.claim(engine(), auth.caller(), path.id, version=body.version, key=header.key)
    return answer(read(Done, done))


@blueprint.post("/tasks/<id>/release", summary="退还科室", responses={200: Done})
def release(header: Keyed, path: ItemPath, body: VersionBody) -> Response:
    done = tasks.release(engine(), auth.caller(), path.id, version=body.version, key=header.key)
    return answer(read(Done, done))


@blueprint.post("/tasks/<id>/save-draft", summary="暂存", responses={200: Done})
def save_draft(header: Keyed, path: ItemPath, body: DraftBody) -> Response:
    done = tasks.save_draft(
        engine(),
        auth.caller(),
        path.id,
        version=body.version,
        values=body.values,
        comment=body.comment,
        key=header.key,
    )
    return answer(read(Done, done))


@blueprint.post("/tasks/<id>/complete", summary="提交", responses={200: Done})
def complete(header: Keyed, path: ItemPath, body: CompleteBody) -> Response:
    done = tasks.complete(
        engine(),
        auth.caller(),
        path.id,
        version=body.version,
        values=body.values,
        outcome=body.outcome,
        comment=body.comment,
        confirm=body.confirm,
        key=header.key,
    )
    return answer(read(Done, done))
