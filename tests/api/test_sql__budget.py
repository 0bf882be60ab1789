"""A completion and a page of the inbox ask the database little, and a completion commits once."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask

from engine import accounts
from engine.running.kept import KeptWorkflows
from tests.api.caller import Document, engine_of
from tests.api.statements import Asked, counting
from tests.story import SIGNED
from web.demo import office
from web.sessions import COOKIE

BUDGET = 20
INDEXED = {"UT_prepare": 4}  # where title and body come: what the search index asks beside it
CONFIRMING = 14  # what it takes to ask who decides: the step, the attempt, the account


class Counted(Document):
    """A document whose every completion is listened to."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self.heard: list[tuple[str, Asked]] = []

    def complete(self, username: str, row: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        caller = self.by(username)
        with counting(engine_of(self.app)) as asked:
            done = caller.post(f"/tasks/{row['id']}/complete", body)
        assert done.status_code == 200, done.text
        self.heard.append((row["element_id"], asked))
        return cast("dict[str, Any]", done.json)


def test_every_completion_from_submission_to_archive_keeps_to_its_budget(any_app: Flask) -> None:
    engine_of(any_app).kept = KeptWorkflows()  # without the proof that reads after every command
    document = Counted(any_app)
    depts = ("finance_bureau", "judicial_bureau", "education_bureau", "water_bureau")
    document.to_countersign(*depts)
    for head in ("finance_head", "judicial_head", "education_head", "water_head"):
        document.do(head, "UT_reply", "agree")
    document.to_archive(*depts)
    assert len(document.heard) == 17
    over = {
        step: asked.statements
        for step, asked in document.heard
        if len(asked) > BUDGET + INDEXED.get(step, 0) + (CONFIRMING if step in SIGNED else 0)
    }
    assert over == {}
    commits = {(step in SIGNED, asked.commits) for step, asked in document.heard}
    assert commits == {(False, 1), (True, 3)}  # an attempt counts before it is looked at


def test_a_page_of_the_inbox_keeps_to_its_budget_however_long(any_app: Flask) -> None:
    document = Document(any_app)
    for _ in range(30):
        document.start()
    engine, clerk = engine_of(any_app), document.by("gov_clerk")
    clerk.get("/tasks")  # reads the calendar, once for all
    counted = []
    for size in (5, 30):
        with counting(engine) as asked:
            listed = clerk.get("/tasks", view="mine", size=size).json
        assert listed is not None
        assert (len(listed["items"]), listed["total"]) == (size, 30)
        counted.append(len(asked))
    assert counted[0] == counted[1] <= BUDGET
    assert asked.commits == 0


def test_the_workbench_and_a_task_page_keep_to_it_too(any_app: Flask) -> None:
    document = Document(any_app)
    document.start()
    engine, task = engine_of(any_app), document.task("gov_clerk", "UT_prepare")
    client = any_app.test_client()
    signed = accounts.sign_in(engine, "gov_clerk", office.read()["password"])
    client.set_cookie(COOKIE, signed.secret)
    for path in ("/", f"/tasks/{task['id']}", f"/instances/{document.id}"):
        with counting(engine) as asked:
            assert client.get(path).status_code == 200
        assert len(asked) <= BUDGET, (path, asked.statements)
        assert asked.commits == 0
