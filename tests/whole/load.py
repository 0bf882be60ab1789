"""A load client with a ledger of its own: run as a process, beside a server that gets killed.

Every command is written down before it is sent, and again, safe on the disk, when it was
acknowledged. What was cut off is sent again with the same key until it is answered.

    python -m tests.whole.load URL TOKENS.json LEDGER STOP-FILE
"""

from __future__ import annotations

import http.client
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

CALLERS = 3
DEPARTMENTS = ("finance_bureau", "judicial_bureau")


class Ledger:
    """Lines of JSON, each safe on the disk before anything goes on."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("a", encoding="utf-8")
        self.lock = threading.Lock()

    def write(self, event: str, key: str, operation: str, **more: Any) -> None:
        line = json.dumps({"event": event, "key": key, "operation": operation, **more})
        with self.lock:
            self.file.write(line + "\n")
            self.file.flush()
            os.fsync(self.file.fileno())


class Refused(Exception):
    """The server answered, and said no."""


class Caller:
    """One thread's connection; goes through kills of the server."""

    def __init__(self, url: str, tokens: dict[str, str], ledger: Ledger, stop: Path) -> None:
        self.address = urlsplit(url).netloc
        self.tokens, self.ledger, self.stop = tokens, ledger, stop
        self.connection: http.client.HTTPConnection | None = None

    def command(self, who: str, operation: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send until it is answered."""
        key = uuid4().hex
        self.ledger.write("sent", key, operation, path=path)
        while True:
            try:
                status, answer = self._send("POST", path, who, body, key)
            except ConnectionRefusedError:
                self.connection = None
                time.sleep(0.02)
                continue
            except (OSError, http.client.HTTPException):
                self.connection = None
                self.ledger.write("cut", key, operation)
                continue
            if status >= 400:
                self.ledger.write("refused", key, operation, status=status, answer=answer)
                raise Refused(answer.get("detail"))
            self.ledger.write("acknowledged", key, operation, answer=answer)
            return answer

    def ask(self, who: str, path: str) -> dict[str, Any]:
        """Read until it is answered."""
        while True:
            try:
                return self._send("GET", path, who, None, None)[1]
            except (OSError, http.client.HTTPException):
                self.connection = None
                time.sleep(0.02)

    def upload(self) -> str:
        """A body file; stored once however often it is sent."""
        key = uuid4().hex
        boundary = f"----{key}"
        part = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; '
            f'filename="body.txt"\r\nContent-Type: text/plain\r\n\r\n正文{key}\r\n'
            f"--{boundary}--\r\n"
        )
        kind = f"multipart/form-data; boundary={boundary}"
        while True:
            try:
                return str(self._raw("attachments", "gov_clerk", part.encode(), key, kind)["id"])
            except (OSError, http.client.HTTPException):
                self.connection = None
                time.sleep(0.02)

    def _raw(self, path: str, who: str, data: bytes, key: str, kind: str) -> dict[str, Any]:
        return self._exchange(
            "POST", path, who, data, {"Idempotency-Key": key, "Content-Type": kind}
        )[1]

    def _send(
        self, method: str, path: str, who: str, body: dict[str, Any] | None, key: str | None
    ) -> tuple[int, dict[str, Any]]:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if key is not None:
            headers["Idempotency-Key"] = key
        data = json.dumps(body).encode() if body is not None else None
        return self._exchange(method, path, who, data, headers)

    def _exchange(
        self, method: str, path: str, who: str, data: bytes | None, headers: dict[str, str]
    ) -> tuple[int, dict[str, Any]]:
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.address, timeout=30)
            self.connection.connect()
        headers = {**headers, "Authorization": f"Bearer {self.tokens[who]}"}
        self.connection.request(method, f"/api/v1/{path}", body=data, headers=headers)
        response = self.connection.getresponse()
        return response.status, json.loads(response.read())

    # ---- the work ----

    def run(self) -> None:
        """One document after the other until told to stop."""
        while not self.stop.exists():
            try:
                self.document()
            except Refused:
                continue

    def document(self) -> None:
        """From the start to the departments that are asked; their silence is the server's work."""
        start = {"classification": "none", "start_kind": "self", "submitter_org": "gov_office"}
        made = self.command(
            "gov_clerk",
            "start",
            "process-definitions/document_approval/start",
            {"values": {**start, "submitter_type": "other"}},
        )
        instance = made["instance_id"]
        values = {
            "title": f"忻州市人民政府办公室关于第{instance[:8]}件的通知",
            "doc_type": "通知",
            "nature": "other",
            "deploy_scope": "general",
            "subject_kind": "general",
            "field": "general",
            "main_recipients": ["city_gov"],
            "authority_checked": True,
            "issued_by_head": True,
            "body_file": self.upload(),
        }
        now = self.ask("gov_clerk", "demo/clock")["now"]
        questions = ("q_own", "q_rule", "q_type", "q_consulted", "q_length", "q_annex")
        answers: dict[str, Any] = dict.fromkeys(questions, True)
        asked = list(DEPARTMENTS)
        steps: list[tuple[str, str, dict[str, Any], str | None]] = [
            ("gov_clerk", "UT_prepare", values, None),
            ("office_director", "UT_prepare", values, None),
            (
                "docs",
                "UT_register",
                {"received_at": now, "copies": 1, "class_checked": "none", "paper_seal_ok": True},
                None,
            ),
            (
                "sec1",
                "UT_initial",
                {**answers, "handle_class": "handle", "countersign_extra_depts": asked},
                "accept",
            ),
            ("gov_clerk", "UT_select", {"depts": asked, "must_reply_depts": []}, None),
            (
                "office_director",
                "UT_host_sign",
                {"host_signed": True, "host_signer_head": True, "sent_at": now},
                None,
            ),
        ]
        for who, element, entered, outcome in steps:
            if self.stop.exists():
                return
            self.step(instance, who, element, entered, outcome)

    def step(
        self, instance: str, who: str, element: str, values: dict[str, Any], outcome: str | None
    ) -> None:
        view = self.ask("manager", f"process-instances/{instance}")
        row = next(each for each in view["open_tasks"] if each["element_id"] == element)
        version = row["version"]
        if row["assignee"] is None:
            done = self.command(who, "claim", f"tasks/{row['id']}/claim", {"version": version})
            version = done["version"]
        body: dict[str, Any] = {"version": version, "values": values}
        if outcome is not None:
            body["outcome"] = outcome
        self.command(who, "complete", f"tasks/{row['id']}/complete", body)


def main(url: str, tokens: str, ledger: str, stop: str) -> None:
    """Work with several callers at once until the stop file appears."""
    known = json.loads(Path(tokens).read_text("utf-8"))
    book = Ledger(Path(ledger))
    callers = [Caller(url, known, book, Path(stop)) for _ in range(CALLERS)]
    threads = [threading.Thread(target=caller.run) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
