"""One key, one effect, one answer — through the API, on both databases where rows are at stake."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.api.caller import Caller, Document
from tests.story import START

START_PATH = "/process-definitions/document_approval/start"
LEAVE = {
    "person_id": "gov_clerk",
    "kind": "leave",
    "starts_at": "2026-02-12T08:00:00+08:00",
    "ends_at": "2026-02-13T18:00:00+08:00",
}
MANDATE = {
    "principal_id": "mayor",
    "substitute_id": "evm",
    "scope": ["instruct"],
    "starts_at": "2026-02-12T08:00:00+08:00",
    "ends_at": "2026-02-20T18:00:00+08:00",
    "evidence": "市长2026年2月11日书面委托",
}
CHANGING = [
    START_PATH,
    f"/process-instances/{'0' * 32}/messages/any",
    f"/process-instances/{'0' * 32}/cancel",
    f"/tasks/{'0' * 32}/claim",
    f"/tasks/{'0' * 32}/release",
    f"/tasks/{'0' * 32}/save-draft",
    f"/tasks/{'0' * 32}/complete",
    "/attachments",
    "/absences",
    "/acting-mandates",
    f"/acting-mandates/{'0' * 32}/revoke",
    f"/absences/{'0' * 32}/correct",
    f"/absences/{'0' * 32}/end",
    f"/signing-lists/{'0' * 32}/read",
    "/demo/clock",
]


@pytest.mark.parametrize("path", CHANGING)
def test_every_changing_request_needs_a_key(call: Callable[[str], Caller], path: str) -> None:
    clerk = call("gov_clerk")
    refused = clerk.client.post("/api/v1" + path, json={}, headers=clerk.headers)
    assert refused.status_code == 400
    assert refused.content_type == "application/problem+json"
    assert refused.json is not None
    assert refused.json["code"] == "idempotency-key-missing"
    assert "Idempotency-Key" in refused.json["detail"]


def test_a_repeated_start_starts_nothing_and_gets_the_first_answer(any_app: Flask) -> None:
    clerk = Caller(any_app, "gov_clerk")
    first = clerk.post(START_PATH, {"values": START}, key="k1")
    again = clerk.post(START_PATH, {"values": START}, key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json is not None
    assert again.json == {**first.json, "repeated": True}
    started = clerk.get("/tasks", view="started").json
    assert started is not None
    assert started["total"] == 1


def test_a_key_used_for_another_body_is_refused(any_app: Flask) -> None:
    clerk = Caller(any_app, "gov_clerk")
    clerk.post(START_PATH, {"values": START}, key="k1")
    other = clerk.post(START_PATH, {"values": {**START, "start_kind": "report"}}, key="k1")
    assert other.status_code == 422
    assert other.json is not None
    assert other.json["code"] == "idempotency-key-reused"
    assert clerk.post("/absences", LEAVE, key="k1").status_code == 422


def test_a_refused_request_leaves_its_key_free(call: Callable[[str], Caller]) -> None:
    clerk = call("gov_clerk")
    assert clerk.post(START_PATH, {"values": {}}, key="k1").status_code == 422
    assert clerk.post(START_PATH, {"values": START}, key="k1").status_code == 201


def test_two_people_may_use_the_same_key(call: Callable[[str], Caller]) -> None:
    started = [call(who).post(START_PATH, {"values": START}, "k1") for who in ("gov_clerk",) * 2]
    assert started[0].json is not None
    other = call("office_director").post(START_PATH, {"values": START}, key="k1")
    assert other.status_code in (201, 403)
    assert other.json is not None
    assert other.json.get("repeated", False) is False


def test_completing_twice_with_one_key_completes_once(document: Document) -> None:
    document.start()
    document.prepare()
    document.register()
    row = document.task("sec1", "UT_initial")
    sec = document.by("sec1")
    claims = [sec.post(f"/tasks/{row['id']}/claim", {"version": 1}, key="c") for _ in range(2)]
    assert [claim.status_code for claim in claims] == [200, 200]
    told: list[Any] = [claim.json for claim in claims]
    assert [each["repeated"] for each in told] == [False, True]


def test_absences_mandates_and_files_are_noted_once(call: Callable[[str], Caller]) -> None:
    director = call("office_director")
    for path, body in (("/absences", LEAVE), ("/acting-mandates", MANDATE)):
        first, again = (director.post(path, body, key=path) for _ in range(2))
        assert first.status_code == 201, first.text
        assert first.json is not None
        assert again.json == {**first.json, "repeated": True}
    uploads = [director.upload("说明.txt", "内容".encode(), key="u") for _ in range(2)]
    assert uploads[0].json == uploads[1].json
    assert director.upload("说明.txt", "别的内容".encode(), key="u").status_code == 422


def test_a_mandate_is_revoked_once(call: Callable[[str], Caller]) -> None:
    director = call("office_director")
    given = director.post("/acting-mandates", MANDATE).json
    assert given is not None
    path = f"/acting-mandates/{given['id']}/revoke"
    first, again = (director.post(path, key="r") for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json is not None
    assert again.json == {**first.json, "repeated": True}


def test_a_repeated_move_of_the_clock_moves_nothing(call: Callable[[str], Caller]) -> None:
    clerk = call("gov_clerk")
    body = {"now": "2026-02-12T09:00:00+08:00"}
    assert clerk.post("/demo/clock", body, key="t").json == body
    later = {"now": "2026-02-13T09:00:00+08:00"}
    assert clerk.post("/demo/clock", later).json == later
    assert clerk.post("/demo/clock", body, key="t").json == body
    assert clerk.get("/demo/clock").json == later
