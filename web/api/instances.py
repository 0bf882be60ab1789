"""Process instances: find, look, send a message, cancel."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from flask import Response
from pydantic import Field, StringConstraints

from engine import instances
from web.api import auth
from web.api.schemas import (
    ID,
    Answer,
    Body,
    Done,
    File,
    InstanceRow,
    ItemPath,
    Keyed,
    Line,
    Listed,
    OfferAnswer,
    Opinion,
    Paged,
    Step,
    TaskRow,
    answer,
    paged,
    read,
)
from web.sessions import engine

blueprint = auth.blueprint("instances", "事项")


class Wanted(Paged):
    """Which instances."""

    state: Literal["running", "completed", "cancelled"] | None = None
    key: Line | None = Field(None, max_length=100, description="流程的键")


class Instances(Listed):
    """A page of instances, newest first."""

    items: list[InstanceRow]


class ReadingAnswer(Answer):
    """Somebody it was sent to. kind: circulate, cc; read_at: empty while it lies unread."""

    kind: str
    person: str
    sent_by: str
    sent_at: datetime
    note: str | None
    read_at: datetime | None
    remark: str | None


class RemarkAnswer(Answer):
    """A word beside the flow."""

    at: datetime
    person: str
    text: str


class InstanceAnswer(Answer):
    """One instance: its row, opinions (newest first), steps, open tasks, files."""

    instance: InstanceRow
    opinions: list[Opinion]
    steps: list[Step]
    open_tasks: list[TaskRow]
    files: list[File]
    may_cancel: bool
    verbs: list[OfferAnswer]
    readings: list[ReadingAnswer]
    remarks: list[RemarkAnswer]
    resting: str | None = Field(description="挂起的原因；没有挂起时为空")
    requests: list[tuple[str, str]] = Field(description="现在可以就这件提出的申请：键和名称")


class Link(Answer):
    """One link of the chain of records."""

    seq: int
    at: datetime
    kind: str
    actor: str | None
    acted_for: str | None
    signature_form: str | None
    element_id: str | None
    element_name: str | None
    text: str
    data: dict[str, Any]
    hash: str


class History(Answer):
    """The chain of an instance, oldest first."""

    items: list[Link]
    total: int


class Diagram(Answer):
    """A diagram with what is done, active and overdue in it."""

    key: str
    name: str
    xml: str
    elements: dict[str, str]
    roles: dict[str, str] = Field(description="步骤由谁办理")


class ElementsAnswer(Answer):
    """The diagrams of an instance, the main one first, and the same as a list."""

    diagrams: list[Diagram]
    steps: list[Step]


class MessagePath(ItemPath):
    """The instance and the name of the message."""

    id: str = Field(pattern=ID)
    name: str = Field(pattern=r"^[\w.\-]{1,100}$")


class MessageBody(Body):
    """What the message carries."""

    payload: dict[str, Any] = Field(default_factory=dict)


class CancelBody(Body):
    """Why the instance ends."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=2000)]


@blueprint.get("/process-instances", summary="查询事项", responses={200: Instances})
def find(query: Wanted) -> Response:
    found = instances.find(
        engine(),
        auth.caller(),
        page=query.page,
        size=query.size,
        state=query.state,
        search=query.search,
        process_key=query.key,
    )
    items = [read(InstanceRow, row) for row in found.items]
    return answer(Instances(items=items, **paged(found)))


@blueprint.get("/process-instances/<id>", summary="一件事项", responses={200: InstanceAnswer})
def one(path: ItemPath) -> Response:
    view = instances.get(engine(), auth.caller(), path.id)
    return answer(read(InstanceAnswer, view, instance=view.row, open_tasks=view.open_items))


@blueprint.get("/process-instances/<id>/history", summary="办理记录", responses={200: History})
def history(path: ItemPath) -> Response:
    links = [read(Link, link) for link in instances.history(engine(), auth.caller(), path.id)]
    return answer(History(items=links, total=len(links)))


@blueprint.get(
    "/process-instances/<id>/elements", summary="流程图和步骤", responses={200: ElementsAnswer}
)
def elements(path: ItemPath) -> Response:
    return answer(read(ElementsAnswer, instances.elements(engine(), auth.caller(), path.id)))


@blueprint.post(
    "/process-instances/<id>/messages/<name>", summary="发送消息", responses={200: Done}
)
def send(header: Keyed, path: MessagePath, body: MessageBody) -> Response:
    done = instances.send_message(
        engine(), auth.caller(), path.id, path.name, body.payload, key=header.key
    )
    return answer(read(Done, done))


@blueprint.post("/process-instances/<id>/cancel", summary="撤销", responses={200: Done})
def cancel(header: Keyed, path: ItemPath, body: CancelBody) -> Response:
    done = instances.cancel(engine(), auth.caller(), path.id, body.reason, key=header.key)
    return answer(read(Done, done))
