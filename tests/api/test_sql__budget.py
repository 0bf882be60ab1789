"""A completion and a page of the inbox ask the database little, and a completion commits once."""

from __future__ import annotations

from typing import Any

from flask import Flask

from engine import accounts
from tests.api.caller import Document, engine_of
from tests.api.statements import Asked, counting
from tests.story import CHECKED
from web.demo import office
from web.sessions import COOKIE

BUDGET = 20


def completing(
    document: Document, username: str, element: str, outcome: str | None = None, **values: Any
) -> Asked:
    row = document.task(username, element)
    version = row["version"]
    if row["assignee"] is None:
        claimed = document.by(username).post(f"/tasks/{row['id']}/claim", {"version": version}).json
        assert claimed is not None
        version = claimed["version"]
    body = {"version": version, "values": values, "outcome": outcome}
    with counting(engine_of(document.app)) as asked:
        done = document.by(username).post(f"/tasks/{row['id']}/complete", body)
    assert done.status_code == 200, done.text
    return asked


def test_every_completion_keeps_to_its_budget(any_app: Flask) -> None:
    document = Document(any_app)
    document.start()
    document.prepare()
    told: dict[str, Any] = {"received_at": document.now(), "copies": 1, "class_checked": "none"}
    sent: dict[str, Any] = {"host_signed": True, "host_signer_head": True}
    sent["sent_at"] = document.now()
    depts = ["finance_bureau", "judicial_bureau", "education_bureau"]
    counted = {
        "register": completing(document, "docs", "UT_register", **told, paper_seal_ok=True),
        "initial": completing(
            document, "sec1", "UT_initial", "accept", **CHECKED, countersign_extra_depts=depts
        ),
        "select": completing(document, "gov_clerk", "UT_select", depts=depts, must_reply_depts=[]),
        "send": completing(document, "office_director", "UT_host_sign", **sent),
        "reply": completing(document, "finance_head", "UT_reply", "agree"),
    }
    over = {name: asked for name, asked in counted.items() if len(asked.statements) > BUDGET}
    assert over == {}
    assert {name: asked.commits for name, asked in counted.items()} == dict.fromkeys(counted, 1)


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
        counted.append(len(asked.statements))
    assert counted[0] == counted[1] <= BUDGET
    assert asked.commits == 0


def test_the_workbench_and_a_task_page_keep_to_it_too(any_app: Flask) -> None:
    document = Document(any_app)
    document.start()
    engine, task = engine_of(any_app), document.task("gov_clerk", "UT_prepare")
    client = any_app.test_client()
    client.set_cookie(COOKIE, accounts.sign_in(engine, "gov_clerk", office.read()["password"]))
    for path in ("/", f"/tasks/{task['id']}", f"/instances/{document.id}"):
        with counting(engine) as asked:
            assert client.get(path).status_code == 200
        assert len(asked.statements) <= BUDGET, (path, asked.statements)
        assert asked.commits == 0
