"""Search in everything the caller may see."""

from __future__ import annotations

from flask import Response
from pydantic import Field

from engine import search
from web.api import auth
from web.api.schemas import Answer, Chained, InstanceRow, Line, Query, answer, chained, read
from web.sessions import engine

blueprint = auth.blueprint("search", "查找")


class Asked(Query):
    """What is looked for. at: the “after” of an earlier answer."""

    q: Line = Field(max_length=200, description="几个词用空格隔开，都要出现")
    at: Line | None = Field(None, max_length=20)
    size: int = Field(20, ge=1, le=100)


class FoundAt(Answer):
    """Where it was found: title, number, sender or file; in pieces, the hits marked true."""

    kind: str
    label: str
    pieces: list[tuple[str, bool]]
    file_id: str | None


class HitAnswer(Answer):
    """An instance that was found."""

    instance: InstanceRow
    places: list[FoundAt]


class Hits(Chained):
    """What was found, the newest first."""

    items: list[HitAnswer]


@blueprint.get("/search", summary="查找：标题、文号、来文单位、正文", responses={200: Hits})
def find(query: Asked) -> Response:
    found = search.find(engine(), auth.caller(), query.q, size=query.size, at=query.at)
    items = [
        HitAnswer(
            instance=read(InstanceRow, each.row),
            places=[read(FoundAt, place) for place in each.places],
        )
        for each in found.items
    ]
    return answer(Hits(items=items, **chained(found)))
