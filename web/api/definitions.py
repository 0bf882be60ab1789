"""Process definitions: what there is, what its start form asks, start one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response
from pydantic import BaseModel, Field

from engine import definitions, instances
from engine.errors import NotFound
from web.api import auth
from web.api.forms import FormAnswer, shown
from web.api.schemas import ID, Answer, Body, Done, Keyed, answer, read
from web.sessions import engine

blueprint = auth.blueprint("definitions", "流程")
KEY = r"^[A-Za-z_][A-Za-z0-9_.\-]{0,99}$"


class KeyPath(BaseModel):
    """The key of a process."""

    key: str = Field(pattern=KEY)


class Definition(Answer):
    """A deployed process."""

    key: str
    version: int
    name: str
    description: str
    clause: str
    origin: str
    deployed_at: datetime
    startable: bool


class Definitions(Answer):
    """Every deployed process."""

    items: list[Definition]
    total: int


class DefinitionAnswer(Definition):
    """A deployed process with the form that starts it, when the caller may."""

    start_form: FormAnswer | None


class StartBody(Body):
    """What was filled in on the start form."""

    values: dict[str, Any] = Field(default_factory=dict)
    about: str | None = Field(None, pattern=ID, description="申请所针对的事项（仅申请类流程）")


@blueprint.get("/process-definitions", summary="全部流程", responses={200: Definitions})
def listing() -> Response:
    rows = definitions.listing(engine(), auth.caller())
    items = [read(Definition, row) for row in rows]
    return answer(Definitions(items=items, total=len(items)))


@blueprint.get(
    "/process-definitions/<key>",
    summary="一个流程和它的发起表单",
    responses={200: DefinitionAnswer},
)
def one(path: KeyPath) -> Response:
    rows = definitions.listing(engine(), auth.caller())
    row = next((row for row in rows if row.key == path.key), None)
    if row is None:
        raise NotFound(f"没有“{path.key}”这个流程，或者它还没有部署。")
    form = definitions.start_form(engine(), auth.caller(), path.key) if row.startable else None
    return answer(read(DefinitionAnswer, row, start_form=shown(form)))


@blueprint.post("/process-definitions/<key>/start", summary="发起", responses={201: Done})
def start(header: Keyed, path: KeyPath, body: StartBody) -> Response:
    done = instances.start(
        engine(), auth.caller(), path.key, body.values, key=header.key, about=body.about
    )
    return answer(read(Done, done), 201)
