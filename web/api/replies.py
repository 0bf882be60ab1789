"""Parties that were asked: their answers, late opinions, an end to waiting in vain."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask import Response
from pydantic import Field, StringConstraints

from engine import replies
from web.api import auth
from web.api.schemas import (
    ID,
    Answer,
    Body,
    Done,
    ItemPath,
    Keyed,
    Line,
    Moment,
    answer,
    read,
)
from web.sessions import engine

blueprint = auth.blueprint("replies", "会签和征求意见")
Text = Annotated[str, StringConstraints(min_length=1, max_length=replies.LONGEST)]


class Reply(Answer):
    """One asked party, or one thing that came from it. kind: open while it is awaited."""

    party: str
    name: str
    kind: str
    label: str
    sent_at: datetime | None
    due_at: datetime | None
    at: datetime | None
    person: str | None
    text: str | None
    basis: str | None
    task_id: str | None
    closing: str | None


class RepliesAnswer(Answer):
    """Everything asked and answered. late_from: parties whose late opinion may be registered."""

    rows: list[Reply]
    late_from: list[tuple[str, str]]


class LateBody(Body):
    """What a party wrote after its silence had counted, and what is done with it."""

    party: Annotated[Line, StringConstraints(min_length=1, max_length=64)]
    opinion: Text
    received_at: Moment
    handling: Annotated[str, StringConstraints(max_length=replies.LONGEST)] = ""


class LateAnswer(Answer):
    """The late opinion stands registered."""

    message: str


class UnansweredBody(Body):
    """The step that waits in vain."""

    task_id: str = Field(pattern=ID)


@blueprint.get(
    "/process-instances/<id>/replies", summary="会签、征求意见情况", responses={200: RepliesAnswer}
)
def listing(path: ItemPath) -> Response:
    return answer(read(RepliesAnswer, replies.listing(engine(), auth.caller(), path.id)))


@blueprint.post(
    "/process-instances/<id>/late-opinions", summary="登记迟到意见", responses={200: LateAnswer}
)
def late(header: Keyed, path: ItemPath, body: LateBody) -> Response:
    given = body.model_dump()
    done = replies.register_late(engine(), auth.caller(), path.id, **given, key=header.key)
    return answer(LateAnswer(**done))


@blueprint.post("/process-instances/<id>/unanswered", summary="转入协商", responses={200: Done})
def unanswered(header: Keyed, path: ItemPath, body: UnansweredBody) -> Response:
    done = replies.close_unanswered(engine(), auth.caller(), path.id, body.task_id, key=header.key)
    return answer(read(Done, done))
