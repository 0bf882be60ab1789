"""The staff verbs: one address each, POST tasks/{id}/transfer, POST process-instances/{id}/suspend.

What a verb wants to know stands in `values`; which verbs are possible now, and their fields with
what may be chosen, is told by GET …/verbs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from flask import Response
from pydantic import Field, StringConstraints

from engine import batches, verbs
from engine.deeds import Offer
from web.api import auth
from web.api.forms import FormAnswer, shown
from web.api.schemas import ID, Answer, Body, Done, ItemPath, Keyed, Version, answer, read
from web.sessions import engine

blueprint = auth.blueprint("verbs", "办理动作")
OWN_ADDRESS = frozenset({"claim", "release"})  # nothing to fill in: web.api.tasks
PLACES = {verbs.TASK: "/tasks/<id>", verbs.INSTANCE: "/process-instances/<id>"}


class VerbAnswer(Answer):
    """A verb that is possible now. form: what it wants to know, with what may be chosen."""

    key: str
    label: str
    about: str
    grave: bool
    form: FormAnswer | None


class VerbsAnswer(Answer):
    """The verbs that are possible now."""

    items: list[VerbAnswer]


class VerbBody(Body):
    """What a verb wants to know. version: of the task, or of the instance, as it was seen."""

    version: Version | None = None
    values: dict[str, Any] = Field(default_factory=dict)


class Chosen(Body):
    """A task and the version of it that was seen."""

    id: Annotated[str, StringConstraints(pattern=ID)]
    version: Version


class BatchBody(Body):
    """Tasks of one's own to be decided alike. outcome: the button; comment: the opinion; values: of
    the form, for all of them; what is left out stays as each task has it."""

    tasks: Annotated[list[Chosen], Field(min_length=1, max_length=batches.MOST)]
    outcome: Annotated[str, StringConstraints(max_length=64)] | None = None
    comment: Annotated[str, StringConstraints(max_length=10_000)] | None = None
    values: dict[str, Any] = Field(default_factory=dict)


class ResultAnswer(Answer):
    """What came of one task; message says what happened, or why not."""

    task_id: str
    instance_id: str
    title: str
    done: bool
    message: str


class BatchAnswer(Answer):
    """What came of each, in the order asked."""

    done: int
    items: list[ResultAnswer]


@blueprint.post("/tasks/batch-complete", summary="批量办理", responses={200: BatchAnswer})
def batch_complete(header: Keyed, body: BatchBody) -> Response:
    found = batches.complete(
        engine(),
        auth.caller(),
        [(each.id, each.version) for each in body.tasks],
        outcome=body.outcome,
        comment=body.comment,
        key=header.key,
        values=body.values,
    )
    items = [read(ResultAnswer, each) for each in found]
    return answer(BatchAnswer(done=sum(each.done for each in items), items=items))


def _listing(on: str, id: str) -> Response:
    found = verbs.offered(engine(), auth.caller(), id, on)
    items = [_one(each, on, id) for each in found]
    return answer(VerbsAnswer(items=items))


def _one(offer: Offer, on: str, id: str) -> VerbAnswer:
    form = verbs.sheet(engine(), auth.caller(), offer.key, id, on).form
    return read(VerbAnswer, offer, form=shown(form))


@blueprint.get("/tasks/<id>/verbs", summary="现在可以做的动作", responses={200: VerbsAnswer})
def on_task(path: ItemPath) -> Response:
    return _listing(verbs.TASK, path.id)


@blueprint.get(
    "/process-instances/<id>/verbs", summary="现在可以做的动作", responses={200: VerbsAnswer}
)
def on_instance(path: ItemPath) -> Response:
    return _listing(verbs.INSTANCE, path.id)


def _doing(offer: Offer) -> Callable[..., Response]:
    def do(header: Keyed, path: ItemPath, body: VerbBody) -> Response:
        done = verbs.do(
            engine(),
            auth.caller(),
            offer.key,
            path.id,
            values=body.values,
            version=body.version,
            key=header.key,
            on=offer.on,
        )
        return answer(read(Done, done))

    do.__name__ = offer.key
    return do


for _each in verbs.every():
    if _each.key not in OWN_ADDRESS:
        _address = f"{PLACES[_each.on]}/{_each.key.replace('_', '-')}"
        blueprint.post(_address, summary=_each.label, responses={200: Done})(_doing(_each))
