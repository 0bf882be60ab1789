"""People who walk up to every address of the application, with and without a session."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from engine import accounts
from engine.startup import Engine
from tests.story import START
from web.pages.administration import rooms_of

OPEN_TO_ALL = frozenset(
    {
        "static",
        "doors.sign_in",
        "doors.enter",
        "links.show",
        "links.enter",
        "health.alive",
        "health.ready",
        "openapi",
    }
)
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
AWAY = {"starts_at": "2026-02-12T08:00:00+08:00", "ends_at": "2026-02-20T18:00:00+08:00"}
VERB = {"version": 1, "values": {}}
LAST = ("doors.leave",)  # whoever signs out can walk no further


@dataclass(frozen=True)
class Objects:
    """Things that belong to others."""

    instance: str
    task: str
    file: str
    mandate: str
    absence: str
    signings: str
    organisation: str = "finance_bureau"
    person: str = "finance_head"
    post: str = "doc_section"
    reform: str = "0" * 32
    account: str = "4" * 32
    session: str = "5" * 32
    token: str = "6" * 32
    phrase: str = "7" * 32
    b_role: str = "ab-vm1-vm2"
    charge: str = "vm1-water"
    link: str = "dsg2-vm1"
    notice: str = "8" * 32

    def named(self, rule: Rule) -> dict[str, str]:
        """A value for every part of an address; an address nobody foresaw is an error."""
        kinds = {
            "/instances/": self.instance,
            "/process-instances/": self.instance,
            "/tasks/": self.task,
            "/attachments/": self.file,
            "/acting-mandates/": self.mandate,
            "/absences/": self.absence,
            "/signing-lists/": self.signings,
            "/admin/organisations/": self.organisation,
            "/admin/people/": self.person,
            "/admin/posts/": self.post,
            "/admin/coming/": self.reform,
            "/accounts/": self.account,
            "/sessions/": self.session,
            "/tokens/": self.token,
            "/phrases/": self.phrase,
            "/notices/": self.notice,
            "/mandates/": self.mandate,
            "/ab-roles/": self.b_role,
            "/charges/": self.charge,
            "/links/": self.link,
            "/admin/sheets/": self.reform,
            "/papers/": "doc_handling_slip",
            "/as/": "pdf",
            "/verbs/": "transfer",
        }
        found = {}
        for part in rule.arguments:
            if part in ("key", "name"):
                found[part] = {"key": "document_approval", "name": "anything"}[part]
                continue
            [found[part]] = [kinds[kind] for kind in kinds if f"{kind}<{part}>" in rule.rule]
        return found


def is_foreign(rule: Rule) -> bool:
    """Whether an address names one thing that belongs to somebody."""
    return bool(rule.arguments - {"key", "name", "filename"})


def may_enter(engine: Engine, username: str, rule: Rule) -> bool:
    """Whether an address is of a room of the administration that is this person's duty."""
    rooms = rooms_of(accounts.actor_named(engine, username))
    return rule.rule.startswith("/admin/") and rule.rule.split("/")[2] in {r.key for r in rooms}


def routes(app: Flask) -> Iterable[tuple[Rule, str]]:
    """Every address and method of the application, the exit last."""
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint in LAST, rule.rule))
    for rule in rules:
        if rule.endpoint not in OPEN_TO_ALL:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method


class Walker:
    """Somebody with the session and the token of an account, or with neither."""

    def __init__(self, app: Flask, username: str | None) -> None:
        self.app = app
        self.engine = cast(Engine, app.extensions["guicheng"])
        self.client = app.test_client()
        self.headers: dict[str, str] = {}
        if username is not None:
            self.client.post("/sign-in", data=self._signing_in(username))
            self.headers["Authorization"] = f"Bearer {accounts.issue_token(self.engine, username)}"
        page = self.client.get("/" if username else "/sign-in")
        assert page.status_code == 200, page.text
        self.csrf = self._csrf(page)

    def _signing_in(self, username: str) -> dict[str, str]:
        from web.demo import office

        token = self._csrf(self.client.get("/sign-in"))
        password = office.read()["password"]
        return {"csrf_token": token, "username": username, "password": password}

    @staticmethod
    def _csrf(page: TestResponse) -> str:
        found = CSRF.search(page.text)
        assert found, page.text
        return found[1]

    def walk(
        self, rule: Rule, method: str, objects: Objects, parts: dict[str, str] | None = None
    ) -> TestResponse:
        """Ask for an address as its own page or client would, with a body that could be right.

        parts: what to put into the address instead of the objects.
        """
        built = rule.build({**objects.named(rule), **(parts or {})})
        assert built is not None
        path = built[1]
        if rule.rule.startswith("/api/"):
            return self._call(path, method, rule.endpoint)
        data = {"csrf_token": self.csrf, "key": uuid4().hex, "version": "1", "do": "complete"}
        data |= {"reason": "填错了内容"}
        return self.client.open(path, method=method, data=data if method == "POST" else None)

    def _call(self, path: str, method: str, endpoint: str) -> TestResponse:
        headers = {**self.headers, "Idempotency-Key": uuid4().hex}
        bare = VERB if endpoint.startswith("api_verbs.") else {}
        body = self._bodies().get(endpoint, bare) if method == "POST" else None
        return self.client.open(path, method=method, json=body, headers=headers)

    def _bodies(self) -> dict[str, Any]:
        now = self.engine.clock.now().isoformat()
        filled = {"version": 1, "values": {}}
        return {
            "api_definitions.start": {"values": START},
            "api_instances.cancel": {"reason": "填错了内容"},
            "api_instances.send": {"payload": {}},
            "api_replies.late": {
                "party": "finance_bureau",
                "opinion": "请缓行。",
                "received_at": now,
            },
            "api_replies.unanswered": {"task_id": "0" * 32},
            "api_verbs.urge": {"values": {"unknown": 1}},
            "api_tasks.claim": {"version": 1},
            "api_tasks.release": {"version": 1},
            "api_tasks.save_draft": filled,
            "api_tasks.complete": filled,
            "api_office.correct_absence": AWAY | {"kind": "leave"},
            "api_office.absence": AWAY | {"person_id": "mayor", "kind": "leave"},
            "api_office.mandate": AWAY
            | {"principal_id": "mayor", "substitute_id": "evm", "scope": ["instruct"]}
            | {"evidence": "市长书面委托"},
            "api_demo.move": {"now": now},
        }
