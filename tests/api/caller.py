"""Somebody who calls the API with a token, and a document that people move on by calling it."""

from __future__ import annotations

from io import BytesIO
from typing import Any, cast
from uuid import uuid4

from flask import Flask
from werkzeug.test import TestResponse

from engine import accounts
from engine.startup import Engine
from tests.story import CHECKED, DRAFTED, LETTER, PASSWORD, PREPARED, SIGNED, START

ROOT = "/api/v1"


def engine_of(app: Flask) -> Engine:
    """The engine behind an application."""
    return cast(Engine, app.extensions["guicheng"])


class Caller:
    """A client that holds one person's token and takes no cookies."""

    def __init__(self, app: Flask, username: str, token: str | None = None) -> None:
        self.client = app.test_client(use_cookies=False)
        self.token = token or accounts.issue_token(engine_of(app), username)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.client.get(ROOT + path, query_string=query, headers=self.headers)

    def post(self, path: str, body: Any = None, key: str | None = None) -> TestResponse:
        """Post JSON under a new key, or under this one."""
        headers = {**self.headers, "Idempotency-Key": key or uuid4().hex}
        return self.client.post(ROOT + path, json=body or {}, headers=headers)

    def upload(self, name: str, content: bytes, key: str | None = None) -> TestResponse:
        headers = {**self.headers, "Idempotency-Key": key or uuid4().hex}
        files = {"file": (BytesIO(content), name)}
        answer = self.client.post(ROOT + "/attachments", data=files, headers=headers)
        answer.request.environ["wsgi.input"].close()  # what was sent lies in a temporary file
        return answer


class Document:
    """A document on its way: every step is a call of the API."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.id = ""
        self.callers: dict[str, Caller] = {}

    def by(self, username: str) -> Caller:
        if username not in self.callers:
            self.callers[username] = Caller(self.app, username)
        return self.callers[username]

    def start(self, username: str = "gov_clerk", **values: Any) -> dict[str, Any]:
        path = "/process-definitions/document_approval/start"
        made = self.by(username).post(path, {"values": {**START, **values}})
        assert made.status_code == 201, made.text
        self.id = made.json["instance_id"] if made.json else ""
        return cast("dict[str, Any]", made.json)

    def task(self, username: str, element: str) -> dict[str, Any]:
        """The row of this open step in this person's hands or groups."""
        for view in ("mine", "group"):
            listed = self.by(username).get("/tasks", view=view, size=100)
            assert listed.status_code == 200, listed.text
            for row in cast("dict[str, Any]", listed.json)["items"]:
                if (row["instance_id"], row["element_id"]) == (self.id, element):
                    return cast("dict[str, Any]", row)
        raise AssertionError(f"{username} has no open {element}; open: {self.open_steps()}")

    def do(
        self,
        username: str,
        element: str,
        outcome: str | None = None,
        comment: str | None = None,
        **values: Any,
    ) -> dict[str, Any]:
        """Complete a step; a group's is claimed first."""
        row = self.task(username, element)
        version = row["version"]
        if row["assignee"] is None:
            claimed = self.by(username).post(f"/tasks/{row['id']}/claim", {"version": version})
            assert claimed.status_code == 200, claimed.text
            version = cast("dict[str, Any]", claimed.json)["version"]
        body = {"version": version, "outcome": outcome, "values": values, "comment": comment}
        if element in SIGNED:
            body["confirm"] = PASSWORD
        return self.complete(username, row, body)

    def complete(self, username: str, row: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        """Submit a task."""
        done = self.by(username).post(f"/tasks/{row['id']}/complete", body)
        assert done.status_code == 200, done.text
        return cast("dict[str, Any]", done.json)

    def open_steps(self) -> list[tuple[str, str | None]]:
        """(element, hands) of every open task."""
        shown = cast("dict[str, Any]", self.by("manager").get(f"/process-instances/{self.id}").json)
        return [(row["element_id"], row["assignee"] or row["group"]) for row in shown["open_tasks"]]

    def letter(self, username: str = "gov_clerk") -> str:
        stored = self.by(username).upload("正文.txt", LETTER.encode())
        assert stored.status_code == 201, stored.text
        return cast(str, cast("dict[str, Any]", stored.json)["id"])

    def prepare(self, **changes: Any) -> None:
        """The clerk fills in, the head signs and submits."""
        values = {**PREPARED, "body_file": self.letter(), **changes}
        self.do("gov_clerk", "UT_prepare", **values)
        self.do("office_director", "UT_prepare", **values)

    def register(self) -> None:
        """The document section takes it in."""
        self.do(
            "docs",
            "UT_register",
            received_at=self.now(),
            copies=1,
            class_checked="none",
            paper_seal_ok=True,
        )

    def to_countersign(self, *depts: str) -> None:
        """Sent to these departments; delivered now."""
        self.start()
        self.prepare()
        self.register()
        self.do("sec1", "UT_initial", "accept", **CHECKED, countersign_extra_depts=list(depts))
        self.do("gov_clerk", "UT_select", depts=list(depts), must_reply_depts=[])
        self.do(
            "office_director",
            "UT_host_sign",
            host_signed=True,
            host_signer_head=True,
            sent_at=self.now(),
        )

    def to_archive(self, *depts: str) -> dict[str, Any]:
        """From the answers of these departments, none adopted, to the archive."""
        why = "经沟通未采纳。"
        rows = [{"dept": dept, "adopted": False, "reason": why} for dept in depts]
        self.do("gov_clerk", "UT_summary", adoption=rows, comment="已汇总。")
        self.do("sec1", "UT_draft_opinion", **DRAFTED)
        self.do("office_director", "UT_office_head", "pass", comment="同意呈送。")
        self.do("dsg1", "UT_dsg", "pass", comment="同意呈送。")
        self.do("evm", "UT_vm", "approve", comment="同意。")
        sent = {"reply_text": "已批示同意。", "reply_way": "system", "reply_sent_at": self.now()}
        self.do("docs", "UT_notify", **sent)
        return self.do("docs", "UT_archive", retention="permanent", archive_complete=True)

    def now(self) -> str:
        return engine_of(self.app).clock.now().isoformat()

    def clock(self, moment: str) -> TestResponse:
        """Move the demo clock."""
        return self.by("gov_clerk").post("/demo/clock", {"now": moment})
