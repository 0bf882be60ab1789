"""Notices: what the caller was told, and that it was read."""

from __future__ import annotations

from datetime import datetime

from flask import Response
from pydantic import Field

from engine import notices
from web.api import auth
from web.api.schemas import Answer, ItemPath, Keyed, Query, answer, read
from web.sessions import engine

blueprint = auth.blueprint("notices", "通知")


class Told(Answer):
    """One notice. title, instance_id: only where the instance may be seen."""

    id: str
    kind: str
    name: str
    text: str
    title: str | None
    number: str | None
    instance_id: str | None
    work_item_id: str | None
    at: datetime
    unread: bool


class NoticesAnswer(Answer):
    """A page of notices, the latest first."""

    items: list[Told]
    total: int
    page: int
    size: int
    capped: bool


class Asked(Query):
    """Which notices."""

    page: int = Field(1, ge=1, le=10_000, description="第几页")
    unread: bool = Field(False, description="只列未读的")


class ReadAnswer(Answer):
    """How many were marked."""

    count: int


@blueprint.get("/notices", summary="我的通知", responses={200: NoticesAnswer})
def listing(query: Asked) -> Response:
    found = notices.listing(engine(), auth.caller(), page=query.page, only_unread=query.unread)
    return answer(read(NoticesAnswer, found))


@blueprint.post("/notices/<id>/read", summary="标为已读", responses={200: Told})
def mark(header: Keyed, path: ItemPath) -> Response:
    return answer(read(Told, notices.read(engine(), auth.caller(), path.id)))


@blueprint.post("/notices/read", summary="全部标为已读", responses={200: ReadAnswer})
def mark_all(header: Keyed) -> Response:
    return answer(ReadAnswer(count=notices.read_all(engine(), auth.caller())))
