"""What the API answers, field by field. Moments are ISO 8601 with their offset."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar

from flask import Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from engine.clock import parse_moment

ABOUT = (
    "规程的接口。每个请求带令牌（Authorization: Bearer …）；每次提交另带一个新的幂等键"
    "（Idempotency-Key），重试用原键。时间一律为带时区的 ISO 8601。"
)
UNUSABLE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
KEY_PATTERN = "^[!-~]{1,128}$"
ID = "^[0-9a-f]{32}$"
FIRST_YEAR, LAST_YEAR = 2000, 2100
M = TypeVar("M", bound="Answer")


# ---- what may be asked -----------------------------------------------------------------------


def _moment(value: object) -> datetime:
    try:
        moment = parse_moment(value if isinstance(value, str) else "")
    except (ValueError, OverflowError):
        raise ValueError("应为带时区的日期和时间，如2026-02-27T18:00:00+08:00。") from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"应在{FIRST_YEAR}年到{LAST_YEAR}年之间。")
    return moment


def _visible(value: object) -> object:
    if isinstance(value, str) and UNUSABLE.search(value):
        raise ValueError("里有不能使用的字符。")
    return value


Moment = Annotated[datetime, BeforeValidator(_moment)]
LARGEST_VERSION = 2**31 - 1
Version = Annotated[int, Field(ge=1, le=LARGEST_VERSION)]
Line = Annotated[str, BeforeValidator(_visible)]  # one line of text


class Body(BaseModel):
    """A request body: nothing unknown in it, nothing of another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Query(BaseModel):
    """The part of an address after “?”."""

    model_config = ConfigDict(extra="forbid")


class Keyed(BaseModel):
    """The header that every changing request carries."""

    key: str = Field(
        alias="Idempotency-Key",
        description="每次提交一个新键；重试用原键。1到128个可见的英文字符。",
        pattern=KEY_PATTERN,
    )


class ItemPath(BaseModel):
    """The id of one thing."""

    id: str = Field(pattern=ID)


class Paged(Query):
    """Which page of a list."""

    page: int = Field(1, ge=1, le=100_000)
    size: int = Field(20, ge=1, le=100)
    search: Line | None = Field(None, max_length=200)


class Strung(Query):
    """Which stretch of a list that is read by key."""

    at: Line | None = Field(None, max_length=400, description="上一次回答里的 before 或 after")
    size: int = Field(20, ge=1, le=100)
    search: Line | None = Field(None, max_length=200)


# ---- what is answered ------------------------------------------------------------------------


class Answer(BaseModel):
    """Read from the engine's values by the names of their fields."""

    model_config = ConfigDict(from_attributes=True, populate_by_name=True)


def answer(body: Answer, status: int = 200) -> Response:
    """The body as JSON."""
    text = body.model_dump_json(by_alias=True)
    return Response(text, status, content_type="application/json")


def read(model: type[M], value: Any, **more: Any) -> M:
    """An answer from one of the engine's values, with what else belongs to it."""
    assert is_dataclass(value)
    found = {each.name: getattr(value, each.name) for each in fields(value)}
    return model.model_validate({**found, **more}, from_attributes=True)


class Found(Answer):
    """One thing that is wrong with an input."""

    message: str
    field: str | None = None
    severity: str
    source: str | None = None
    code: str


class Problem(Answer):
    """A refusal (RFC 9457)."""

    title: str
    status: int
    detail: str
    code: str
    reference: str | None = None
    findings: list[Found] = Field(default_factory=list)


class Due(Answer):
    """A deadline; steps tell how it came about, source names the sentence it rests on."""

    at: datetime | None
    words: str
    until: str
    state: str = Field(validation_alias="css")
    provisional: bool
    warning: str | None
    kind: str | None
    source: str | None
    steps: list[tuple[str, str]]


class TaskRow(Answer):
    """A row of the worklist."""

    id: str
    instance_id: str
    title: str
    number: str | None
    sender: str | None
    urgency: str | None
    procedure: str
    element_id: str
    step: str
    state: str
    version: int
    opened_at: datetime | None
    done_at: datetime | None
    due: Due
    assignee: str | None
    group: str | None
    alert: str | None
    has_draft: bool
    outcome: str | None
    signed_as: str | None


class InstanceRow(Answer):
    """A row of the list of instances."""

    id: str
    key: str
    procedure: str
    title: str
    number: str | None
    sender: str | None
    urgency: str | None
    state: str
    outcome: str | None
    outcome_label: str | None
    version: int
    definition_version: int
    started_by: str
    started_at: datetime
    ended_at: datetime | None
    current_steps: list[str]
    due: Due | None
    sent_by: str | None = Field(None, description="待阅：谁送来的")
    sent_at: datetime | None = Field(None, description="待阅：什么时候送来的")
    note: str | None = Field(None, description="待阅：附言")


class Signed(Answer):
    """That an opinion was signed. hash: over the decision, its text and who signed how; how: in
    words; stands: for the present text, not only for one that has been replaced."""

    hash: str
    algorithm: str
    text_sha256: str | None
    how: str
    stands: bool


class Opinion(Answer):
    """What somebody said; or the record of silence, which has no person and no signature."""

    at: datetime
    step: str
    person: str | None
    post: str | None
    signed_as: str | None
    org: str | None
    outcome: str | None
    outcome_label: str | None
    text: str | None
    basis: str | None
    seconds: int | None
    signed: Signed | None


class Step(Answer):
    """A line of the list of steps."""

    element_id: str
    name: str
    state: str
    who: str | None
    role: str | None
    at: datetime | None
    due: Due | None
    depth: int


class File(Answer):
    """A stored file; its content is at attachments/{id}."""

    id: str
    name: str
    size: int
    media_type: str
    field: str | None
    uploaded_by: str
    uploaded_at: datetime
    sha256: str
    warning: str | None = None


class OfferAnswer(Answer):
    """Another verb that is possible now; GET …/verbs tells what it wants to know."""

    key: str
    label: str
    about: str


class Listed(Answer):
    """One page of a list: total is exact up to 999, total_text says “999+” beyond."""

    total: int
    total_text: str
    page: int
    size: int


def paged(found: Any) -> Mapping[str, Any]:
    """What every list says besides its items."""
    text = f"{found.total}+" if found.capped else str(found.total)
    return {"total": found.total, "total_text": text, "page": found.page, "size": found.size}


class Chained(Answer):
    """A stretch of a list; before and after, given back as “at”, open its neighbours."""

    total: int
    total_text: str
    size: int
    before: str | None
    after: str | None


def chained(found: Any) -> Mapping[str, Any]:
    """What every such list says besides its items."""
    text = f"{found.total}+" if found.capped else str(found.total)
    said = {name: getattr(found, name) for name in ("total", "size", "before", "after")}
    return {**said, "total_text": text}


class Done(Answer):
    """What a command did. repeated: this key had been used before; it is the first answer again."""

    instance_id: str
    instance_state: str
    version: int
    message: str
    opened: list[str]
    next_task_id: str | None
    repeated: bool
    data: dict[str, Any]
